// Subscriptions and registrations over the wire: who is known, what a state allows, what an unregistered provider
// refuses, and the versions of front-door types (V, U and §13 rows).
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { NAMESPACE, changeSubscription, newSubscription, readSubscription, withRegistration, withState } from "@cynosure/arm-store";
import type { SubscriptionState } from "@cynosure/arm-store";
import { PROVIDER_VERSION, SUBSCRIPTION, TENANT, VERSION, clusterBody, clusterPath, groupPath, openServedFrontDoor } from "./testkit/served-front-door.ts";
import type { ServedFrontDoor } from "./testkit/served-front-door.ts";
import { STALENESS_MS_MAX } from "./subscriptions.ts";

const PROVIDER = `/subscriptions/${SUBSCRIPTION}/providers/Cynosure.Storage`;
let door: ServedFrontDoor;

beforeAll(async () => {
  door = await openServedFrontDoor();
});
afterAll(() => door.close());

/** As a lifecycle notification would: past the front door, straight into the row. */
async function setState(state: SubscriptionState, subscriptionId = SUBSCRIPTION): Promise<void> {
  const { store } = door.world.testStore;
  const nowMs = door.world.clock.now();
  await store.transaction((tx) => changeSubscription(store, { subscriptionId, nowMs, by: "test", change: (row) => withState(row ?? newSubscription({ subscriptionId, displayName: "Second", tenantId: TENANT, nowMs }), state, nowMs) }, tx));
  door.world.clock.nowMs += STALENESS_MS_MAX + 1;
}
beforeEach(() => setState("Registered"));

describe("subscriptions", () => {
  it("§19: the built-in one is there from the first start, as az login reads it", async () => {
    const { body } = await door.send("/subscriptions?api-version=2019-11-01");
    expect(body.value).toEqual([
      { id: `/subscriptions/${SUBSCRIPTION}`, subscriptionId: SUBSCRIPTION, tenantId: TENANT, displayName: "Built-in", state: "Enabled", authorizationSource: "RoleBased", managedByTenants: [], subscriptionPolicies: { locationPlacementId: "Internal", quotaId: "Internal", spendingLimit: "Off" } },
    ]);
    expect((await door.send(`/subscriptions/${SUBSCRIPTION}?${VERSION}`)).body).toEqual(body.value?.[0]);
  });

  it("a second start makes no second one and changes nothing of the first", async () => {
    const { store } = door.world.testStore;
    const before = await store.resources.list({ type: "Microsoft.Resources/subscriptions", limitMax: 10 });
    await door.world.frontDoor.ensureResourceGroup("quickstart", "local");
    expect(await store.resources.list({ type: "Microsoft.Resources/subscriptions", limitMax: 10 })).toEqual(before);
  });

  it("U4: an id that is no GUID and a GUID nobody knows are 404, each with its own code", async () => {
    expect((await door.send(`/subscriptions/mine?${VERSION}`)).body.error?.code).toBe("InvalidSubscriptionId");
    const unknown = await door.send(`/subscriptions/${SUBSCRIPTION.replace("1", "9").replace(/1$/, "9")}?${VERSION}`);
    expect([unknown.status, unknown.body.error?.code]).toEqual([404, "SubscriptionNotFound"]);
  });

  it.each([["Warned", "Warned"], ["Suspended", "Disabled"], ["Deleted", "Deleted"], ["Unregistered", "Disabled"]] as const)("§13: in state %s (shown as %s) reading and deleting go on, everything else is 409", async (state, shown) => {
    const group = `state-${state.toLowerCase()}`;
    await door.send(`${groupPath(group)}?${VERSION}`, { method: "PUT", body: { location: "local" } });
    await setState(state);
    expect((await door.send(`/subscriptions/${SUBSCRIPTION}?${VERSION}`)).body["state"]).toBe(shown);
    for (const [method, path, version, body] of [
      ["PUT", groupPath("late"), VERSION, { location: "local" }],
      ["PATCH", groupPath(group), VERSION, { tags: {} }],
      ["PUT", clusterPath("quickstart", "late"), PROVIDER_VERSION, clusterBody()],
      ["POST", `${PROVIDER}/register`, VERSION, undefined],
    ] as const) {
      const reply = await door.send(`${path}?${version}`, { method, body });
      expect([method, reply.status, reply.body.error?.code]).toEqual([method, 409, "ReadOnlyDisabledSubscription"]);
    }
    expect((await door.send(`${groupPath(group)}?${VERSION}`)).status).toBe(200);
    expect((await door.send(`${groupPath(group)}?${VERSION}`, { method: "HEAD" })).status).toBe(204);
    expect((await door.send(`${groupPath(group)}?${VERSION}`, { method: "DELETE" })).status).toBe(200);
  });

  it("§13: a write sees the new state at once, a read at the latest five seconds later", async () => {
    const second = "00000000-0000-4000-8000-0000000000b2";
    const { store } = door.world.testStore;
    await door.send(`/subscriptions/${second}?${VERSION}`);
    const nowMs = door.world.clock.now();
    await store.transaction((tx) => changeSubscription(store, { subscriptionId: second, nowMs, by: "test", change: () => newSubscription({ subscriptionId: second, displayName: "Second", tenantId: TENANT, nowMs }) }, tx));
    const group = `/subscriptions/${second}/resourceGroups/g?${VERSION}`;
    expect((await door.send(group)).body.error?.code).toBe("SubscriptionNotFound");
    expect((await door.send(group, { method: "PUT", body: { location: "local" } })).status).toBe(201);
    door.world.clock.nowMs += STALENESS_MS_MAX + 1;
    expect((await door.send(group)).status).toBe(200);
    expect((await door.send(`/subscriptions?${VERSION}&$top=1`)).body.nextLink).toContain("$skipToken");
  });
});

describe("registration with a provider", () => {
  const show = () => door.send(`${PROVIDER}?${VERSION}`);
  const post = (verb: string) => door.send(`${PROVIDER}/${verb}?${VERSION}`, { method: "POST" });

  it("§13: unregister and register are stored, and shown as az waits for them", async () => {
    expect((await show()).body["registrationState"]).toBe("Registered");
    expect((await post("unregister")).body["registrationState"]).toBe("Unregistered");
    expect((await show()).body["registrationState"]).toBe("Unregistered");
    expect((await readSubscription(door.world.testStore.store, SUBSCRIPTION))?.registrations).toMatchObject({ [NAMESPACE.toLowerCase()]: { state: "NotRegistered" } });
    expect((await post("register")).body["registrationState"]).toBe("Registered");
    expect((await post("REGISTER")).body["registrationState"]).toBe("Registered");
  });

  it("§13: while it is not registered a write is 409 and says how to register; reading finds nothing, deleting neither", async () => {
    await post("unregister");
    const put = await door.send(`${clusterPath("quickstart", "early")}?${PROVIDER_VERSION}`, { method: "PUT", body: clusterBody() });
    expect([put.status, put.body.error?.code]).toEqual([409, "MissingSubscriptionRegistration"]);
    expect(put.body.error?.message).toContain("az provider register --namespace Cynosure.Storage");
    const list = await door.send(`/subscriptions/${SUBSCRIPTION}/providers/Cynosure.Storage/clusters?${PROVIDER_VERSION}`);
    expect([list.status, list.body]).toEqual([200, { value: [] }]);
    expect((await door.send(`${clusterPath("quickstart", "early")}?${PROVIDER_VERSION}`, { method: "DELETE" })).status).toBe(204);
    expect((await door.send(`${groupPath("free")}?${VERSION}`, { method: "PUT", body: { location: "local" } })).status).toBe(201);
    await post("register");
    expect((await door.send(`${clusterPath("quickstart", "early")}?${PROVIDER_VERSION}`, { method: "PUT", body: clusterBody() })).status).toBe(201);
  });

  it("§13: unregister is refused while clusters exist, and names them", async () => {
    const reply = await post("unregister");
    expect([reply.status, reply.body.error?.code]).toEqual([409, "OperationNotAllowed"]);
    expect(reply.body.error?.details?.map(({ target }) => target)).toEqual([clusterPath("quickstart", "early")]);
  });

  it("§13: each change of it is in the audit log", async () => {
    const { rows } = await door.world.testStore.pool.query("select action, count(*)::int as count from cynosure.audit where action like '%register/action' group by 1 order by 1");
    expect(rows).toEqual([{ action: "Cynosure.Storage/register/action", count: 2 }, { action: "Cynosure.Storage/unregister/action", count: 2 }]);
  });

  it("a subscription that never registered shows NotRegistered", async () => {
    const fresh = "00000000-0000-4000-8000-0000000000c3";
    await setState("Registered", fresh);
    expect((await door.send(`/subscriptions/${fresh}/providers/cynosure.storage?${VERSION}`)).body["registrationState"]).toBe("NotRegistered");
    expect(withRegistration(newSubscription({ subscriptionId: fresh, displayName: "", tenantId: null, nowMs: 1 }), "CYNOSURE.storage", "Registered", 2).registrations).toEqual({ "cynosure.storage": { state: "Registered", changedAtMs: 2 } });
  });

  it("§13: providers are listed in pages, with their types, versions and locations; $expand is honoured or refused", async () => {
    const names: unknown[] = [];
    for (let link: string | undefined = `/subscriptions/${SUBSCRIPTION}/providers?${VERSION}&$top=2`; link !== undefined; ) {
      const { body } = await door.send(link);
      expect(body.value?.length).toBeLessThanOrEqual(2);
      names.push(...(body.value ?? []).map((provider) => provider["namespace"]));
      link = body.nextLink;
    }
    expect(names).toEqual(expect.arrayContaining(["Cynosure.Storage", "Microsoft.Authorization", "Microsoft.Resources"]));
    const expanded = await door.send(`${PROVIDER}?${VERSION}&$expand=metadata,resourceTypes/aliases`);
    expect(expanded.body).toMatchObject({ metadata: {}, registrationPolicy: "RegistrationRequired" });
    const types = expanded.body["resourceTypes"] as { resourceType: string; apiVersions: string[]; locations: string[]; aliases: unknown[] }[];
    expect(types.find(({ resourceType }) => resourceType === "clusters")).toMatchObject({ apiVersions: ["2026-12-01"], locations: ["Local"], aliases: [] });
    // Of the engines' own documents, under the versions of the cluster they are in.
    for (const projected of ["clusters/cephPool", "clusters/cephRbdMirroringPool/peer"]) expect(types.find(({ resourceType }) => resourceType === projected)).toMatchObject({ apiVersions: ["2026-12-01"], locations: ["Local"], capabilities: "None" });
    const refused = await door.send(`${PROVIDER}?${VERSION}&$expand=secrets`);
    expect([refused.status, refused.body.error?.code, refused.body.error?.target]).toEqual([400, "InvalidParameter", "$expand"]);
  });

  it("an unknown namespace is 404, also to register", async () => {
    for (const [method, path] of [["GET", "Contoso.Toys"], ["POST", "Contoso.Toys/register"]] as const) {
      const reply = await door.send(`/subscriptions/${SUBSCRIPTION}/providers/${path}?${VERSION}`, { method });
      expect([reply.status, reply.body.error?.code]).toEqual([404, "InvalidResourceNamespace"]);
    }
  });
});

describe("versions", () => {
  it.each([["V1", "2021-04-01-preview", 200], ["V1", "2021-4-1", 400], ["V1", "tomorrow", 400]] as const)("%s: a front-door type with api-version=%s answers %i", async (_row, version, status) => {
    expect((await door.send(`/subscriptions?api-version=${version}`)).status).toBe(status);
  });
  it.each(["/subscriptions", `/subscriptions/${SUBSCRIPTION}/resources`, clusterPath("quickstart", "c"), `${groupPath("quickstart")}`])("V2: %s without a version is 400 MissingApiVersionParameter", async (path) => {
    const reply = await door.send(path);
    expect([reply.status, reply.body.error?.code, reply.body.error?.target]).toEqual([400, "MissingApiVersionParameter", "api-version"]);
  });
  it("V3: a version the provider does not know names the type, the versions and the locations there are", async () => {
    const reply = await door.send(`${clusterPath("quickstart", "c")}?api-version=2001-01-01`);
    expect([reply.status, reply.body.error?.code]).toEqual([400, "NoRegisteredProviderFound"]);
    expect(reply.body.error?.message).toContain("No registered resource provider found for location 'local' and API version '2001-01-01' for type 'clusters'");
    expect(reply.body.error?.message).toContain("The supported api-versions are '2026-12-01'. The supported locations are 'local'.");
  });
  it.each(["/subscriptions", groupPath("quickstart"), `/subscriptions/${SUBSCRIPTION}/resources`, `/subscriptions/${SUBSCRIPTION}/providers`])("V4: %s with an invalid version is 400 InvalidApiVersionParameter with those supported", async (path) => {
    const reply = await door.send(`${path}?api-version=1999-01-01`);
    expect([reply.status, reply.body.error?.code]).toEqual([400, "InvalidApiVersionParameter"]);
    expect(reply.body.error?.message).toMatch(/^The api-version '1999-01-01' is invalid. The supported versions are '2021-04-01/);
  });
});
