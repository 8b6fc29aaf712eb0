// Rungs a and b: named network namespaces joined by a bridge that lives in a namespace of its own; nothing
// is added to the machine's network. The rungs differ in who owns the namespaces: root, or a user namespace.
import { existsSync, statSync } from "node:fs";
import { run, runOrThrow } from "@cynosure/machine";
import type { InstallationId } from "@cynosure/model";
import { NETWORK_ADDRESS, NETWORK_PREFIX_LENGTH } from "./names.ts";
import type { ClusterNames, HostNames } from "./names.ts";
import type { Rung } from "./rung.ts";

/** Where named namespaces live and how commands get there. */
export interface NamespaceOwner {
  readonly letter: "a" | "b";
  ensure(installationId: InstallationId, cluster: ClusterNames): Promise<void>;
  remove(cluster: ClusterNames): Promise<void>;
  /** Prefix that runs a command with the right to make namespaces; null when there is no owner now. */
  enter(cluster: ClusterNames): readonly string[] | null;
  /** The directory of named namespaces, as this process sees it; null when there is no owner now. */
  namespaceDir(cluster: ClusterNames): string | null;
}

const BRIDGE = "br0";
const IP_TIMEOUT_MS_MAX = 20_000;

export const makeNamespaceRung = (owner: NamespaceOwner): Rung => new NamespaceRung(owner);

class NamespaceRung implements Rung {
  readonly #owner: NamespaceOwner;

  constructor(owner: NamespaceOwner) {
    this.#owner = owner;
  }

  get letter(): "a" | "b" {
    return this.#owner.letter;
  }

  async ensureNetwork(installationId: InstallationId, cluster: ClusterNames): Promise<void> {
    await this.#owner.ensure(installationId, cluster);
    const net = cluster.networkNamespace;
    const links = await this.#ensureNamespace(cluster, net);
    if (!links.has(BRIDGE)) await this.#ip(cluster, ["-n", net, "link", "add", BRIDGE, "type", "bridge", "forward_delay", "0", "stp_state", "0"]);
    await this.#batch(cluster, net, ["link set lo up", `addr replace ${NETWORK_ADDRESS}/${NETWORK_PREFIX_LENGTH} dev ${BRIDGE}`, `link set ${BRIDGE} up`]);
  }

  async hasNetwork(cluster: ClusterNames): Promise<boolean> {
    return (await this.#readLinks(cluster, cluster.networkNamespace))?.has(BRIDGE) ?? false;
  }

  async removeNetwork(cluster: ClusterNames): Promise<void> {
    await this.#removeNamespace(cluster, cluster.networkNamespace);
    await this.#owner.remove(cluster);
  }

  async ensureLink(cluster: ClusterNames, host: HostNames, link: "up" | "cut"): Promise<void> {
    const net = cluster.networkNamespace;
    const links = await this.#ensureNamespace(cluster, host.namespace);
    if (!links.has("eth0")) {
      // Our end may stand alone when the other namespace was lost half-way.
      await this.#ip(cluster, ["-n", net, "link", "del", host.bridgePort], "mayFail");
      await this.#ip(cluster, ["-n", net, "link", "add", host.bridgePort, "type", "veth", "peer", "name", "eth0", "address", host.macAddress, "netns", host.namespace]);
    }
    await this.#batch(cluster, net, [`link set ${host.bridgePort} master ${BRIDGE}`, `link set ${host.bridgePort} ${link === "up" ? "up" : "down"}`]);
    await this.#batch(cluster, host.namespace, ["link set lo up", `addr replace ${host.address}/${NETWORK_PREFIX_LENGTH} dev eth0`, "link set eth0 up"]);
  }

  async removeLink(cluster: ClusterNames, host: HostNames): Promise<void> {
    if (!this.#exists(cluster, host.namespace)) return;
    // The bridge's port goes with the pair; a namespace that something still holds would keep its end.
    await this.#ip(cluster, ["-n", host.namespace, "link", "del", "eth0"], "mayFail");
    await this.#removeNamespace(cluster, host.namespace);
  }

  isInside(cluster: ClusterNames, host: HostNames, pid: number): boolean {
    try {
      const [own, expected] = [statSync(`/proc/${pid}/ns/net`), statSync(this.#path(cluster, host.namespace))];
      return own.ino === expected.ino && own.dev === expected.dev;
    } catch {
      return false;
    }
  }

  enterHost(cluster: ClusterNames, host: HostNames): readonly string[] {
    return [...this.#enter(cluster), "nsenter", `--net=/run/netns/${host.namespace}`, "--"];
  }

  enterNetwork(cluster: ClusterNames): readonly string[] {
    return [...this.#enter(cluster), "nsenter", `--net=/run/netns/${cluster.networkNamespace}`, "--"];
  }

  #enter(cluster: ClusterNames): readonly string[] {
    const prefix = this.#owner.enter(cluster);
    if (prefix === null) throw new Error(`the network ${cluster.networkNamespace} is gone; ensure it first`);
    return prefix;
  }

  #path(cluster: ClusterNames, namespace: string): string {
    return `${this.#owner.namespaceDir(cluster) ?? "/nonexistent"}/${namespace}`;
  }

  #exists(cluster: ClusterNames, namespace: string): boolean {
    return existsSync(this.#path(cluster, namespace));
  }

  async #ip(cluster: ClusterNames, args: readonly string[], failure: "throws" | "mayFail" = "throws"): Promise<void> {
    const [command = "ip", ...rest] = [...this.#enter(cluster), "ip", ...args];
    await (failure === "mayFail" ? run : runOrThrow)([command, ...rest], { timeoutMsMax: IP_TIMEOUT_MS_MAX });
  }

  async #batch(cluster: ClusterNames, namespace: string, commands: readonly string[]): Promise<void> {
    const [command = "ip", ...rest] = [...this.#enter(cluster), "ip", "-n", namespace, "-batch", "-"];
    await runOrThrow([command, ...rest], { stdin: `${commands.join("\n")}\n`, timeoutMsMax: IP_TIMEOUT_MS_MAX });
  }

  /** Names of the interfaces in a namespace; null when there is none of that name, or only its empty file. */
  async #readLinks(cluster: ClusterNames, namespace: string): Promise<ReadonlySet<string> | null> {
    if (!this.#exists(cluster, namespace)) return null;
    const [command = "ip", ...rest] = [...this.#enter(cluster), "ip", "-n", namespace, "-o", "link", "show"];
    const result = await run([command, ...rest], { timeoutMsMax: IP_TIMEOUT_MS_MAX });
    if (result.code !== 0) return null;
    return new Set(result.stdout.split("\n").map((line) => /^\d+: ([^:@]+)/.exec(line)?.[1]).filter((name) => name !== undefined));
  }

  async #ensureNamespace(cluster: ClusterNames, namespace: string): Promise<ReadonlySet<string>> {
    const known = await this.#readLinks(cluster, namespace);
    if (known !== null) return known;
    await this.#removeNamespace(cluster, namespace);
    await this.#ip(cluster, ["netns", "add", namespace]);
    return (await this.#readLinks(cluster, namespace)) ?? new Set();
  }

  async #removeNamespace(cluster: ClusterNames, namespace: string): Promise<void> {
    if (!this.#exists(cluster, namespace)) return;
    await this.#ip(cluster, ["netns", "del", namespace], "mayFail");
    if (this.#exists(cluster, namespace)) throw new Error(`the network namespace ${namespace} could not be removed; try: ip netns del ${namespace}`);
  }
}
