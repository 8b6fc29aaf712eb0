// The three templates of examples/ come to the same requests, which the contract allows and the served product
// carries out. Bicep is compared by structure: there is no compiler without a network.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CynosureClient, createClientSecretCredential, validate } from "@cynosure/sdk";
import type { OperationId } from "@cynosure/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkExchanges } from "./support/check-exchanges.ts";
import { root, startProduct } from "./support/product.ts";
import type { Product } from "./support/product.ts";
import { planArmTemplate } from "./templates/arm-template.ts";
import { planBicep } from "./templates/bicep.ts";
import { inOrder } from "./templates/planned-put.ts";
import type { Deployment, PlannedPut } from "./templates/planned-put.ts";
import { planTerraform } from "./templates/terraform.ts";

const read = (path: string): string => readFileSync(join(root, "examples", path), "utf8");
const languages: readonly (readonly [string, (deployment: Deployment) => readonly PlannedPut[]])[] = [
  ["ARM template", (deployment) => planArmTemplate(read("arm-template.json"), deployment)],
  ["Terraform with azapi", (deployment) => planTerraform(read("terraform-azapi/main.tf"), deployment)],
  ["Bicep", (deployment) => planBicep(read("main.bicep"), deployment)],
];
const [[, planFirst], ...others] = languages as readonly [(typeof languages)[number], ...typeof languages];

const asWritten: Deployment = { subscriptionId: "00000000-0000-4000-8000-000000000001", resourceGroup: "quickstart", groupLocation: "local", parameters: {} };
const changed: Deployment = { ...asWritten, parameters: { clusterName: "brook", engine: "simulated", substrate: "simulated", hostSize: "local-small", hostCount: 4, usableCapacityGB: 2 } };
const sorted = (puts: readonly PlannedPut[]): readonly PlannedPut[] => puts.toSorted((a, b) => a.id.localeCompare(b.id));
const operations: Readonly<Record<string, OperationId>> = { "Cynosure.Storage/clusters": "Clusters_CreateOrUpdate", "Cynosure.Storage/clusters/fileSystems": "FileSystems_CreateOrUpdate", "Cynosure.Storage/clusters/buckets": "Buckets_CreateOrUpdate" };

let product: Product;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(() => product.close());

describe("the templates", () => {
  it.each(others)("in the ARM language and in %s come to the same requests, as written and with every parameter given", (_name, plan) => {
    expect(sorted(plan(asWritten))).toEqual(sorted(planFirst(asWritten)));
    expect(sorted(plan(changed))).toEqual(sorted(planFirst(changed)));
    expect(planFirst(changed)).not.toEqual(planFirst(asWritten));
  });

  it.each(languages)("%s: sends bodies that the contract allows, at the version it has", (_name, plan) => {
    const puts = plan(asWritten);
    expect(puts.map(({ type }) => type).toSorted()).toEqual(Object.keys(operations).toSorted());
    for (const { type, body, apiVersion } of puts) {
      expect(apiVersion).toBe("2026-12-01");
      expect(validate(operations[type] ?? "Clusters_Get", body)).toEqual([]);
    }
  });

  it("are carried out in the order of what waits for what, by the served product, on the simulated engine", async () => {
    const { url: endpoint, clientId, clientSecret, subscriptionId, caPem } = product;
    const tlsOptions = { ca: caPem };
    const credential = createClientSecretCredential({ endpoint, clientId, clientSecret, tlsOptions });
    const client = new CynosureClient({ endpoint, subscriptionId, credential, credentialScopes: `${endpoint}/.default`, tlsOptions, pollingIntervalMs: 100 });
    for (const [at, [name, plan]] of languages.entries()) {
      const clusterName = `made-${at}`;
      for (const { id, type, body } of inOrder(plan({ ...changed, subscriptionId, parameters: { ...changed.parameters, clusterName } }))) {
        const [, childName = ""] = /\/clusters\/[^/]+\/\w+\/([^/]+)$/.exec(id) ?? [];
        const params = { resourceGroupName: "quickstart", clusterName, ...(type.endsWith("/fileSystems") ? { fileSystemName: childName } : type.endsWith("/buckets") ? { bucketName: childName } : {}) };
        const made = await client.begin<{ id?: string; properties: { provisioningState?: string } }>(operations[type] ?? "Clusters_Get", params, body).pollUntilDone();
        expect(made, name).toMatchObject({ id, properties: { provisioningState: "Succeeded" } });
      }
      const cluster = await client.clusters.get("quickstart", clusterName);
      expect(cluster, name).toMatchObject({ tags: { purpose: "example" }, properties: { provisioningState: "Succeeded", isSimulated: true, hosts: { count: 4 } } });
    }
    // The same request again changes nothing: a template may be applied as often as one likes.
    const [again] = inOrder(planFirst({ ...changed, subscriptionId, parameters: { ...changed.parameters, clusterName: "made-0" } }));
    const before = await client.clusters.get("quickstart", "made-0");
    await client.begin("Clusters_CreateOrUpdate", { resourceGroupName: "quickstart", clusterName: "made-0" }, again?.body).pollUntilDone();
    expect((await client.clusters.get("quickstart", "made-0")).etag).toBe(before.etag);
    const report = await checkExchanges(product.exchanges());
    expect(report.faults).toEqual([]);
  });
});
