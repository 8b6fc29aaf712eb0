// How simulated agents reach the store: through the gateway of some control plane that lives, over the
// network. The gateway keeps the one rule that matters here, as the real one does: a host that is not joined
// is refused. A call that was under way when its control plane died breaks off, as a connection would.
import type { Clock, ClusterKey, HostId } from "@cynosure/model";
import { ControlPlaneError } from "@cynosure/model";
import type { HostStore } from "@cynosure/resource-store";
import type { SimulatedAgentStore } from "@cynosure/simulated";
import type { ControlPlane } from "./control-plane.ts";
import { Unreachable, type Network } from "./network.ts";

export interface AgentGatewayOptions {
  readonly network: Network;
  readonly clock: Clock;
  /** Those that live, in a fixed order. */
  readonly controlPlanes: () => readonly ControlPlane[];
}

const AGAIN_MS = 500;
const BREAK_MS = 20;
/** How long a caller waits for a process that stands still. */
const PATIENCE_MS = 10_000;

export const hostName = (cluster: ClusterKey, host: HostId): string => `${cluster.slice(cluster.lastIndexOf("/") + 1)}/${host}`;

/** Rejects when the process stands still for long or dies; settles as `work` otherwise. */
export function untilStandstill<T>({ life }: ControlPlane, clock: Clock, what: string, work: () => Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    let isOver = false;
    const over = (): void => {
      isOver = true;
    };
    life.onStandstill((how) => {
      if (isOver) return;
      void clock.sleep(how === "dead" ? BREAK_MS : PATIENCE_MS).then(() => reject(new Unreachable("caller", life.name, what)));
    });
    work().then(resolve, reject).finally(over);
  });
}

export function createAgentGateway({ network, clock, controlPlanes }: AgentGatewayOptions): SimulatedAgentStore {
  const turns = new Map<string, number>();
  /** Sticks to one control plane while it answers, tries the next one when it does not. */
  const call = async <T>(cluster: ClusterKey, host: HostId, what: string, mayRepeat: boolean, work: (hosts: HostStore) => Promise<T>): Promise<T> => {
    const from = hostName(cluster, host);
    const living = controlPlanes();
    const turn = turns.get(from) ?? 0;
    const chosen = living[turn % Math.max(1, living.length)];
    if (chosen === undefined) {
      await clock.sleep(AGAIN_MS);
      throw new Unreachable(from, "any control plane", what);
    }
    try {
      return await untilStandstill(chosen, clock, what, () => network.send({ from, to: chosen.name, what, mayRepeat, deliver: () => work(chosen.store.hosts) }));
    } catch (error) {
      turns.set(from, turn + 1);
      throw error;
    }
  };
  const joined = <T>(cluster: ClusterKey, host: HostId, what: string, work: (hosts: HostStore) => Promise<T>): Promise<T> =>
    call(cluster, host, what, true, async (hosts) => {
      if (!(await hosts.isJoined(cluster, host))) throw new ControlPlaneError("AuthorizationFailed", `${host} is not a joined host of its cluster`);
      return work(hosts);
    });
  return {
    readPublished: (cluster, host) => joined(cluster, host, "readPublished", (hosts) => hosts.readPublished(cluster, host)),
    putReport: (report) => joined(report.clusterKey, report.hostId, `report ${report.state} ${report.observedGeneration}`, (hosts) => hosts.putReport(report)),
    consumeJoinToken: (cluster, host, token, nowMs, consumer) => call(cluster, host, "join", true, (hosts) => hosts.consumeJoinToken(cluster, host, token, nowMs, consumer)),
    markJoined: (cluster, host, certificate) => call(cluster, host, "joined", false, (hosts) => hosts.markJoined(cluster, host, certificate)),
    takeRequests: (cluster, host, limitMax) => joined(cluster, host, "requests", (hosts) => hosts.takeRequests(cluster, host, limitMax)),
    answerRequest: (id, response, answeredBy) => joined(answeredBy.clusterKey, answeredBy.hostId, "response", (hosts) => hosts.answerRequest(id, response, answeredBy)),
    async waitForChange(topic, timeoutMsMax, signal) {
      const chosen = controlPlanes()[0];
      if (chosen === undefined) return clock.sleep(Math.min(timeoutMsMax, AGAIN_MS));
      await chosen.store.hosts.waitForChange(topic, timeoutMsMax, signal);
    },
  };
}
