// Clusters with what is seen of them in one statement: three more reads for each cluster of a page were most of
// what listing cost.
import type { EngineHealth, PlanId, PublishedEndpoint, ResourceKey } from "@cynosure/model";
import type { ClusterView, ClusterViewStore, ListRequest } from "../port.ts";
import { type Database, statement } from "./database.ts";
import type { GatheredReads } from "./gathered-reads.ts";
import { COLUMNS, type ResourceRow, gatheredRows, listQuery, toResource } from "./resources.ts";

interface ViewRow extends ResourceRow {
  readonly health: EngineHealth | null;
  readonly endpoints: readonly PublishedEndpoint[] | null;
  readonly target_plan_id: string | null;
}

/** Keys of resources sort by bytes, those of observations by the database's own rule: equality has to name one. */
const withSeen = (rows: string): string => `select ${COLUMNS}, o.health, o.endpoints, s.target_plan_id from (${rows}) r
   left join cynosure.observations o on o.cluster_key = r.key collate "default"
   left join cynosure.cluster_states s on s.cluster_key = r.key collate "default"`;

const getSql = statement("clusterView.get", withSeen(`select ${COLUMNS} from cynosure.resources where key = $1`));
const getManySql = statement("clusterView.getMany", withSeen(`select ${COLUMNS} from cynosure.resources where key = any($1::text[])`));

const toView = (row: ViewRow): ClusterView => ({
  row: toResource(row),
  health: row.health,
  endpoints: row.endpoints ?? [],
  targetPlanId: row.target_plan_id as PlanId | null, // written by this store
});

export class PostgresClusterViews implements ClusterViewStore {
  readonly #database: Database;
  readonly #reads: GatheredReads<ViewRow>;

  constructor(database: Database) {
    this.#database = database;
    this.#reads = gatheredRows(database, getSql, getManySql);
  }

  async get(key: ResourceKey): Promise<ClusterView | null> {
    const row = await this.#reads.get(key);
    return row === null ? null : toView(row);
  }

  async list(request: ListRequest): Promise<readonly ClusterView[]> {
    const { name, text, values } = listQuery(request);
    // The order of the rows inside does not outlive the joins.
    const rows = await this.#database.query<ViewRow>(statement(`clusterView.${name}`, `${withSeen(text)} order by r.key`), values);
    return rows.map(toView);
  }
}
