// A whole cluster life behind a test ARM, through the real program on the simulated rung: loopback, client
// certificates made here, headers as ARM sends them. Every result is of the simulated engine and says so.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeArmClient } from "@cynosure/behind-arm/testkit";
import type { ArmAnswer } from "@cynosure/behind-arm/testkit";
import { ProcessBehindArm } from "./support/process-behind-arm.ts";

const VERSION = "api-version=2026-12-01";
const SUBSCRIPTION = "5ab5c71b-0000-4000-8000-000000000042";
const CLUSTERS = `/subscriptions/${SUBSCRIPTION}/resourceGroups/Contoso-RG/providers/Cynosure.Storage/clusters`;
const CLUSTER = `${CLUSTERS}/meadow`;
const SYSTEM_DATA = { createdBy: "ada@contoso.test", createdByType: "User", createdAt: "2026-11-30T10:00:00Z", lastModifiedBy: "ada@contoso.test", lastModifiedByType: "User", lastModifiedAt: "2026-11-30T10:00:00Z" };
const clusterBody = { location: "local", tags: { team: "storage" }, properties: { engine: "simulated", substrate: "simulated", hosts: { size: "local-small", count: 4 }, protection: { hostFailures: 1 } } };
const WAIT = { timeout: 60_000, interval: 100 };

let provider: ProcessBehindArm;
beforeAll(async () => {
  provider = await ProcessBehindArm.make();
  await provider.start();
});
afterAll(() => provider.close());

/** As ARM: the referer is the URL its own client used, in that client's casing. */
const send = (method: string, path: string, body?: unknown): Promise<ArmAnswer> =>
  provider.send(method, `${path}?${VERSION}`, body, { referer: `https://${provider.publicHost}${path.replace("Contoso-RG", "CONTOSO-rg")}?${VERSION}`, "x-ms-arm-resource-system-data": JSON.stringify(SYSTEM_DATA), "x-ms-client-tenant-id": "t-1" });

/** Follows a long-running answer to its end, asking ARM's host by name and this process by address. */
async function follow(answer: ArmAnswer): Promise<unknown> {
  const url = new URL(answer.headers["azure-asyncoperation"] ?? "");
  expect(url.host).toBe(provider.publicHost);
  const status = async (): Promise<unknown> => (await provider.send("GET", `${url.pathname}${url.search}`)).body["status"];
  await expect.poll(status, WAIT).toMatch(/Succeeded|Failed|Canceled/);
  return status();
}
const notify = (state: string): Promise<ArmAnswer> => provider.send("PUT", `/subscriptions/${SUBSCRIPTION}?api-version=2.0`, { state, registrationDate: "Mon, 30 Nov 2026 10:00:00 GMT", properties: { tenantId: "t-1" } });
const readiness = async (): Promise<number> => (await provider.send("GET", "/healthz/ready", undefined, {}, null)).status;

describe("a control plane behind Azure Resource Manager", () => {
  it("17: is ready once it has read the list of ARM's certificates, under the pinned authority", async () => {
    await expect.poll(readiness, WAIT).toBe(200);
    expect(provider.list.askedCount).toBeGreaterThan(0);
  });

  it("P9: answers 403 to everybody else, whatever certificate they bring", async () => {
    for (const client of [null, await makeArmClient(Date.now())]) {
      expect(await provider.send("GET", `${CLUSTER}?${VERSION}`, undefined, {}, client)).toMatchObject({ status: 403, body: { error: { code: "AuthorizationFailed" } } });
    }
  });

  it("H7, H9: delivers a cluster in a group it has never heard of, with links on ARM's host and ARM's systemData", async () => {
    const created = await send("PUT", CLUSTER, clusterBody);
    expect([created.status, created.body["id"]]).toEqual([201, CLUSTER]);
    expect(created.body["systemData"]).toEqual(SYSTEM_DATA);
    expect(await follow(created)).toBe("Succeeded");
    const { body } = await send("GET", CLUSTER.toUpperCase());
    expect(body).toMatchObject({ id: CLUSTER, tags: { team: "storage" }, properties: { provisioningState: "Succeeded", isSimulated: true }, systemData: SYSTEM_DATA });
  });

  it("0: grows it, keeps file systems and buckets in it, hands out credentials and lists it", async () => {
    expect(await follow(await send("PUT", CLUSTER, { ...clusterBody, properties: { ...clusterBody.properties, hosts: { size: "local-small", count: 5 } } }))).toBe("Succeeded");
    expect(await follow(await send("PUT", `${CLUSTER}/fileSystems/home`, { properties: { usableCapacityGB: 1, protocols: ["nfs"], protection: { hostFailures: 1 } } }))).toBe("Succeeded");
    expect(await follow(await send("PUT", `${CLUSTER}/buckets/results`, { properties: { protection: { hostFailures: 1 } } }))).toBe("Succeeded");
    expect((await send("POST", `${CLUSTER}/listCredentials`)).status).toBe(200);
    expect((await send("GET", CLUSTERS)).body.value?.map((cluster) => cluster["id"])).toEqual([CLUSTER]);
    const removed = await send("DELETE", `${CLUSTER}/buckets/results`);
    expect([removed.status, new URL(removed.headers["location"] ?? "").host]).toEqual([202, provider.publicHost]);
    expect(await follow(removed)).toBe("Succeeded");
  });

  it("14: says of a move that it cannot be", async () => {
    const answer = await provider.send("POST", `/subscriptions/${SUBSCRIPTION}/resourcegroups/contoso-rg/validateMoveResources?api-version=2021-04-01`, { targetResourceGroup: `/subscriptions/${SUBSCRIPTION}/resourceGroups/other`, resources: [CLUSTER] });
    expect([answer.status, answer.body.error?.code]).toEqual([400, "ResourceMoveNotSupported"]);
  });

  it("13: refuses writes while the subscription is suspended, and takes them when it is back", async () => {
    expect((await notify("Suspended")).status).toBe(200);
    expect(await send("PATCH", CLUSTER, { tags: { team: "other" } })).toMatchObject({ status: 409, body: { error: { code: "ReadOnlyDisabledSubscription" } } });
    expect((await send("GET", CLUSTER)).status).toBe(200);
    await notify("Registered");
    expect((await send("PATCH", CLUSTER, { tags: { team: "other" } })).status).toBe(200);
  });

  it("13: deletes what a deleted subscription holds, also when it was killed right after it was told", async () => {
    expect((await notify("Deleted")).status).toBe(200);
    await provider.end("SIGKILL");
    await provider.start();
    await expect.poll(readiness, WAIT).toBe(200);
    await expect.poll(async () => (await send("GET", CLUSTER)).status, WAIT).toBe(404);
    expect((await send("GET", CLUSTERS)).body.value).toEqual([]);
  });

  it("H9: wrote no word of a caller into its log, and ends in order", async () => {
    expect(await provider.end("SIGTERM")).toBe(0);
    const log = provider.logText;
    expect(log).toContain("is deleted with its subscription");
    for (const word of ["ada@contoso.test", "2026-11-30T10:00:00Z"]) expect(log).not.toContain(word);
  });
});

describe("a configuration that is no good", () => {
  it("17: ends the program with the name of the member that is wrong", async () => {
    await expect(provider.start({ clientCertificate: {} })).rejects.toThrow(/behind-arm\.json: clientCertificate is not known; known here: publicBaseUrl, listen/);
  });
});
