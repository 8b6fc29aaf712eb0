// H10: ARM makes the managed identity of a cluster and says in headers which one it is.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CLUSTER, clusterBody, clusterKeyIn } from "@cynosure/resource-providers/testkit";
import { serveProvider } from "./testkit/index.ts";
import type { ServedProvider } from "./testkit/index.ts";

const CLUSTERS = "/subscriptions/10000000-0000-4000-8000-00000000001d/resourceGroups/g/providers/Cynosure.Storage/clusters";
const VERSION = "?api-version=2026-12-01";
const PRINCIPAL = "11111111-0000-4000-8000-000000000011";
const TENANT = "22222222-0000-4000-8000-000000000022";
const headers = { "x-ms-identity-url": "https://identity.test/secret-path", "x-ms-identity-principal-id": PRINCIPAL, "x-ms-home-tenant-id": TENANT };
const body = { ...clusterBody(), identity: { type: "SystemAssigned" } };
const made = { type: "SystemAssigned", principalId: PRINCIPAL, tenantId: TENANT };

let served: ServedProvider;
beforeAll(async () => {
  served = await serveProvider();
});
afterAll(() => served.close());
const put = (name: string, wanted: unknown, more: Readonly<Record<string, string>> = {}) => served.send("PUT", `${CLUSTERS}/${name}${VERSION}`, wanted, more);

describe("the managed identity of a cluster", () => {
  it("H10: has the principal and the tenant that the front door names, and shows nothing of how they were made", async () => {
    const created = await put("meadow", body, headers);
    expect([created.status, created.body["identity"]]).toEqual([201, made]);
    const { body: read } = await served.send("GET", `${CLUSTERS}/meadow${VERSION}`);
    expect(read["identity"]).toEqual(made);
    expect(JSON.stringify([created.body, read, served.log])).not.toContain("identity.test");
  });

  it("H10: keeps them over a write that names none, and takes new ones", async () => {
    expect((await put("meadow", body)).body["identity"]).toEqual(made);
    await served.world.finishPlan(clusterKeyIn({ ...CLUSTER, subscriptionId: "10000000-0000-4000-8000-00000000001d" as typeof CLUSTER.subscriptionId, resourceGroupName: "g" as typeof CLUSTER.resourceGroupName }));
    const other = "33333333-0000-4000-8000-000000000033";
    expect((await put("meadow", { ...body, tags: { a: "1" } }, { ...headers, "x-ms-identity-principal-id": other })).body["identity"]).toEqual({ ...made, principalId: other });
  });

  it("H10: is none where the body asks for none, whatever the headers say", async () => {
    const created = await put("heath", clusterBody(), headers);
    expect([created.status, created.body["identity"]]).toEqual([201, undefined]);
  });

  it("H10: is refused where nobody made one", async () => {
    const refused = await put("marsh", body);
    expect([refused.status, refused.body.error?.code, refused.body.error?.target]).toEqual([400, "InvalidRequestContent", "identity.type"]);
  });
});
