// Secrets (sealed) and outputs (plain) of a cluster, and what was last observed of it.
import type { ClusterKey, EngineHealth, PublishedEndpoint } from "@cynosure/model";
import type { ObservationStore, Transaction, VaultStore } from "../port.ts";
import type { Sealer } from "../seal.ts";
import type { Changes } from "./changes.ts";
import { type Database, statement } from "./database.ts";

const insertSecretSql = statement(
  "vault.insertSecret",
  "insert into cynosure.secrets (cluster_key, name, key_id, sealed) values ($1, $2, $3, $4) on conflict (cluster_key, name) do nothing",
);
const readSecretSql = statement("vault.readSecret", "select key_id, sealed from cynosure.secrets where cluster_key = $1 and name = $2");
const putOutputSql = statement(
  "vault.putOutput",
  "insert into cynosure.outputs (cluster_key, name, value) values ($1, $2, $3) on conflict (cluster_key, name) do update set value = excluded.value",
);
const readOutputSql = statement("vault.readOutput", "select value from cynosure.outputs where cluster_key = $1 and name = $2");
const forgetSql = statement(
  "vault.forget",
  `with a as (delete from cynosure.secrets where cluster_key = $1), b as (delete from cynosure.outputs where cluster_key = $1),
     c as (delete from cynosure.host_plans where cluster_key = $1), d as (delete from cynosure.host_reports where cluster_key = $1),
     e as (delete from cynosure.host_requests where cluster_key = $1), f as (delete from cynosure.join_tokens where cluster_key = $1),
     g as (delete from cynosure.observations where cluster_key = $1), h as (delete from cynosure.metrics_samples where cluster_key = $1),
     i as (delete from cynosure.metrics_fill where cluster_key = $1), j as (delete from cynosure.gateway_users where cluster_key = $1),
     k as (delete from cynosure.native_names where cluster_key = $1), l as (delete from cynosure.native_operations where cluster_key = $1)
   delete from cynosure.hosts where cluster_key = $1`,
);
const putHealthSql = statement(
  "observe.putHealth",
  "insert into cynosure.observations (cluster_key, health) values ($1, $2) on conflict (cluster_key) do update set health = excluded.health",
);
const putEndpointsSql = statement(
  "observe.putEndpoints",
  "insert into cynosure.observations (cluster_key, endpoints) values ($1, $2) on conflict (cluster_key) do update set endpoints = excluded.endpoints",
);
const readSql = statement("observe.read", "select health, endpoints from cynosure.observations where cluster_key = $1");

export class PostgresVault implements VaultStore {
  readonly #database: Database;
  readonly #changes: Changes;
  readonly #sealer: Sealer;

  constructor(database: Database, changes: Changes, sealer: Sealer) {
    this.#database = database;
    this.#changes = changes;
    this.#sealer = sealer;
  }

  async ensureSecret(cluster: ClusterKey, name: string, create: () => string): Promise<string> {
    const stored = await this.readSecret(cluster, name);
    if (stored !== null) return stored;
    const value = create();
    const sealed = this.#sealer.seal(value, `secret ${cluster} ${name}`);
    const written = await this.#database.run(insertSecretSql, [cluster, name, sealed.keyId, sealed.bytes]);
    if (written === 1) return value;
    return (await this.readSecret(cluster, name)) ?? this.ensureSecret(cluster, name, create);
  }

  async readSecret(cluster: ClusterKey, name: string): Promise<string | null> {
    const [row] = await this.#database.query<{ key_id: string; sealed: Buffer }>(readSecretSql, [cluster, name]);
    return row === undefined ? null : this.#sealer.open({ keyId: row.key_id, bytes: row.sealed }, `secret ${cluster} ${name}`);
  }

  async putOutput(cluster: ClusterKey, name: string, value: string): Promise<void> {
    await this.#database.run(putOutputSql, [cluster, name, value]);
  }

  async readOutput(cluster: ClusterKey, name: string): Promise<string | null> {
    const [row] = await this.#database.query<{ value: string }>(readOutputSql, [cluster, name]);
    return row?.value ?? null;
  }

  async forgetCluster(cluster: ClusterKey): Promise<void> {
    await this.#database.run(forgetSql, [cluster]);
    await this.#changes.notify([`cluster:${cluster}`]);
  }
}

export class PostgresObservations implements ObservationStore {
  readonly #database: Database;
  readonly #changes: Changes;

  constructor(database: Database, changes: Changes) {
    this.#database = database;
    this.#changes = changes;
  }

  async putHealth(cluster: ClusterKey, health: EngineHealth | null): Promise<void> {
    await this.#database.run(putHealthSql, [cluster, health === null ? null : JSON.stringify(health)]);
    await this.#changes.notify([`cluster:${cluster}`]);
  }

  async read(cluster: ClusterKey, tx?: Transaction): Promise<{ readonly health: EngineHealth | null; readonly endpoints: readonly PublishedEndpoint[] }> {
    const [row] = await this.#database.query<{ health: EngineHealth | null; endpoints: readonly PublishedEndpoint[] }>(readSql, [cluster], tx);
    return { health: row?.health ?? null, endpoints: row?.endpoints ?? [] };
  }

  async readHealth(cluster: ClusterKey, tx?: Transaction): Promise<EngineHealth | null> {
    return (await this.read(cluster, tx)).health;
  }

  async putEndpoints(cluster: ClusterKey, endpoints: readonly PublishedEndpoint[]): Promise<void> {
    await this.#database.run(putEndpointsSql, [cluster, JSON.stringify(endpoints)]);
    await this.#changes.notify([`cluster:${cluster}`]);
  }

  async readEndpoints(cluster: ClusterKey, tx?: Transaction): Promise<readonly PublishedEndpoint[]> {
    return (await this.read(cluster, tx)).endpoints;
  }
}
