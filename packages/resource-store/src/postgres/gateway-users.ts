// Users of native gateways in PostgreSQL.
import type { ClusterKey } from "@cynosure/model";
import type { GatewayUserStore, StoredGatewayUser } from "../gateway-user-port.ts";
import type { Transaction } from "../port.ts";
import { type Database, statement } from "./database.ts";

interface UserRow {
  readonly name: string;
  readonly principal_id: string;
  readonly secret_id: string;
  readonly secret_sha256: string;
  readonly created_at_ms: string;
  readonly expires_at_ms: string;
}

const columns = "name, principal_id, secret_id, secret_sha256, created_at_ms, expires_at_ms";
const putSql = statement(
  "gatewayUsers.put",
  `insert into cynosure.gateway_users (cluster_key, ${columns})
   select $1, $2, $3, $4, $5, $6, $7
   where (select count(*) from cynosure.gateway_users where cluster_key = $1 and name <> $2) < $8
   on conflict (cluster_key, name) do update set secret_id = excluded.secret_id, secret_sha256 = excluded.secret_sha256, expires_at_ms = excluded.expires_at_ms
   returning ${columns}`,
);
const findSql = statement("gatewayUsers.find", `select ${columns} from cynosure.gateway_users where cluster_key = $1 and name = $2`);
const listSql = statement("gatewayUsers.list", `select ${columns} from cynosure.gateway_users where cluster_key = $1 order by name`);
const removeSql = statement("gatewayUsers.remove", "delete from cynosure.gateway_users where cluster_key = $1 and name = $2");

const toUser = (clusterKey: ClusterKey, row: UserRow): StoredGatewayUser => ({
  clusterKey,
  name: row.name,
  principalId: row.principal_id,
  secretId: row.secret_id,
  secretSha256: row.secret_sha256,
  createdAtMs: Number(row.created_at_ms),
  expiresAtMs: Number(row.expires_at_ms),
});

export class PostgresGatewayUsers implements GatewayUserStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async put(user: StoredGatewayUser, countMax: number, tx: Transaction): Promise<StoredGatewayUser | null> {
    const { clusterKey, name, principalId, secretId, secretSha256, createdAtMs, expiresAtMs } = user;
    const [row] = await this.#database.query<UserRow>(putSql, [clusterKey, name, principalId, secretId, secretSha256, createdAtMs, expiresAtMs, countMax], tx);
    return row === undefined ? null : toUser(clusterKey, row);
  }

  async find(cluster: ClusterKey, name: string): Promise<StoredGatewayUser | null> {
    const [row] = await this.#database.query<UserRow>(findSql, [cluster, name]);
    return row === undefined ? null : toUser(cluster, row);
  }

  async list(cluster: ClusterKey): Promise<readonly StoredGatewayUser[]> {
    return (await this.#database.query<UserRow>(listSql, [cluster])).map((row) => toUser(cluster, row));
  }

  async remove(cluster: ClusterKey, name: string, tx: Transaction): Promise<boolean> {
    return (await this.#database.run(removeSql, [cluster, name], tx)) === 1;
  }
}
