// Secrets, outputs and observations of the memory store. Secrets are kept as they are: nothing here is ever
// written anywhere. For tests only.
import type { ClusterKey, EngineHealth, PublishedEndpoint } from "@cynosure/model";
import type { ObservationStore, Transaction, VaultStore } from "../../port.ts";
import type { Connection } from "./connection.ts";
import { frozenJson, nameKey } from "./rows.ts";

export class MemoryVault implements VaultStore {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  async ensureSecret(cluster: ClusterKey, name: string, create: () => string): Promise<string> {
    const stored = await this.readSecret(cluster, name);
    if (stored !== null) return stored;
    const value = create();
    const { secrets } = this.#connection.database.tables;
    return this.#connection.write(undefined, (tx) => {
      const current = secrets.get(nameKey(cluster, name), tx);
      if (current === undefined) secrets.put({ clusterKey: cluster, name, value }, tx);
      return current?.value ?? value;
    });
  }

  readSecret(cluster: ClusterKey, name: string): Promise<string | null> {
    return this.#connection.read(undefined, () => this.#connection.database.tables.secrets.get(nameKey(cluster, name))?.value ?? null);
  }

  putOutput(cluster: ClusterKey, name: string, value: string): Promise<void> {
    return this.#connection.write(undefined, (tx) => this.#connection.database.tables.outputs.put({ clusterKey: cluster, name, value }, tx));
  }

  readOutput(cluster: ClusterKey, name: string): Promise<string | null> {
    return this.#connection.read(undefined, () => this.#connection.database.tables.outputs.get(nameKey(cluster, name))?.value ?? null);
  }

  forgetCluster(cluster: ClusterKey): Promise<void> {
    const { secrets, outputs, hostPlans, reports, requests, tokens, observations, metrics, hosts, gatewayUsers, nativeNames, nativeOperations } = this.#connection.database.tables;
    return this.#connection.write(undefined, (tx) => {
      for (const table of [secrets, outputs, hostPlans, reports, requests, tokens, observations, metrics, hosts, gatewayUsers, nativeNames, nativeOperations]) table.removeGroup(cluster, tx);
      tx.topics.add(`cluster:${cluster}`);
    });
  }
}

export class MemoryObservations implements ObservationStore {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  putHealth(cluster: ClusterKey, health: EngineHealth | null): Promise<void> {
    return this.#change(cluster, { health: frozenJson(health) });
  }

  read(cluster: ClusterKey, tx?: Transaction): Promise<{ readonly health: EngineHealth | null; readonly endpoints: readonly PublishedEndpoint[] }> {
    return this.#connection.read(tx, (own) => {
      const row = this.#connection.database.tables.observations.get(cluster, own);
      return { health: row?.health ?? null, endpoints: row?.endpoints ?? [] };
    });
  }

  async readHealth(cluster: ClusterKey, tx?: Transaction): Promise<EngineHealth | null> {
    return (await this.read(cluster, tx)).health;
  }

  putEndpoints(cluster: ClusterKey, endpoints: readonly PublishedEndpoint[]): Promise<void> {
    return this.#change(cluster, { endpoints: frozenJson(endpoints) });
  }

  async readEndpoints(cluster: ClusterKey, tx?: Transaction): Promise<readonly PublishedEndpoint[]> {
    return (await this.read(cluster, tx)).endpoints;
  }

  #change(cluster: ClusterKey, change: { readonly health?: EngineHealth | null; readonly endpoints?: readonly PublishedEndpoint[] }): Promise<void> {
    const { observations } = this.#connection.database.tables;
    return this.#connection.write(undefined, (tx) => {
      const current = observations.get(cluster, tx) ?? { clusterKey: cluster, health: null, endpoints: [] };
      observations.put({ ...current, ...change }, tx);
      tx.topics.add(`cluster:${cluster}`);
    });
  }
}
