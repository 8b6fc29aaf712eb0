// Azure's own client for resource management, `@azure/arm-resources` with its `@azure/core-lro` poller, against
// the served product: groups, generic resources to the end, pages, errors. Simulated engine.
import { ResourceManagementClient } from "@azure/arm-resources";
import type { GenericResource } from "@azure/arm-resources";
import { isRestError } from "@azure/core-rest-pipeline";
import { createClientSecretCredential } from "@cynosure/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkExchanges } from "./support/check-exchanges.ts";
import { API_VERSION, startProduct } from "./support/product.ts";
import type { Product } from "./support/product.ts";

let product: Product;
let client: ResourceManagementClient;

beforeAll(async () => {
  product = await startProduct();
  const { url: endpoint, clientId, clientSecret, subscriptionId, caPem } = product;
  const tlsOptions = { ca: caPem };
  const credential = createClientSecretCredential({ endpoint, clientId, clientSecret, tlsOptions });
  // Refusals are looked at, not tried again.
  client = new ResourceManagementClient(credential, subscriptionId, { endpoint, credentialScopes: `${endpoint}/.default`, tlsOptions, retryOptions: { maxRetries: 0 } });
});
afterAll(() => product.close());

const clusterId = (name: string): string => `/subscriptions/${product.subscriptionId}/resourceGroups/oaks/providers/Cynosure.Storage/clusters/${name}`;
const clusterBody = (count = 3): GenericResource => ({ location: "local", tags: { kept: "yes" }, properties: { engine: "simulated", substrate: "simulated", hosts: { size: "local-small", count }, protection: { hostFailures: 1 } } });
const fast = { updateIntervalInMs: 100 };

/** What the client makes of a refusal: its error class, the status, and the code of the envelope. */
async function refusal(work: Promise<unknown>): Promise<{ status: number | undefined; code: string | undefined; target: unknown }> {
  const error: unknown = await work.then(
    () => new Error("it was not refused"),
    (reason: unknown) => reason,
  );
  if (!isRestError(error)) throw error;
  const details = error.details as { error?: { target?: unknown } } | undefined; // the parsed body, as the client leaves it there
  return { status: error.statusCode, code: error.code, target: details?.error?.target };
}

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe("@azure/arm-resources", () => {
  it("makes, reads, lists and tags resource groups", async () => {
    expect(await client.resourceGroups.createOrUpdate("oaks", { location: "local", tags: { wood: "oak" } })).toMatchObject({ name: "oaks", location: "local", properties: { provisioningState: "Succeeded" } });
    expect((await client.resourceGroups.checkExistence("oaks")).body).toBe(true);
    expect((await client.resourceGroups.checkExistence("elms")).body).toBe(false);
    expect((await collect(client.resourceGroups.list())).map(({ name }) => name)).toEqual(["oaks", "quickstart"]);
    expect((await client.resourceGroups.update("oaks", { tags: { wood: "hard" } })).tags).toEqual({ wood: "hard" });
  });

  it("reads the provider with its types and versions, and registers it", async () => {
    const provider = await client.providers.register("Cynosure.Storage");
    const type = provider.resourceTypes?.find(({ resourceType }) => resourceType === "clusters");
    expect(type?.apiVersions).toContain(API_VERSION);
    expect((await client.providers.get("Cynosure.Storage")).registrationState).toMatch(/^Register/);
    expect((await collect(client.providers.list())).map(({ namespace }) => namespace)).toContain("Cynosure.Storage");
  });

  it("creates a cluster as a generic resource and polls it to the end", async () => {
    const made = await client.resources.beginCreateOrUpdateByIdAndWait(clusterId("meadow"), API_VERSION, clusterBody(), fast);
    expect(made).toMatchObject({ id: clusterId("meadow"), type: "Cynosure.Storage/clusters", tags: { kept: "yes" }, properties: { provisioningState: "Succeeded", isSimulated: true } });
    expect(await client.resources.getById(clusterId("meadow"), API_VERSION)).toMatchObject({ name: "meadow" });
    expect((await client.resources.checkExistenceById(clusterId("meadow"), API_VERSION)).body).toBe(true);
  });

  it("leaves the poller of a running create and goes on from what it wrote down", async () => {
    const poller = await client.resources.beginCreateOrUpdateById(clusterId("brook"), API_VERSION, clusterBody(), fast);
    const resumeFrom = poller.toString();
    const again = await client.resources.beginCreateOrUpdateById(clusterId("brook"), API_VERSION, clusterBody(), { ...fast, resumeFrom });
    expect(await again.pollUntilDone()).toMatchObject({ name: "brook", properties: { provisioningState: "Succeeded" } });
  });

  it("creates children, and patches the tags of the cluster", async () => {
    const home = `${clusterId("meadow")}/fileSystems/home`;
    const properties = { usableCapacityGB: 1, protocols: ["nfs"], protection: { hostFailures: 1 } };
    expect(await client.resources.beginCreateOrUpdateByIdAndWait(home, API_VERSION, { properties }, fast)).toMatchObject({ name: "home", properties: { provisioningState: "Succeeded" } });
    expect(await client.resources.beginCreateOrUpdateByIdAndWait(`${clusterId("meadow")}/snapshots/monday`, API_VERSION, { properties: { fileSystem: "home" } }, fast)).toMatchObject({ type: "Cynosure.Storage/clusters/snapshots", properties: { provisioningState: "Succeeded" } });
    const quota = { fileSystem: "home", path: "/projects", hardLimitBytes: 5_000_000 };
    expect(await client.resources.beginCreateOrUpdateByIdAndWait(`${clusterId("meadow")}/quotas/projects`, API_VERSION, { properties: quota }, fast)).toMatchObject({ type: "Cynosure.Storage/clusters/quotas", properties: { ...quota, provisioningState: "Succeeded" } });
    expect(await refusal(client.resources.beginDeleteById(home, API_VERSION))).toMatchObject({ status: 409, code: "OperationNotAllowed" });
    expect((await client.resources.beginUpdateByIdAndWait(clusterId("meadow"), API_VERSION, { tags: { wood: "oak" } }, fast)).tags).toEqual({ wood: "oak" });
  });

  it("follows the pages of a list to the end", async () => {
    const sizes: number[] = [];
    const names: (string | undefined)[] = [];
    for await (const page of client.resources.list({ filter: "resourceType eq 'Cynosure.Storage/clusters'", top: 1, expand: "createdTime,changedTime,provisioningState" }).byPage()) {
      sizes.push(page.length);
      names.push(...page.map(({ name }) => name));
    }
    expect(names.toSorted()).toEqual(["brook", "meadow"]);
    expect(Math.max(...sizes)).toBe(1);
    expect((await collect(client.resources.listByResourceGroup("oaks"))).map(({ name }) => name).toSorted()).toEqual(["brook", "meadow"]);
  });

  it("sees refusals as RestError with the envelope's code: 400, 404, 409, 412", async () => {
    expect(await refusal(client.resources.getById(clusterId("nowhere"), API_VERSION))).toMatchObject({ status: 404, code: "ResourceNotFound" });
    expect(await refusal(client.resources.beginCreateOrUpdateById(clusterId("meadow"), API_VERSION, { location: "local", properties: { hosts: { count: "three" } } }))).toMatchObject({ status: 400, code: "InvalidRequestContent" });
    expect(await refusal(client.resources.getById(clusterId("meadow"), "2001-01-01"))).toMatchObject({ status: 400, code: "NoRegisteredProviderFound" });
    const onlyNew = { requestOptions: { customHeaders: { "If-None-Match": "*" } } };
    expect(await refusal(client.resources.beginCreateOrUpdateById(clusterId("meadow"), API_VERSION, clusterBody(), onlyNew))).toMatchObject({ status: 412, code: "PreconditionFailed" });
    const running = await client.resources.beginCreateOrUpdateById(clusterId("meadow"), API_VERSION, clusterBody(4), fast);
    expect(await refusal(client.resources.beginCreateOrUpdateById(clusterId("meadow"), API_VERSION, clusterBody(5)))).toMatchObject({ status: 409, code: "AnotherOperationInProgress" });
    await running.pollUntilDone();
  });

  it("deletes to the end, and a second time", async () => {
    for (const name of ["meadow", "brook"]) await client.resources.beginDeleteByIdAndWait(clusterId(name), API_VERSION, fast);
    expect((await client.resources.checkExistenceById(clusterId("meadow"), API_VERSION)).body).toBe(false);
    await client.resources.beginDeleteByIdAndWait(clusterId("meadow"), API_VERSION, fast);
    await client.resourceGroups.beginDeleteAndWait("oaks", fast);
    expect((await client.resourceGroups.checkExistence("oaks")).body).toBe(false);
  });

  it("had only exchanges that are as the OpenAPI documents say", async () => {
    const report = await checkExchanges(product.exchanges());
    expect(report.faults).toEqual([]);
    expect(report.validated).toEqual(report.exercised);
    expect(report.exercised.size).toBeGreaterThan(10);
  });
});
