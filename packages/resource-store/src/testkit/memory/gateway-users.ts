// Users of native gateways in the memory store. For tests only.
import type { ClusterKey } from "@cynosure/model";
import type { GatewayUserStore, StoredGatewayUser } from "../../gateway-user-port.ts";
import type { Transaction } from "../../port.ts";
import type { Connection } from "./connection.ts";
import { frozenJson, nameKey } from "./rows.ts";

export class MemoryGatewayUsers implements GatewayUserStore {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  get #users() {
    return this.#connection.database.tables.gatewayUsers;
  }

  put(user: StoredGatewayUser, countMax: number, tx: Transaction): Promise<StoredGatewayUser | null> {
    return this.#connection.write(tx, (own) => {
      const others = this.#users.list(own).filter((row) => row.clusterKey === user.clusterKey && row.name !== user.name);
      if (others.length >= countMax) return null;
      const before = this.#users.get(nameKey(user.clusterKey, user.name), own);
      const kept = before === undefined ? user : { ...user, principalId: before.principalId, createdAtMs: before.createdAtMs };
      this.#users.put(frozenJson(kept), own);
      return kept;
    });
  }

  find(cluster: ClusterKey, name: string): Promise<StoredGatewayUser | null> {
    return this.#connection.read(undefined, () => this.#users.get(nameKey(cluster, name)) ?? null);
  }

  list(cluster: ClusterKey): Promise<readonly StoredGatewayUser[]> {
    return this.#connection.read(undefined, () => this.#users.list(undefined).filter((row) => row.clusterKey === cluster).toSorted((a, b) => (a.name < b.name ? -1 : 1)));
  }

  remove(cluster: ClusterKey, name: string, tx: Transaction): Promise<boolean> {
    return this.#connection.write(tx, (own) => this.#users.remove(nameKey(cluster, name), own));
  }
}
