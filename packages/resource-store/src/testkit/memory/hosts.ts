// Hosts, host plans, join tokens and requests of the memory store. For tests only.
import type { ClusterKey, HostId, HostPlan, HostReport, HostRequest, HostResponse, ServedHostPlan, SubstrateHost } from "@cynosure/model";
import type { HostStore, Transaction } from "../../port.ts";
import { publishing } from "../../rules/write-conditions.ts";
import { type Connection, duplicate } from "./connection.ts";
import type { MemoryTransaction } from "./memory-database.ts";
import { clusterRow } from "./plan-tables.ts";
import { frozenJson, hostKey, type RequestRow, type Tables } from "./rows.ts";

const REQUESTS_KEPT_MS = 60 * 60_000;

export class MemoryHosts implements HostStore {
  readonly #connection: Connection;
  readonly #tables: Tables;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#tables = connection.database.tables;
  }

  putHost(cluster: ClusterKey, host: SubstrateHost): Promise<void> {
    return this.#write([`cluster:${cluster}`], (tx) => {
      const current = this.#tables.hosts.get(hostKey(cluster, host.hostId), tx);
      this.#tables.hosts.put({ clusterKey: cluster, hostId: host.hostId, host: frozenJson(host), joinedAtMs: current?.joinedAtMs ?? null }, tx);
    });
  }

  removeHost(cluster: ClusterKey, host: HostId): Promise<void> {
    return this.#write([`cluster:${cluster}`, `host:${cluster}/${host}`], (tx) => {
      const { hosts, hostPlans, reports, requests, tokens } = this.#tables;
      for (const table of [hosts, hostPlans, reports]) table.remove(hostKey(cluster, host), tx);
      for (const row of tokens.list(tx, cluster)) if (row.hostId === host) tokens.remove(row.tokenSha256, tx);
      for (const { request } of requests.list(tx, cluster)) if (request.hostId === host) requests.remove(request.id, tx);
    });
  }

  listHosts(cluster: ClusterKey, tx?: Transaction): ReturnType<HostStore["listHosts"]> {
    return this.#connection.read(tx, (own) => {
      const rows = this.#tables.hosts.list(own, cluster).flatMap(({ host, joinedAtMs }) => (host === null ? [] : [{ host, joinedAtMs }]));
      return rows
        .toSorted((a, b) => a.host.index - b.host.index)
        .map(({ host, joinedAtMs }) => {
          const key = hostKey(cluster, host.hostId);
          const report = this.#tables.reports.get(key, own);
          const publishedGeneration = this.#tables.hostPlans.get(key, own)?.plan.generation ?? 0;
          return { host, joinedAtMs, report: report?.report ?? null, reportedAtMs: report?.reportedAtMs ?? null, publishedGeneration };
        });
    });
  }

  publish(plan: HostPlan, executorEpoch: number): Promise<void> {
    const { clusterKey, hostId, generation } = plan;
    return this.#write([], (tx) => {
      const current = this.#tables.hostPlans.get(hostKey(clusterKey, hostId), tx);
      const mark = current === undefined ? null : { executorEpoch: current.executorEpoch, generation: current.plan.generation };
      const inForce = clusterRow(this.#connection.database, clusterKey, tx).epoch;
      if (publishing(hostId, { executorEpoch, generation }, mark, inForce) === "same") return;
      this.#tables.hostPlans.put({ clusterKey, hostId, executorEpoch, plan: frozenJson(plan) }, tx);
      tx.topics.add(`host:${clusterKey}/${hostId}`).add(`cluster:${clusterKey}`);
    });
  }

  readPublished(cluster: ClusterKey, host: HostId): Promise<ServedHostPlan | null> {
    return this.#connection.read(undefined, () => {
      const row = this.#tables.hostPlans.get(hostKey(cluster, host));
      return row === undefined ? null : { executorEpoch: row.executorEpoch, plan: row.plan };
    });
  }

  putReport(report: HostReport): Promise<void> {
    const { clusterKey, hostId } = report;
    return this.#write([`report:${clusterKey}/${hostId}`, `cluster:${clusterKey}`], (tx) => {
      this.#tables.reports.put({ clusterKey, hostId, report: frozenJson(report), reportedAtMs: this.#nowMs() }, tx);
    });
  }

  readReport(cluster: ClusterKey, host: HostId): Promise<HostReport | null> {
    return this.#connection.read(undefined, () => this.#tables.reports.get(hostKey(cluster, host))?.report ?? null);
  }

  issueJoinToken(cluster: ClusterKey, host: HostId, tokenSha256: string, expiresAtMs: number): Promise<void> {
    return this.#write([], (tx) => {
      if (this.#tables.tokens.get(tokenSha256, tx) !== undefined) throw duplicate("join_tokens", tokenSha256);
      this.#tables.tokens.put({ clusterKey: cluster, hostId: host, tokenSha256, expiresAtMs, isSpent: false, consumerSha256: null }, tx);
    });
  }

  consumeJoinToken(cluster: ClusterKey, host: HostId, tokenSha256: string, nowMs: number, consumerSha256: string): Promise<boolean> {
    return this.#connection.write(undefined, (tx) => {
      const ofHost = this.#tables.tokens.list(tx, cluster).filter((row) => row.hostId === host);
      const token = ofHost.find((row) => row.tokenSha256 === tokenSha256);
      if (token === undefined || token.expiresAtMs <= nowMs) return false;
      if (token.isSpent) return token.consumerSha256 === consumerSha256;
      // The first join spends every token of the host: repeated creation may have issued more than one.
      for (const row of ofHost) if (!row.isSpent) this.#tables.tokens.put({ ...row, isSpent: true, consumerSha256: row === token ? consumerSha256 : "" }, tx);
      return true;
    });
  }

  markJoined(cluster: ClusterKey, host: HostId): Promise<void> {
    return this.#write([`host:${cluster}/${host}`, `report:${cluster}/${host}`, `cluster:${cluster}`], (tx) => {
      const current = this.#tables.hosts.get(hostKey(cluster, host), tx);
      this.#tables.hosts.put({ clusterKey: cluster, hostId: host, host: current?.host ?? null, joinedAtMs: this.#nowMs() }, tx);
    });
  }

  isJoined(cluster: ClusterKey, host: HostId): Promise<boolean> {
    return this.#connection.read(undefined, () => (this.#tables.hosts.get(hostKey(cluster, host))?.joinedAtMs ?? null) !== null);
  }

  putRequest(request: HostRequest): Promise<void> {
    const { requests } = this.#tables;
    return this.#write([`host:${request.clusterKey}/${request.hostId}`], (tx) => {
      for (const row of requests.list(tx)) if (row.createdAtMs < this.#nowMs() - REQUESTS_KEPT_MS) requests.remove(row.request.id, tx);
      if (requests.get(request.id, tx) !== undefined) return;
      const kept = frozenJson({ ...request, payload: request.payload ?? null });
      requests.put({ seq: this.#connection.database.nextSeq(), request: kept, createdAtMs: this.#nowMs(), isTaken: false, response: null }, tx);
    });
  }

  takeRequests(cluster: ClusterKey, host: HostId, limitMax: number): Promise<readonly HostRequest[]> {
    const { requests } = this.#tables;
    const isDue = (row: RequestRow): boolean =>
      row.request.hostId === host && row.response === null && !row.isTaken && row.createdAtMs + row.request.timeoutMsMax > this.#nowMs();
    return this.#connection.write(undefined, (tx) => {
      const due = requests.list(tx, cluster).filter(isDue).toSorted((a, b) => a.seq - b.seq).slice(0, limitMax);
      for (const row of due) requests.put({ ...row, isTaken: true }, tx);
      return due.map((row) => row.request);
    });
  }

  answerRequest(id: string, response: HostResponse, answeredBy: { readonly clusterKey: ClusterKey; readonly hostId: HostId }): Promise<void> {
    return this.#write([], (tx) => {
      const row = this.#tables.requests.get(id, tx);
      // Otherwise it was forgotten, answered before, or asked of another host: nobody waits for this one.
      if (row === undefined || row.response !== null || row.request.clusterKey !== answeredBy.clusterKey || row.request.hostId !== answeredBy.hostId) return;
      this.#tables.requests.put({ ...row, response: frozenJson(response), request: { ...row.request, payload: null } }, tx);
      tx.topics.add(`request:${id}`);
    });
  }

  readResponse(id: string): Promise<HostResponse | null> {
    return this.#connection.read(undefined, () => this.#tables.requests.get(id)?.response ?? null);
  }

  waitForChange(topic: string, timeoutMsMax: number, signal?: AbortSignal): Promise<void> {
    return this.#connection.notices.wait(topic, timeoutMsMax, signal);
  }

  #nowMs(): number {
    return this.#connection.database.clock.now();
  }

  #write(topics: readonly string[], work: (tx: MemoryTransaction) => void): Promise<void> {
    return this.#connection.write(undefined, (tx) => {
      work(tx);
      topics.forEach((topic) => tx.topics.add(topic));
    });
  }
}
