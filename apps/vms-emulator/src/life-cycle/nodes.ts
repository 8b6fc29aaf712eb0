// The machines around the emulated system: which discovery finds, and at which work one fails until it is told otherwise.
import type { EmulatedNode, FailingStep } from "../options.ts";
import type { System } from "../serve/call.ts";
import { insertRow } from "../operations/rows.ts";
import type { Row, StoredRow } from "../state/store.ts";

const FAILURES = " failures";
const NODES = " nodes";
const HOST_MEMORY = 256;

/** What is said at the control endpoint wins over how it was started, and outlives a restart. */
export function failsAt({ store, settings }: Pick<System, "store" | "settings">, ip: string): FailingStep | null {
  const said = store.singleton(FAILURES);
  if (said !== null && Object.hasOwn(said, ip)) return (said[ip] ?? null) as FailingStep | null; // written by setFailsAt alone
  return settings.nodes.find((node) => node.ip === ip)?.failsAt ?? null;
}

/** The machines that can be discovered: as it was started, or as was said since. */
export function nodesOf({ store, settings }: Pick<System, "store" | "settings">): readonly EmulatedNode[] {
  const said = store.singleton(NODES)?.["nodes"];
  return Array.isArray(said) ? (said as EmulatedNode[]) : settings.nodes; // written by setNodes alone
}

export const setNodes = ({ store }: Pick<System, "store">, nodes: readonly EmulatedNode[]): void => store.setSingleton(NODES, { nodes });

export function setFailsAt({ store }: Pick<System, "store">, ip: string, step: FailingStep | null): void {
  store.setSingleton(FAILURES, { ...store.singleton(FAILURES), [ip]: step });
}

export const failureOf = (system: Pick<System, "store" | "settings">, ips: readonly string[], step: FailingStep): string | null => {
  const ip = ips.find((each) => failsAt(system, each) === step);
  return ip === undefined ? null : `node ${ip} failed at ${step}`;
};

/** Hosts of the document, as discovery leaves them. */
export function discoverHosts(system: System): readonly string[] {
  const known = new Set(system.store.rows("hosts").map((row) => row["ip"]));
  const found = nodesOf(system).filter((node) => failsAt(system, node.ip) !== "discover" && !known.has(node.ip));
  for (const node of found) insertRow(system, "hosts", hostOf(system, node));
  return found.map(({ ip }) => ip);
}

const hostOf = ({ store }: System, { ip, kind }: EmulatedNode): Row => ({
  name: `host-${ip}`,
  hostname: `host-${ip.replaceAll(".", "-")}`,
  ip,
  node_type: kind,
  state: "DISCOVERED",
  install_state: "",
  upgrade_state: "",
  auto: true,
  sn: store.random.hex(10).toUpperCase(),
  net_type: "eth",
  hw_info: { memory_gib: HOST_MEMORY, cores: 32 },
  cluster: null,
  cluster_id: null,
});

/** `a,b`, `["a","b"]` or nothing. */
export function ipsOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.map(String);
  return typeof value === "string" ? value.split(",").map((each) => each.trim()).filter((each) => each !== "") : [];
}

export const hostByIp = ({ store }: Pick<System, "store">, ip: string): StoredRow | null => store.rows("hosts").find((row) => row["ip"] === ip) ?? null;
