// Sign-ins with a device code in PostgreSQL: each step is one statement, so that several control planes on one
// database hand out a granted code once and count every poll and attempt.
import type { DeviceCodePoll, DeviceCodeState, DeviceCodeStore, PendingDeviceCode } from "../principal-port.ts";
import type { Transaction } from "../port.ts";
import { pollOf } from "../rules/device-code-rules.ts";
import { type Database, statement } from "./database.ts";

interface DeviceCodeRow {
  readonly device_code_sha256: string;
  readonly client_id: string;
  readonly audience: string;
  readonly expires_at_ms: string;
  readonly interval_ms: number;
  readonly polled_at_ms: string | null;
  readonly state: string;
  readonly object_id: string | null;
}

const forgetSql = statement("deviceCode.forget", "delete from cynosure.device_codes where expires_at_ms <= $1");
const insertSql = statement(
  "deviceCode.insert",
  `insert into cynosure.device_codes (device_code_sha256, user_code, client_id, audience, expires_at_ms, interval_ms)
   select $1, $2, $3, $4, $5, $6 where (select count(*) from cynosure.device_codes) < $7 on conflict do nothing`,
);
const holdSql = statement("deviceCode.hold", "select device_code_sha256, client_id, audience, expires_at_ms, interval_ms, polled_at_ms, state, object_id from cynosure.device_codes where device_code_sha256 = $1 and client_id = $2 for update");
const notePollSql = statement("deviceCode.notePoll", "update cynosure.device_codes set polled_at_ms = $2, interval_ms = $3 where device_code_sha256 = $1");
const spendSql = statement("deviceCode.spend", "delete from cynosure.device_codes where device_code_sha256 = $1");
const byUserCodeSql = statement("deviceCode.byUserCode", "select client_id, state, expires_at_ms from cynosure.device_codes where user_code = $1");
const attemptSql = statement(
  "deviceCode.attempt",
  `update cynosure.device_codes set attempts = attempts + 1, state = case when attempts >= $3 then 'denied' else state end
   where user_code = $1 and state = 'pending' and expires_at_ms > $2 returning state`,
);
const decideSql = statement(
  "deviceCode.decide",
  `update cynosure.device_codes set state = $3, object_id = $4 where user_code = $1 and state = 'pending' and expires_at_ms > $2
     and ($4::text is null or exists (select from cynosure.service_principals p where p.object_id = $4))`,
);

// Written by this adapter alone.
const toState = (state: string): Exclude<DeviceCodeState, "expired"> => state as Exclude<DeviceCodeState, "expired">;

export class PostgresDeviceCodes implements DeviceCodeStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async insert(code: PendingDeviceCode, limits: { readonly nowMs: number; readonly countMax: number }): Promise<boolean> {
    await this.#database.run(forgetSql, [limits.nowMs]);
    return (await this.#database.run(insertSql, [code.deviceCodeSha256, code.userCode, code.clientId, code.audience, code.expiresAtMs, code.intervalMs, limits.countMax])) === 1;
  }

  poll(deviceCodeSha256: string, clientId: string, step: { readonly nowMs: number; readonly slowDownMs: number }): Promise<DeviceCodePoll | null> {
    return this.#database.transaction(async (tx) => {
      const [row] = await this.#database.query<DeviceCodeRow>(holdSql, [deviceCodeSha256, clientId], tx);
      if (row === undefined) return null;
      const poll = pollOf(
        {
          audience: row.audience,
          expiresAtMs: Number(row.expires_at_ms),
          intervalMs: row.interval_ms,
          polledAtMs: row.polled_at_ms === null ? null : Number(row.polled_at_ms),
          state: toState(row.state),
          objectId: row.object_id,
        },
        step,
      );
      if (poll.kind === "granted") await this.#database.run(spendSql, [deviceCodeSha256], tx);
      else await this.#database.run(notePollSql, [deviceCodeSha256, step.nowMs, poll.kind === "tooSoon" ? poll.intervalMs : row.interval_ms], tx);
      return poll;
    });
  }

  async findByUserCode(userCode: string, nowMs: number): Promise<{ readonly clientId: string; readonly state: DeviceCodeState } | null> {
    const [row] = await this.#database.query<Pick<DeviceCodeRow, "client_id" | "state" | "expires_at_ms">>(byUserCodeSql, [userCode]);
    return row === undefined ? null : { clientId: row.client_id, state: Number(row.expires_at_ms) <= nowMs ? "expired" : toState(row.state) };
  }

  async beginAttempt(userCode: string, limits: { readonly nowMs: number; readonly attemptsMax: number }): Promise<boolean> {
    const [row] = await this.#database.query<{ state: string }>(attemptSql, [userCode, limits.nowMs, limits.attemptsMax]);
    return row?.state === "pending";
  }

  async decide(userCode: string, decision: { readonly objectId: string } | "denied", nowMs: number, tx: Transaction): Promise<boolean> {
    const values = decision === "denied" ? ["denied", null] : ["granted", decision.objectId];
    return (await this.#database.run(decideSql, [userCode, nowMs, ...values], tx)) === 1;
  }
}
