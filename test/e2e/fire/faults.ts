// The faults, by real means and on our own processes only: SIGKILL for hosts, daemons, agents and the control
// plane, the bridge's port taken down for a cut link. Each names its target when it is drawn.
import { identifyProcess, run, signalProcess } from "@cynosure/machine";
import type { FoundProcess } from "@cynosure/machine";
import type { ClusterUnderFire } from "./cluster.ts";
import { activeManager, activeMds, findDaemon, gatewayInUse, initOf, monitors, patterns, processesByHost } from "./targets.ts";
import type { Protocol } from "./records.ts";

export const faultKinds = ["osdHost", "gatewayHost", "activeMds", "monitor", "activeManager", "agent", "controlPlane", "cutLink"] as const;
export type FaultKind = (typeof faultKinds)[number];

export const CUT_LINK_MS = 20_000;
const PORTS: Readonly<Record<Protocol, number>> = { nfs: 2049, s3: 7480 };

/** Which faults hurt the storage itself, so that Ceph's health must show them; the others hurt its management. */
export const hurtsStorage = (kind: FaultKind): boolean => kind !== "agent" && kind !== "controlPlane";

/** What Ceph itself must say, if it is away for long enough; a daemon alone is nearly always back before Ceph misses it. */
export const cephMisses = (kind: FaultKind): boolean => kind === "osdHost" || kind === "gatewayHost" || kind === "cutLink";

export interface Fault {
  readonly kind: FaultKind;
  readonly target: string;
  inject(): Promise<void>;
  /** What ends the fault itself: the link is there again. Everything else comes back without us and is only waited for. */
  restore(): Promise<void>;
}

const pick = <T>(items: readonly T[], draw: () => number): T => {
  const item = items[Math.floor(draw() * items.length)];
  if (item === undefined) throw new Error("nothing to choose from");
  return item;
};

function kill(found: FoundProcess | null, what: string): void {
  const identity = found === null ? null : identifyProcess(found.pid);
  if (identity === null || !signalProcess(identity, "SIGKILL")) throw new Error(`${what} does not run`);
}

export async function drawFault(kind: FaultKind, cluster: ClusterUnderFire, draw: () => number): Promise<Fault> {
  const { id } = cluster.installation;
  const hosts = [...(await cluster.hosts())].sort((a, b) => a.hostId.localeCompare(b.hostId, "en", { numeric: true }));
  const inUse = (protocol: Protocol): string | null => hosts.find((host) => host.address === gatewayInUse(id, PORTS[protocol]))?.hostId ?? null;
  const nothing = async (): Promise<void> => {};
  const ofHost = (host: string): readonly FoundProcess[] => processesByHost(id).get(host) ?? [];
  const killHost = (hostId: string, note = ""): Fault => ({ kind, target: `${hostId}${note}`, inject: async () => kill(initOf(ofHost(hostId)), hostId), restore: nothing });
  const killDaemon = (hostId: string, pattern: RegExp, name: string): Fault => ({ kind, target: `${name}.${hostId}`, inject: async () => kill(findDaemon(ofHost(hostId), pattern), `${name} of ${hostId}`), restore: nothing });
  switch (kind) {
    case "osdHost": {
      const gateways = [inUse("nfs"), inUse("s3")];
      return killHost(pick(hosts.filter((host) => !gateways.includes(host.hostId)), draw).hostId);
    }
    case "gatewayHost": {
      const protocol = pick(["nfs", "s3"] as const, draw);
      const hostId = inUse(protocol);
      if (hostId === null) throw new Error(`no connection to an ${protocol} gateway is open`);
      return killHost(hostId, ` (${protocol})`);
    }
    case "activeMds":
      return killDaemon((await activeMds(id)) ?? "", patterns.mds, "mds");
    case "monitor":
      return killDaemon(pick([...(await monitors(id))].sort(), draw), patterns.monitor, "mon");
    case "activeManager":
      return killDaemon((await activeManager(id)) ?? "", patterns.manager, "mgr");
    case "agent":
      return killDaemon(pick(hosts, draw).hostId, patterns.agent, "agent");
    case "controlPlane": {
      const pid = cluster.controlPlanePid() ?? 0;
      return {
        kind,
        target: `pid ${pid}`,
        inject: async () => {
          const identity = identifyProcess(pid);
          if (identity === null || !signalProcess(identity, "SIGKILL")) throw new Error("the control plane does not run");
        },
        restore: () => cluster.untilControlPlaneIsBack(pid),
      };
    }
    case "cutLink": {
      // Half of the cuts meet a gateway that a client uses: those are the ones it feels.
      const own = [inUse("nfs"), inUse("s3")];
      const host = pick(draw() < 0.5 ? hosts.filter((each) => own.includes(each.hostId)) : hosts, draw);
      return { kind, target: host.hostId, inject: () => setLink(id, host.hostId, hosts.findIndex((each) => each === host), "down"), restore: () => setLink(id, host.hostId, hosts.findIndex((each) => each === host), "up") };
    }
  }
}

/** The host's end stays up: the host is cut off and does not know, as with a broken switch. */
async function setLink(installation: string, hostId: string, index: number, to: "up" | "down"): Promise<void> {
  const listed = await run(["ip", "netns", "list"], { timeoutMsMax: 10_000 });
  const network = new RegExp(`^(cyn-${installation}-[0-9a-f]{6}-net)\\b`, "m").exec(listed.stdout)?.[1];
  if (network === undefined) throw new Error(`the network of ${hostId} is not there`);
  const result = await run(["ip", "-n", network, "link", "set", `h${index}`, to], { timeoutMsMax: 10_000 });
  if (result.code !== 0) throw new Error(`the link of ${hostId} cannot be set ${to}: ${result.stderr}`);
}
