// Hosts in PostgreSQL: what the substrate made, who joined, the published host plan and the last report.
// Publishing is fenced here: a lower epoch or generation never replaces a higher one.
import type { ClusterKey, HostId, HostPlan, HostReport, HostRequest, HostResponse, ServedHostPlan, SubstrateHost } from "@cynosure/model";
import type { HostStore, Transaction } from "../port.ts";
import { publishing } from "../rules/write-conditions.ts";
import type { Changes } from "./changes.ts";
import { type Database, statement } from "./database.ts";
import type { HostRequests } from "./host-requests.ts";

interface HostRow {
  readonly host: SubstrateHost;
  readonly joined_at_ms: string | null;
  readonly report: HostReport | null;
  readonly reported_at_ms: string | null;
  readonly generation: number | null;
}

interface TokenRow {
  readonly expires_at_ms: string;
  readonly consumed_at_ms: string | null;
  readonly consumer_sha256: string | null;
}

const putHostSql = statement(
  "host.put",
  "insert into cynosure.hosts (cluster_key, host_id, host) values ($1, $2, $3) on conflict (cluster_key, host_id) do update set host = excluded.host",
);
const removeHostSql = statement(
  "host.remove",
  `with a as (delete from cynosure.join_tokens where cluster_key = $1 and host_id = $2),
     b as (delete from cynosure.host_plans where cluster_key = $1 and host_id = $2),
     c as (delete from cynosure.host_reports where cluster_key = $1 and host_id = $2),
     d as (delete from cynosure.host_requests where cluster_key = $1 and host_id = $2)
   delete from cynosure.hosts where cluster_key = $1 and host_id = $2`,
);
const listHostsSql = statement(
  "host.list",
  `select h.host, h.joined_at_ms, r.report, r.reported_at_ms, p.generation from cynosure.hosts h
   left join cynosure.host_reports r using (cluster_key, host_id) left join cynosure.host_plans p using (cluster_key, host_id)
   where h.cluster_key = $1 and h.host is not null order by (h.host ->> 'index')::integer`,
);
const publishSql = statement(
  "host.publish",
  `insert into cynosure.host_plans as p (cluster_key, host_id, executor_epoch, generation, plan)
   select $1::text, $2, $3::integer, $4::integer, $5::json
   where $3::integer >= coalesce((select epoch from cynosure.cluster_states where cluster_key = $1), 1)
   on conflict (cluster_key, host_id) do update set executor_epoch = excluded.executor_epoch, generation = excluded.generation, plan = excluded.plan
   where excluded.executor_epoch >= p.executor_epoch and excluded.generation >= p.generation
     and (excluded.executor_epoch, excluded.generation) <> (p.executor_epoch, p.generation)`,
);
const publishedSql = statement("host.published", "select executor_epoch, generation from cynosure.host_plans where cluster_key = $1 and host_id = $2");
const readPublishedSql = statement("host.readPublished", "select executor_epoch, plan from cynosure.host_plans where cluster_key = $1 and host_id = $2");
const clusterEpochSql = statement("host.clusterEpoch", "select epoch from cynosure.cluster_states where cluster_key = $1");
const putReportSql = statement(
  "host.putReport",
  `insert into cynosure.host_reports (cluster_key, host_id, report, reported_at_ms) values ($1, $2, $3, $4)
   on conflict (cluster_key, host_id) do update set report = excluded.report, reported_at_ms = excluded.reported_at_ms`,
);
const readReportSql = statement("host.readReport", "select report from cynosure.host_reports where cluster_key = $1 and host_id = $2");
const issueTokenSql = statement("host.issueToken", "insert into cynosure.join_tokens (token_sha256, cluster_key, host_id, expires_at_ms) values ($1, $2, $3, $4)");
const tokenSql = statement("host.token", "select expires_at_ms, consumed_at_ms, consumer_sha256 from cynosure.join_tokens where token_sha256 = $3 and cluster_key = $1 and host_id = $2");
// The first join spends every token of the host: repeated creation may have issued more than one.
const spendTokensSql = statement(
  "host.spendTokens",
  `update cynosure.join_tokens set consumed_at_ms = $3, consumer_sha256 = case when token_sha256 = $4 then $5 else '' end
   where cluster_key = $1 and host_id = $2 and consumed_at_ms is null`,
);
const lockTokensSql = statement("host.lockTokens", "select 1 from cynosure.join_tokens where cluster_key = $1 and host_id = $2 order by token_sha256 for update");
const markJoinedSql = statement(
  "host.markJoined",
  `insert into cynosure.hosts (cluster_key, host_id, joined_at_ms, certificate_sha256) values ($1, $2, $3, $4)
   on conflict (cluster_key, host_id) do update set joined_at_ms = excluded.joined_at_ms, certificate_sha256 = excluded.certificate_sha256`,
);
const isJoinedSql = statement("host.isJoined", "select 1 from cynosure.hosts where cluster_key = $1 and host_id = $2 and joined_at_ms is not null");

const toMs = (value: string | null): number | null => (value === null ? null : Number(value));

export class PostgresHosts implements HostStore {
  readonly #database: Database;
  readonly #changes: Changes;
  readonly #requests: HostRequests;
  readonly #nowMs: () => number;

  constructor(database: Database, changes: Changes, requests: HostRequests, nowMs: () => number) {
    this.#database = database;
    this.#changes = changes;
    this.#requests = requests;
    this.#nowMs = nowMs;
  }

  async putHost(cluster: ClusterKey, host: SubstrateHost): Promise<void> {
    await this.#database.run(putHostSql, [cluster, host.hostId, JSON.stringify(host)]);
    await this.#changes.notify([`cluster:${cluster}`]);
  }

  async removeHost(cluster: ClusterKey, host: HostId): Promise<void> {
    await this.#database.run(removeHostSql, [cluster, host]);
    await this.#changes.notify([`cluster:${cluster}`, `host:${cluster}/${host}`]);
  }

  async listHosts(cluster: ClusterKey, tx?: Transaction): ReturnType<HostStore["listHosts"]> {
    const rows = await this.#database.query<HostRow>(listHostsSql, [cluster], tx);
    return rows.map((row) => ({
      host: row.host,
      joinedAtMs: toMs(row.joined_at_ms),
      report: row.report,
      reportedAtMs: toMs(row.reported_at_ms),
      publishedGeneration: row.generation ?? 0,
    }));
  }

  async publish(plan: HostPlan, executorEpoch: number): Promise<void> {
    const { clusterKey, hostId, generation } = plan;
    const written = await this.#database.run(publishSql, [clusterKey, hostId, executorEpoch, generation, JSON.stringify(plan)]);
    if (written === 1) return this.#changes.notify([`host:${clusterKey}/${hostId}`, `cluster:${clusterKey}`]);
    const [current] = await this.#database.query<{ executor_epoch: number; generation: number }>(publishedSql, [clusterKey, hostId]);
    const [cluster] = await this.#database.query<{ epoch: number }>(clusterEpochSql, [clusterKey]);
    const mark = current === undefined ? null : { executorEpoch: current.executor_epoch, generation: current.generation };
    const verdict = publishing(hostId, { executorEpoch, generation }, mark, cluster?.epoch ?? 1);
    // What the statement met has gone meanwhile (a host removed between the two): nothing stands against it now.
    if (verdict === "write") await this.publish(plan, executorEpoch);
  }

  async readPublished(cluster: ClusterKey, host: HostId): Promise<ServedHostPlan | null> {
    const [row] = await this.#database.query<{ executor_epoch: number; plan: HostPlan }>(readPublishedSql, [cluster, host]);
    return row === undefined ? null : { executorEpoch: row.executor_epoch, plan: row.plan };
  }

  async putReport(report: HostReport): Promise<void> {
    await this.#database.run(putReportSql, [report.clusterKey, report.hostId, JSON.stringify(report), this.#nowMs()]);
    await this.#changes.notify([`report:${report.clusterKey}/${report.hostId}`, `cluster:${report.clusterKey}`]);
  }

  async readReport(cluster: ClusterKey, host: HostId): Promise<HostReport | null> {
    const [row] = await this.#database.query<{ report: HostReport }>(readReportSql, [cluster, host]);
    return row?.report ?? null;
  }

  async issueJoinToken(cluster: ClusterKey, host: HostId, tokenSha256: string, expiresAtMs: number): Promise<void> {
    await this.#database.run(issueTokenSql, [tokenSha256, cluster, host, expiresAtMs]);
  }

  async consumeJoinToken(cluster: ClusterKey, host: HostId, tokenSha256: string, nowMs: number, consumerSha256: string): Promise<boolean> {
    return this.#database.transaction(async (tx) => {
      await this.#database.run(lockTokensSql, [cluster, host], tx);
      const [token] = await this.#database.query<TokenRow>(tokenSql, [cluster, host, tokenSha256], tx);
      if (token === undefined || Number(token.expires_at_ms) <= nowMs) return false;
      if (token.consumed_at_ms !== null) return token.consumer_sha256 === consumerSha256;
      await this.#database.run(spendTokensSql, [cluster, host, nowMs, tokenSha256, consumerSha256], tx);
      return true;
    });
  }

  async markJoined(cluster: ClusterKey, host: HostId, certificateSha256: string): Promise<void> {
    await this.#database.run(markJoinedSql, [cluster, host, this.#nowMs(), certificateSha256]);
    await this.#changes.notify([`host:${cluster}/${host}`, `report:${cluster}/${host}`, `cluster:${cluster}`]);
  }

  async isJoined(cluster: ClusterKey, host: HostId): Promise<boolean> {
    return (await this.#database.query(isJoinedSql, [cluster, host])).length > 0;
  }

  putRequest(request: HostRequest): Promise<void> {
    return this.#requests.put(request);
  }

  takeRequests(cluster: ClusterKey, host: HostId, limitMax: number): Promise<readonly HostRequest[]> {
    return this.#requests.take(cluster, host, limitMax);
  }

  answerRequest(id: string, response: HostResponse, answeredBy: { readonly clusterKey: ClusterKey; readonly hostId: HostId }): Promise<void> {
    return this.#requests.answer(id, response, answeredBy);
  }

  readResponse(id: string): Promise<HostResponse | null> {
    return this.#requests.readResponse(id);
  }

  waitForChange(topic: string, timeoutMsMax: number, signal?: AbortSignal): Promise<void> {
    return this.#changes.wait(topic, timeoutMsMax, signal);
  }
}
