// Clusters with what is seen of them, in the memory store. For tests only.
import { type ResourceKey, clusterKey } from "@cynosure/model";
import type { ClusterView, ClusterViewStore, ListRequest, StoredResource } from "../../port.ts";
import type { Connection } from "./connection.ts";
import { MemoryResources } from "./resources.ts";

export class MemoryClusterViews implements ClusterViewStore {
  readonly #connection: Connection;
  readonly #resources: MemoryResources;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#resources = new MemoryResources(connection);
  }

  async get(key: ResourceKey): Promise<ClusterView | null> {
    const row = await this.#resources.get(key);
    return row === null ? null : this.#view(row);
  }

  async list(request: ListRequest): Promise<readonly ClusterView[]> {
    return Promise.all((await this.#resources.list(request)).map((row) => this.#view(row)));
  }

  #view(row: StoredResource): Promise<ClusterView> {
    const { observations, clusters } = this.#connection.database.tables;
    return this.#connection.read(undefined, () => {
      const seen = observations.get(clusterKey(row.key));
      return { row, health: seen?.health ?? null, endpoints: seen?.endpoints ?? [], targetPlanId: clusters.get(clusterKey(row.key))?.targetPlanId ?? null };
    });
  }
}
