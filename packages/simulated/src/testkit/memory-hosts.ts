// The slice of the store that simulated agents and a delivery need, in memory: for tests on the simulated
// clock, where a real database would bring its own time.
import type { ClusterKey, HostId, HostPlan, HostReport, HostRequest, HostResponse, ServedHostPlan } from "@cynosure/model";
import type { SimulatedAgentStore } from "../simulated-agents.ts";

interface Row {
  token: string | null;
  consumer: string | null;
  isJoined: boolean;
  served: ServedHostPlan | null;
  reports: HostReport[];
}

export interface MemoryHosts extends SimulatedAgentStore {
  issueJoinToken(cluster: ClusterKey, host: HostId, tokenSha256: string): void;
  isJoined(cluster: ClusterKey, host: HostId): boolean;
  publish(plan: HostPlan, executorEpoch: number): void;
  reports(cluster: ClusterKey, host: HostId): readonly HostReport[];
  ask(request: HostRequest): void;
  response(id: string): HostResponse | null;
}

export function createMemoryHosts(): MemoryHosts {
  const rows = new Map<string, Row>();
  const waiters = new Map<string, Set<() => void>>();
  const requests: HostRequest[] = [];
  const responses = new Map<string, HostResponse>();
  const row = (cluster: ClusterKey, host: HostId): Row => {
    const key = `${cluster}/${host}`;
    const found = rows.get(key) ?? { token: null, consumer: null, isJoined: false, served: null, reports: [] };
    rows.set(key, found);
    return found;
  };
  const notify = (topic: string): void => {
    for (const wake of waiters.get(topic) ?? []) wake();
  };
  return {
    issueJoinToken(cluster, host, tokenSha256) {
      Object.assign(row(cluster, host), { token: tokenSha256, consumer: null });
    },
    async consumeJoinToken(cluster, host, tokenSha256, _nowMs, consumerSha256) {
      const found = row(cluster, host);
      if (found.token !== tokenSha256) return false;
      found.consumer ??= consumerSha256;
      return found.consumer === consumerSha256;
    },
    async markJoined(cluster, host) {
      row(cluster, host).isJoined = true;
    },
    isJoined: (cluster, host) => row(cluster, host).isJoined,
    publish(plan, executorEpoch) {
      row(plan.clusterKey, plan.hostId).served = { plan, executorEpoch };
      notify(`host:${plan.clusterKey}/${plan.hostId}`);
    },
    readPublished: async (cluster, host) => row(cluster, host).served,
    async putReport(report) {
      row(report.clusterKey, report.hostId).reports.push(report);
    },
    reports: (cluster, host) => row(cluster, host).reports,
    ask(request) {
      requests.push(request);
      notify(`host:${request.clusterKey}/${request.hostId}`);
    },
    async takeRequests(cluster, host) {
      const mine = requests.filter((request) => request.clusterKey === cluster && request.hostId === host);
      for (const request of mine) requests.splice(requests.indexOf(request), 1);
      return mine;
    },
    async answerRequest(id, response) {
      responses.set(id, response);
    },
    response: (id) => responses.get(id) ?? null,
    waitForChange(topic, _timeoutMsMax, signal) {
      return new Promise((resolve) => {
        const topicWaiters = waiters.get(topic) ?? new Set();
        waiters.set(topic, topicWaiters);
        const wake = (): void => {
          topicWaiters.delete(wake);
          signal?.removeEventListener("abort", wake);
          resolve();
        };
        topicWaiters.add(wake);
        signal?.addEventListener("abort", wake, { once: true });
        if (signal?.aborted === true) wake();
      });
    },
  };
}
