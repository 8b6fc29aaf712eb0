// Who is what right now: asked of Ceph itself (through its own tool, in a monitor's namespaces), of /proc, and
// of the relays' open connections. Never of our own records: those are part of what is tested.
import { readFileSync } from "node:fs";
import { findOurProcesses, readInnermostPid, run } from "@cynosure/machine";
import type { FoundProcess } from "@cynosure/machine";
import type { InstallationId } from "@cynosure/model";

const ASK_MS_MAX = 20_000;

/** Processes of hosts, by host id. */
export function processesByHost(id: InstallationId): ReadonlyMap<string, readonly FoundProcess[]> {
  const byHost = new Map<string, FoundProcess[]>();
  for (const found of findOurProcesses(id)) {
    const host = hostOf(found.pid);
    if (host !== null) byHost.set(host, [...(byHost.get(host) ?? []), found]);
  }
  return byHost;
}

function hostOf(pid: number): string | null {
  try {
    return /(?:^|\0)CYNOSURE_HOST=[^\0]*\/([^\0/]+)(?:\0|$)/.exec(readFileSync(`/proc/${pid}/environ`, "utf8"))?.[1] ?? null;
  } catch {
    return null;
  }
}

/** The first process of the host's PID namespace: all others end with it. */
export const initOf = (processes: readonly FoundProcess[]): FoundProcess | null => processes.find((found) => readInnermostPid(found.pid) === 1) ?? null;

export function findDaemon(processes: readonly FoundProcess[], pattern: RegExp): FoundProcess | null {
  return processes.find((found) => pattern.test(`${found.commandLine} `)) ?? null;
}

export const patterns = { monitor: /^ceph-mon -f /, manager: /^ceph-mgr -f /, mds: /^ceph-mds -f /, agent: /node .*packages\/agent\/src\/main\.[jt]s / } as const;

/** What Ceph answers to a command, parsed; asks one living monitor's host after another. */
export async function askCeph(id: InstallationId, command: readonly string[]): Promise<unknown> {
  let last = "no monitor runs";
  for (const processes of processesByHost(id).values()) {
    const monitor = findDaemon(processes, patterns.monitor);
    const conf = monitor === null ? undefined : / -c (\S+)/.exec(monitor.commandLine)?.[1];
    if (monitor === null || conf === undefined) continue;
    const result = await run(["nsenter", "-t", String(monitor.pid), "-m", "-n", "--", "ceph", "-c", conf, "--connect-timeout", "5", ...command, "-f", "json"], { timeoutMsMax: ASK_MS_MAX });
    if (result.code === 0) return JSON.parse(result.stdout);
    last = result.stderr.trim().slice(-300);
  }
  throw new Error(`Ceph did not answer "${command.join(" ")}": ${last}`);
}

// Shapes as Ceph 16 and 18 print them.
export const activeMds = async (id: InstallationId): Promise<string | null> =>
  ((await askCeph(id, ["status"])) as { fsmap: { by_rank: { name: string; status: string }[] } }).fsmap.by_rank.find((rank) => rank.status === "up:active")?.name ?? null;
export const activeManager = async (id: InstallationId): Promise<string | null> => ((await askCeph(id, ["mgr", "stat"])) as { active_name: string }).active_name;
export const monitors = async (id: InstallationId): Promise<readonly string[]> => ((await askCeph(id, ["status"])) as { quorum_names: string[] }).quorum_names;

/** The address behind the relay that carries connections to `port`: the client's own gateway. */
export function gatewayInUse(id: InstallationId, port: number): string | null {
  const relay = findOurProcesses(id).find((found) => found.commandLine.includes("relay-child.js"));
  if (relay === undefined) return null;
  const established = readFileSync(`/proc/${relay.pid}/net/tcp`, "utf8").split("\n").map((line) => line.trim().split(/\s+/)).filter((fields) => fields[3] === "01");
  for (const fields of established) {
    const [address = "", hexPort = ""] = (fields[2] ?? "").split(":");
    if (Number.parseInt(hexPort, 16) === port) return [...Buffer.from(address, "hex")].reverse().join(".");
  }
  return null;
}
