// Rung a: named network namespaces made by root. The bridge lives in a namespace of its own, each host in
// another; nothing is added to the machine's own network.
import { existsSync } from "node:fs";
import { run, runOrThrow } from "@cynosure/machine";
import { NETWORK_ADDRESS, NETWORK_PREFIX_LENGTH } from "./names.ts";
import type { ClusterNames, HostNames } from "./names.ts";
import type { Rung } from "./rung.ts";

const BRIDGE = "br0";
const NAMESPACE_DIR = "/run/netns";

export const rootNamespaces: Rung = {
  letter: "a",
  async ensureNetwork(cluster) {
    const net = cluster.networkNamespace;
    const links = await ensureNamespace(net);
    if (!links.has(BRIDGE)) await ip(["-n", net, "link", "add", BRIDGE, "type", "bridge", "forward_delay", "0", "stp_state", "0"]);
    await batch(net, ["link set lo up", `addr replace ${NETWORK_ADDRESS}/${NETWORK_PREFIX_LENGTH} dev ${BRIDGE}`, `link set ${BRIDGE} up`]);
  },
  hasNetwork: async (cluster) => (await readLinks(cluster.networkNamespace))?.has(BRIDGE) ?? false,
  async removeNetwork(cluster) {
    await removeNamespace(cluster.networkNamespace);
  },
  async ensureLink(cluster, host, link) {
    const net = cluster.networkNamespace;
    const links = await ensureNamespace(host.namespace);
    if (!links.has("eth0")) {
      // Our end may stand alone when the other namespace was lost half-way.
      await ip(["-n", net, "link", "del", host.bridgePort], "mayFail");
      await ip(["-n", net, "link", "add", host.bridgePort, "type", "veth", "peer", "name", "eth0", "address", host.macAddress, "netns", host.namespace]);
    }
    await batch(net, [`link set ${host.bridgePort} master ${BRIDGE}`, `link set ${host.bridgePort} ${link === "up" ? "up" : "down"}`]);
    await batch(host.namespace, ["link set lo up", `addr replace ${host.address}/${NETWORK_PREFIX_LENGTH} dev eth0`, "link set eth0 up"]);
  },
  async removeLink(_cluster, host) {
    // The veth pair and the bridge's port go with the namespace that holds one end.
    await ip(["-n", host.namespace, "link", "del", "eth0"], "mayFail");
    await removeNamespace(host.namespace);
  },
  enterHost: (_cluster: ClusterNames, host: HostNames) => ["nsenter", `--net=${NAMESPACE_DIR}/${host.namespace}`, "--"],
  enterNetwork: (cluster: ClusterNames) => ["nsenter", `--net=${NAMESPACE_DIR}/${cluster.networkNamespace}`, "--"],
};

async function ip(args: readonly string[], failure: "throws" | "mayFail" = "throws"): Promise<void> {
  if (failure === "mayFail") await run(["ip", ...args], { timeoutMsMax: 20_000 });
  else await runOrThrow(["ip", ...args], { timeoutMsMax: 20_000 });
}

async function batch(namespace: string, commands: readonly string[]): Promise<void> {
  await runOrThrow(["ip", "-n", namespace, "-batch", "-"], { stdin: `${commands.join("\n")}\n`, timeoutMsMax: 20_000 });
}

/** Names of the interfaces in a namespace; null when there is none of that name, or only its empty file. */
async function readLinks(namespace: string): Promise<ReadonlySet<string> | null> {
  if (!existsSync(`${NAMESPACE_DIR}/${namespace}`)) return null;
  const result = await run(["ip", "-n", namespace, "-o", "link", "show"], { timeoutMsMax: 20_000 });
  if (result.code !== 0) return null;
  return new Set(result.stdout.split("\n").map((line) => /^\d+: ([^:@]+)/.exec(line)?.[1]).filter((name) => name !== undefined));
}

async function ensureNamespace(namespace: string): Promise<ReadonlySet<string>> {
  const known = await readLinks(namespace);
  if (known !== null) return known;
  await removeNamespace(namespace);
  await ip(["netns", "add", namespace]);
  return (await readLinks(namespace)) ?? new Set();
}

async function removeNamespace(namespace: string): Promise<void> {
  if (!existsSync(`${NAMESPACE_DIR}/${namespace}`)) return;
  await ip(["netns", "del", namespace], "mayFail");
  if (existsSync(`${NAMESPACE_DIR}/${namespace}`)) throw new Error(`the network namespace ${namespace} could not be removed; try: ip netns del ${namespace}`);
}
