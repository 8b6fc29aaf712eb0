// The hosts and the vault of a store, in memory, for tests of the gateway and the agent that need no
// database. Rules (single-use tokens, refusal of stale plans, wake-ups) are those of the port.
import { ControlPlaneError } from "@cynosure/model";
import type { ClusterKey, HostId, HostReport, HostRequest, HostResponse, ServedHostPlan, SubstrateHost } from "@cynosure/model";
import type { HostStore, Store, VaultStore } from "@cynosure/resource-store";

type HostData = {
  host: SubstrateHost | null;
  joinedAtMs: number | null;
  published: ServedHostPlan | null;
  report: HostReport | null;
  reports: HostReport[];
  requests: { request: HostRequest; taken: boolean }[];
};

export interface MemoryGatewayStore extends Pick<Store, "hosts" | "vault"> {
  /** Every report a host ever sent, oldest first. */
  reportsOf(cluster: ClusterKey, host: HostId): readonly HostReport[];
  /** Puts a plan in place without the rule against older ones: a store that was set back. */
  forcePublished(served: ServedHostPlan): void;
  /** Resolves once `condition` holds for the last report of the host. */
  waitForReport(cluster: ClusterKey, host: HostId, condition: (report: HostReport) => boolean, timeoutMsMax?: number): Promise<HostReport>;
}

export function createMemoryGatewayStore(nowMs: () => number = () => Date.now()): MemoryGatewayStore {
  const data = new Map<string, HostData>();
  const changes = createChanges();
  const tokens = new Map<string, { key: string; expiresAtMs: number; consumer: string | null }>();
  const responses = new Map<string, HostResponse>();
  const keyOf = (cluster: ClusterKey, host: HostId): string => `${cluster}/${host}`;
  const entry = (cluster: ClusterKey, host: HostId): HostData => {
    const key = keyOf(cluster, host);
    const found = data.get(key) ?? { host: null, joinedAtMs: null, published: null, report: null, reports: [], requests: [] };
    data.set(key, found);
    return found;
  };
  const setPublished = (served: ServedHostPlan): void => {
    entry(served.plan.clusterKey, served.plan.hostId).published = served;
    changes.notify(`host:${keyOf(served.plan.clusterKey, served.plan.hostId)}`);
  };
  const hosts: HostStore = {
    putHost: async (cluster, host) => {
      entry(cluster, host.hostId).host = host;
    },
    removeHost: async (cluster, host) => {
      data.delete(keyOf(cluster, host));
    },
    listHosts: async (cluster) =>
      [...data].filter(([key]) => key.startsWith(`${cluster}/`)).flatMap(([, each]) =>
        each.host === null ? [] : [{ host: each.host, joinedAtMs: each.joinedAtMs, report: each.report, reportedAtMs: null, publishedGeneration: each.published?.plan.generation ?? 0 }],
      ),
    publish: async (plan, executorEpoch) => {
      const current = entry(plan.clusterKey, plan.hostId).published;
      if (current !== null && (executorEpoch < current.executorEpoch || plan.generation < current.plan.generation)) throw new ControlPlaneError("StaleExecutor", "older than what is published");
      if (current?.executorEpoch === executorEpoch && current.plan.generation === plan.generation) return;
      setPublished({ executorEpoch, plan });
    },
    readPublished: async (cluster, host) => entry(cluster, host).published,
    putReport: async (report) => {
      const host = entry(report.clusterKey, report.hostId);
      host.report = report;
      host.reports.push(report);
      changes.notify(`report:${keyOf(report.clusterKey, report.hostId)}`);
    },
    readReport: async (cluster, host) => entry(cluster, host).report,
    issueJoinToken: async (cluster, host, sha256, expiresAtMs) => {
      tokens.set(sha256, { key: keyOf(cluster, host), expiresAtMs, consumer: null });
    },
    consumeJoinToken: async (cluster, host, sha256, atMs, consumer) => {
      const token = tokens.get(sha256);
      if (token === undefined || token.key !== keyOf(cluster, host) || token.expiresAtMs <= atMs) return false;
      if (token.consumer !== null) return token.consumer === consumer;
      token.consumer = consumer;
      return true;
    },
    markJoined: async (cluster, host) => {
      entry(cluster, host).joinedAtMs = nowMs();
      changes.notify(`host:${keyOf(cluster, host)}`);
    },
    isJoined: async (cluster, host) => data.get(keyOf(cluster, host))?.joinedAtMs !== null && data.has(keyOf(cluster, host)),
    putRequest: async (request) => {
      entry(request.clusterKey, request.hostId).requests.push({ request, taken: false });
      changes.notify(`host:${keyOf(request.clusterKey, request.hostId)}`);
    },
    takeRequests: async (cluster, host, limitMax) => {
      const open = entry(cluster, host).requests.filter((each) => !each.taken).slice(0, limitMax);
      for (const each of open) each.taken = true;
      return open.map((each) => each.request);
    },
    answerRequest: async (id, response, answeredBy) => {
      const asked = [...data.values()].flatMap((each) => each.requests).find((each) => each.request.id === id)?.request;
      if (asked === undefined || asked.hostId !== answeredBy.hostId || asked.clusterKey !== answeredBy.clusterKey) return;
      responses.set(id, response);
      changes.notify(`request:${id}`);
    },
    readResponse: async (id) => responses.get(id) ?? null,
    waitForChange: changes.wait,
  };
  return {
    hosts,
    vault: memoryVault(),
    reportsOf: (cluster, host) => entry(cluster, host).reports,
    forcePublished: setPublished,
    waitForReport: async (cluster, host, condition, timeoutMsMax = 30_000) => {
      const endMs = Date.now() + timeoutMsMax;
      for (;;) {
        const wait = changes.wait(`report:${keyOf(cluster, host)}`, Math.max(1, endMs - Date.now()));
        const last = entry(cluster, host).report;
        if (last !== null && condition(last)) return last;
        if (Date.now() >= endMs) throw new Error(`no such report of ${host} in ${String(timeoutMsMax)} ms; the last one: ${JSON.stringify(last)}`);
        await wait;
      }
    },
  };
}

function memoryVault(): VaultStore {
  const secrets = new Map<string, string>();
  const outputs = new Map<string, string>();
  const keyOf = (cluster: ClusterKey, name: string): string => `${cluster} ${name}`;
  return {
    ensureSecret: async (cluster, name, create) => {
      const value = secrets.get(keyOf(cluster, name)) ?? create();
      secrets.set(keyOf(cluster, name), value);
      return value;
    },
    readSecret: async (cluster, name) => secrets.get(keyOf(cluster, name)) ?? null,
    putOutput: async (cluster, name, value) => {
      outputs.set(keyOf(cluster, name), value);
    },
    readOutput: async (cluster, name) => outputs.get(keyOf(cluster, name)) ?? null,
    forgetCluster: async (cluster) => {
      for (const map of [secrets, outputs]) for (const key of map.keys()) if (key.startsWith(`${cluster} `)) map.delete(key);
    },
  };
}

interface Changes {
  notify(topic: string): void;
  wait(topic: string, timeoutMsMax: number, signal?: AbortSignal): Promise<void>;
}

function createChanges(): Changes {
  const waiting = new Map<string, Set<() => void>>();
  return {
    notify: (topic) => {
      for (const wake of [...(waiting.get(topic) ?? [])]) wake();
    },
    wait: (topic, timeoutMsMax, signal) =>
      new Promise<void>((resolve) => {
        const set = waiting.get(topic) ?? new Set();
        waiting.set(topic, set);
        const finish = (): void => {
          set.delete(finish);
          clearTimeout(timer);
          signal?.removeEventListener("abort", finish);
          resolve();
        };
        const timer = setTimeout(finish, timeoutMsMax);
        set.add(finish);
        if (signal?.aborted === true) finish();
        else signal?.addEventListener("abort", finish);
      }),
  };
}
