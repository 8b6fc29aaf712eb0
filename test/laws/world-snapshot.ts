// What came of a workflow, in a form in which two equal ends are equal: world, records and vault without
// times, tokens, epochs, generations and the cluster's name. And what a deletion left behind.
import { type ClusterKey, type PublishedEndpoint, resourceKey } from "@cynosure/model";
import type { openPool, Store } from "@cynosure/resource-store";
import type { SimulatedWorld } from "@cynosure/simulated";

type Pool = ReturnType<typeof openPool>;
type State = NonNullable<ReturnType<SimulatedWorld["look"]>>;

export interface SnapshotSources {
  readonly store: Store;
  readonly pool: Pool;
  readonly world: Pick<SimulatedWorld, "look">;
}

const byName = <T>(entries: readonly (readonly [string, T])[]): Record<string, T> => Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));

/** Port numbers are the installation's, given out over all clusters: what counts is that each endpoint has the one that was given to it. */
const endpointsEnd = (state: State | null, endpoints: readonly PublishedEndpoint[]): unknown => endpoints.map((endpoint) => ({ ...endpoint, port: state?.ports[endpoint.name] === endpoint.port ? "its own" : endpoint.port }));

function worldEnd(state: State | null): unknown {
  if (state === null) return null;
  const hosts = Object.entries(state.hosts).map(([id, { host, isLinkUp, isJoined, daemons }]) => [id, { host, isLinkUp, isJoined, daemons: daemons.map((daemon) => `${daemon.kind} ${daemon.id}`).sort() }] as const);
  return { hasNetwork: state.hasNetwork, hosts: byName(hosts), endpoints: endpointsEnd(state, state.endpoints), ports: Object.keys(state.ports).sort(), engine: { ...state.engine, pools: byName(state.engine.pools.map((pool) => [pool.name, pool])) } };
}

/** Everything under one cluster in a table of names. */
async function namesIn(pool: Pool, table: "secrets" | "outputs", cluster: ClusterKey): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(`select name from cynosure.${table} where cluster_key = $1 order by name`, [cluster]);
  return rows.map((row) => row.name);
}

async function outputsOf({ store, pool }: SnapshotSources, cluster: ClusterKey): Promise<Record<string, string | null>> {
  const names = await namesIn(pool, "outputs", cluster);
  return byName(await Promise.all(names.map(async (name) => [name, await store.vault.readOutput(cluster, name)] as const)));
}

async function hostsEnd({ store }: SnapshotSources, cluster: ClusterKey): Promise<unknown> {
  const hosts = await Promise.all(
    (await store.hosts.listHosts(cluster)).map(async ({ host, joinedAtMs, report }) => {
      const served = await store.hosts.readPublished(cluster, host.hostId);
      const plan = served === null ? null : { stage: served.plan.stage, image: served.plan.image, files: served.plan.files, daemons: served.plan.daemons, disks: served.plan.disks };
      return [host.hostId, { host, isJoined: joinedAtMs !== null, report: report === null ? null : { state: report.state, daemons: report.daemons.map((daemon) => `${daemon.id} ${daemon.state}`) }, plan }] as const;
    }),
  );
  return byName(hosts);
}

async function resourcesOf(store: Store, cluster: ClusterKey): Promise<Record<string, unknown>> {
  const own = await store.resources.get(resourceKey(cluster));
  const inside = await store.resources.list({ keyPrefix: `${cluster}/`, limitMax: 1_000 });
  return byName([...(own === null ? [] : [own]), ...inside].map((row) => [row.key, { type: row.type, tags: row.tags, properties: row.properties, state: row.provisioningState }]));
}

export async function readWorldEnd(sources: SnapshotSources, cluster: ClusterKey): Promise<unknown> {
  const { store, pool, world } = sources;
  const target = await store.plans.target(cluster);
  const end = {
    world: worldEnd(world.look(cluster)),
    resources: await resourcesOf(store, cluster),
    hosts: await hostsEnd(sources, cluster),
    endpoints: endpointsEnd(world.look(cluster), await store.observations.readEndpoints(cluster)),
    secrets: await namesIn(pool, "secrets", cluster),
    outputs: await outputsOf(sources, cluster),
    target: target === null ? null : { status: target.status, policy: target.plan.policy, hosts: Object.keys(target.plan.hosts).sort() },
  };
  const name = cluster.slice(cluster.lastIndexOf("/") + 1);
  return JSON.parse(JSON.stringify(end).replaceAll(name, "<cluster>")) as unknown;
}

/** History, and the epoch that must outlive the cluster so that no stale executor builds it again. */
const KEPT_TABLES = ["operations", "plans", "cluster_states"];

export async function readLeftovers({ store, pool, world }: SnapshotSources, cluster: ClusterKey): Promise<readonly string[]> {
  const left: string[] = [];
  const state = world.look(cluster);
  if (state !== null) {
    const { timers, hasNetwork, hosts, endpoints, ports, engine } = state;
    const rest = { hasNetwork, hosts, endpoints, ports, engine };
    const empty = { hasNetwork: false, hosts: {}, endpoints: [], ports: {}, engine: { hasKeys: false, pools: [], fileSystems: {}, buckets: [], snapshots: {}, quotas: {} } };
    if (JSON.stringify(rest) !== JSON.stringify(empty)) left.push(`in the world: ${JSON.stringify(rest)}`);
    left.push(...Object.keys(timers).map((timer) => `in the world: timer ${timer}`));
  }
  // Asked of the schema itself, so that a table of a later release is not forgotten.
  const { rows: tables } = await pool.query<{ table_name: string }>("select table_name from information_schema.columns where table_schema = 'cynosure' and column_name = 'cluster_key'");
  for (const { table_name: table } of tables.filter((each) => !KEPT_TABLES.includes(each.table_name))) {
    const { rows } = await pool.query<{ row: unknown }>(`select row_to_json(t) as row from cynosure.${table} t where cluster_key = $1`, [cluster]);
    left.push(...rows.map((row) => `in table ${table}: ${JSON.stringify(row.row).slice(0, 300)}`));
  }
  left.push(...Object.keys(await resourcesOf(store, cluster)).map((key) => `resource ${key}`));
  if ((await store.plans.targetId(cluster)) !== null) left.push("a target plan");
  return [...left, ...(await openWorkflows(pool, cluster))];
}

/** Durable runs of the cluster's steps that have not ended. */
export async function openWorkflows(pool: Pool, cluster: ClusterKey): Promise<readonly string[]> {
  const { rows } = await pool.query<{ workflow_uuid: string; status: string }>(
    "select w.workflow_uuid, w.status from dbos.workflow_status w join cynosure.plans p on p.id = split_part(w.workflow_uuid, ':', 1) where p.cluster_key = $1 and w.status in ('PENDING', 'ENQUEUED')",
    [cluster],
  );
  return rows.map((row) => `workflow ${row.workflow_uuid} ${row.status}`);
}
