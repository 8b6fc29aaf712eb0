// One turn of one cluster under soak: create, add a file system and a bucket, write what the API takes, read
// everything back and compare, delete, and see that nothing of it is left. On the simulated rung no file or
// object can be written: what is written and compared are the resources themselves.
import type { CynosureClient } from "@cynosure/sdk";

export interface CycleScope {
  readonly client: CynosureClient;
  readonly resourceGroup: string;
  readonly location: string;
}

const HOSTS = 4;
const FILE_SYSTEM = "home";
const BUCKET = "results";
const protection = { hostFailures: 1 } as const;

/** Throws when what is read is not what was written: the name says where. */
function same(what: string, read: unknown, written: unknown): void {
  const [a, b] = [JSON.stringify(read), JSON.stringify(written)];
  if (a !== b) throw new Error(`${what}: wrote ${b}, read ${a}`);
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

export async function runCycle(scope: CycleScope, clusterName: string, turn: number): Promise<void> {
  const { client, resourceGroup: group } = scope;
  const mark = `turn-${turn}`;
  const usableCapacityGB = 1 + (turn % 7);
  await client.clusters
    .beginCreateOrUpdate(group, clusterName, { location: scope.location, tags: { mark }, properties: { engine: "simulated", substrate: "simulated", hosts: { size: "local-small", count: HOSTS }, protection } })
    .pollUntilDone();
  await Promise.all([
    client.fileSystems.beginCreateOrUpdate(group, clusterName, FILE_SYSTEM, { properties: { usableCapacityGB, protocols: ["nfs"], protection } }).pollUntilDone(),
    client.buckets.beginCreateOrUpdate(group, clusterName, BUCKET, { properties: { protection } }).pollUntilDone(),
  ]);
  await client.clusters.beginUpdate(group, clusterName, { tags: { mark, written: `value-${turn}` } }).pollUntilDone();
  await client.fileSystems.beginUpdate(group, clusterName, FILE_SYSTEM, { properties: { usableCapacityGB: usableCapacityGB + 1 } }).pollUntilDone();
  await verify(scope, clusterName, { tags: { mark, written: `value-${turn}` }, usableCapacityGB: usableCapacityGB + 1 });
  await client.clusters.beginDelete(group, clusterName).pollUntilDone();
  await verifyGone(scope, clusterName);
}

async function verify({ client, resourceGroup: group }: CycleScope, name: string, written: { readonly tags: Readonly<Record<string, string>>; readonly usableCapacityGB: number }): Promise<void> {
  const cluster = await client.clusters.get(group, name);
  same(`tags of ${name}`, cluster.tags, written.tags);
  same(`state of ${name}`, [cluster.properties.provisioningState, cluster.properties.isSimulated], ["Succeeded", true]);
  const fileSystem = await client.fileSystems.get(group, name, FILE_SYSTEM);
  same(`file system of ${name}`, [fileSystem.properties.usableCapacityGB, fileSystem.properties.protocols, fileSystem.properties.provisioningState], [written.usableCapacityGB, ["nfs"], "Succeeded"]);
  same(`bucket of ${name}`, (await client.buckets.get(group, name, BUCKET)).properties.provisioningState, "Succeeded");
  const hosts = await collect(client.hosts.listByCluster(group, name));
  same(`hosts of ${name}`, hosts.map((host) => [host.properties?.power, host.properties?.joined]), Array.from({ length: HOSTS }, () => ["on", true]));
  const keys = await client.clusters.listCredentials(group, name);
  same(`credentials of ${name} are the same twice`, await client.clusters.listCredentials(group, name), keys);
  const plans = await collect(client.plans.listByCluster(group, name));
  if (plans.length === 0) throw new Error(`${name} has no plan, though it was delivered`);
}

async function verifyGone({ client, resourceGroup: group }: CycleScope, name: string): Promise<void> {
  const stillThere: unknown = await client.clusters.get(group, name).catch((error: unknown) => {
    if (error instanceof Error && "statusCode" in error && error.statusCode === 404) return null;
    throw error;
  });
  if (stillThere !== null) throw new Error(`${name} is still there after its deletion`);
  const listed = await collect(client.clusters.listByResourceGroup(group));
  same(`${name} in the list`, listed.filter((cluster) => cluster.name === name).length, 0);
}
