// Requests to agents and their answers. Both may carry secrets of the engine (a key just created), so both
// are sealed at rest; rows older than an hour are dropped when new ones arrive.
import type { ClusterKey, HostId, HostRequest, HostResponse } from "@cynosure/model";
import type { Sealer } from "../seal.ts";
import type { Changes } from "./changes.ts";
import { type Database, statement } from "./database.ts";

const KEPT_MS = 60 * 60_000;

interface RequestRow {
  readonly id: string;
  readonly cluster_key: ClusterKey;
  readonly host_id: HostId;
  readonly executor_epoch: number;
  readonly kind: string;
  readonly key_id: string;
  readonly payload: Buffer;
  readonly timeout_ms_max: number;
}

const putSql = statement(
  "request.put",
  `insert into cynosure.host_requests (id, cluster_key, host_id, executor_epoch, kind, key_id, payload, timeout_ms_max, created_at_ms)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (id) do nothing`,
);
const purgeSql = statement("request.purge", "delete from cynosure.host_requests where created_at_ms < $1");
const takeSql = statement(
  "request.take",
  `update cynosure.host_requests r set taken_at_ms = $3 from (
     select id from cynosure.host_requests where cluster_key = $1 and host_id = $2 and answered_at_ms is null
       and created_at_ms + timeout_ms_max > $3 and taken_at_ms is null
     order by seq limit $4 for update skip locked) due
   where r.id = due.id returning r.id, r.seq, r.cluster_key, r.host_id, r.executor_epoch, r.kind, r.key_id, r.payload, r.timeout_ms_max`,
);
const answerSql = statement("request.answer", "update cynosure.host_requests set response = $2, key_id = $3, answered_at_ms = $4, payload = '' where id = $1 and cluster_key = $5 and host_id = $6 and answered_at_ms is null");
const responseSql = statement("request.response", "select key_id, response from cynosure.host_requests where id = $1 and answered_at_ms is not null");

export class HostRequests {
  readonly #database: Database;
  readonly #changes: Changes;
  readonly #sealer: Sealer;
  readonly #nowMs: () => number;

  constructor(database: Database, changes: Changes, sealer: Sealer, nowMs: () => number) {
    this.#database = database;
    this.#changes = changes;
    this.#sealer = sealer;
    this.#nowMs = nowMs;
  }

  async put(request: HostRequest): Promise<void> {
    const nowMs = this.#nowMs();
    const sealed = this.#sealer.seal(JSON.stringify(request.payload ?? null), `request ${request.id}`);
    await this.#database.run(purgeSql, [nowMs - KEPT_MS]);
    await this.#database.run(putSql, [
      request.id,
      request.clusterKey,
      request.hostId,
      request.executorEpoch,
      request.kind,
      sealed.keyId,
      sealed.bytes,
      request.timeoutMsMax,
      nowMs,
    ]);
    await this.#changes.notify([`host:${request.clusterKey}/${request.hostId}`]);
  }

  async take(cluster: ClusterKey, host: HostId, limitMax: number): Promise<readonly HostRequest[]> {
    const rows = await this.#database.query<RequestRow & { seq: string }>(takeSql, [cluster, host, this.#nowMs(), limitMax]);
    return rows
      .toSorted((a, b) => Number(a.seq) - Number(b.seq))
      .map((row) => ({
        id: row.id,
        clusterKey: row.cluster_key,
        hostId: row.host_id,
        executorEpoch: row.executor_epoch,
        kind: row.kind,
        payload: JSON.parse(this.#sealer.open({ keyId: row.key_id, bytes: row.payload }, `request ${row.id}`)) as unknown,
        timeoutMsMax: row.timeout_ms_max,
      }));
  }

  async answer(id: string, response: HostResponse, answeredBy: { readonly clusterKey: ClusterKey; readonly hostId: HostId }): Promise<void> {
    const sealed = this.#sealer.seal(JSON.stringify(response), `response ${id}`);
    const kept = await this.#database.run(answerSql, [id, sealed.bytes, sealed.keyId, this.#nowMs(), answeredBy.clusterKey, answeredBy.hostId]);
    // Otherwise it was forgotten, answered before, or asked of another host: nobody waits for this one.
    if (kept === 1) await this.#changes.notify([`request:${id}`]);
  }

  async readResponse(id: string): Promise<HostResponse | null> {
    const [row] = await this.#database.query<{ key_id: string; response: Buffer }>(responseSql, [id]);
    if (row === undefined) return null;
    // Written by `answer` above, sealed since: the shape is ours.
    return JSON.parse(this.#sealer.open({ keyId: row.key_id, bytes: row.response }, `response ${id}`)) as HostResponse;
  }
}
