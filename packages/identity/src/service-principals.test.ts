// Principals over the wire: made, given secrets, signed in with, removed; and that a secret is seen once and
// then nowhere.
import { createHook } from "node:async_hooks";
import { decodeJwt } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hashClientSecret } from "./client-secret.ts";
import { createVerifyClient } from "./client-verification.ts";
import { LIVENESS_MS_MAX, createPrincipalLiveness } from "./principal-liveness.ts";
import { makePrincipalSecret } from "./principal-secret.ts";
import { BUILT_IN, TENANT, openIdentityRig } from "./testkit/served-identity.ts";
import type { IdentityRig, Reply, ServedIdentity } from "./testkit/served-identity.ts";

const DAY_MS = 86_400_000;
let rig: IdentityRig;
let served: ServedIdentity;
beforeAll(async () => {
  rig = await openIdentityRig();
  served = await rig.serve();
});
afterAll(() => rig.close());

const propertiesOf = (reply: Reply): Record<string, unknown> => reply.body["properties"] as Record<string, unknown>;
const codeOf = (reply: Reply): string => (reply.body["error"] as { code: string } | undefined)?.code ?? "";
const create = (name: string, properties: Readonly<Record<string, unknown>> = {}): Promise<Reply> => served.arm("PUT", `/${name}`, { properties });
const newSecret = async (name: string, body: unknown = {}): Promise<{ clientId: string; clientSecret: string }> => (await served.arm("POST", `/${name}/newSecret`, body)).body as { clientId: string; clientSecret: string };
const audited = async (): Promise<readonly { action: string; resource_id: string; principal: string }[]> => (await rig.testStore.pool.query<{ action: string; resource_id: string; principal: string }>("select action, resource_id, principal from cynosure.audit order by seq")).rows;

describe("a service principal", () => {
  it("is made, shown, listed, changed and removed, each write audited once", async () => {
    const before = (await audited()).length;
    const made = await create("backup", { displayName: "Nightly backup" });
    expect([made.status, made.body["id"], made.body["type"]]).toEqual([201, "/providers/Cynosure.Identity/servicePrincipals/backup", "Cynosure.Identity/servicePrincipals"]);
    expect(propertiesOf(made)).toMatchObject({ displayName: "Nightly backup", kind: "Application", createdOn: "2026-12-01T00:00:00.000Z", secretsExpireOn: [] });
    expect(propertiesOf(made)["principalId"]).not.toBe(propertiesOf(made)["clientId"]);
    expect((await create("backup", { displayName: "Nightly backup" })).status).toBe(200);
    expect(propertiesOf(await create("Backup", { displayName: "Renamed" }))).toMatchObject({ displayName: "Renamed", principalId: propertiesOf(made)["principalId"] });
    expect((await served.arm("GET", "/Backup")).status).toBe(200);
    expect((await served.arm("GET", "?$top=1")).body["value"]).toHaveLength(1);
    expect([(await served.arm("DELETE", "/backup")).status, (await served.arm("DELETE", "/backup")).status, (await served.arm("GET", "/backup")).status]).toEqual([200, 204, 404]);
    expect((await audited()).slice(before).map(({ action, principal }) => [action, principal])).toEqual([
      ["Cynosure.Identity/servicePrincipals/write", BUILT_IN.clientId],
      ["Cynosure.Identity/servicePrincipals/write", BUILT_IN.clientId],
      ["Cynosure.Identity/servicePrincipals/delete", BUILT_IN.clientId],
    ]);
  });

  it.each([
    ["a name that is too short", "PUT", "/ab", { properties: {} }, 400, "InvalidResourceName"],
    ["a name with capitals that is new", "PUT", "/Upper_Case", { properties: {} }, 400, "InvalidResourceName"],
    ["a name with capitals and nothing else wrong that is new", "PUT", "/Upper", { properties: {} }, 400, "InvalidResourceName"],
    ["another name in the body", "PUT", "/named", { name: "other", properties: {} }, 400, "MismatchingResourceSegments"],
    ["no properties", "PUT", "/named", {}, 400, "InvalidRequestContent"],
    ["an unknown kind", "PUT", "/named", { properties: { kind: "Robot" } }, 400, "InvalidRequestContent"],
    ["a secret for nobody", "POST", "/nobody/newSecret", {}, 404, "ResourceNotFound"],
    ["a secret that lives too long", "POST", "/nobody/newSecret", { lifetimeDays: 731 }, 400, "InvalidRequestContent"],
  ])("asked for with %s is refused", async (_what, method, path, body, status, code) => {
    const reply = await served.arm(method, path, body);
    expect([reply.status, codeOf(reply)]).toEqual([status, code]);
  });

  it("keeps its kind: its tokens say it", async () => {
    await create("ada", { kind: "User" });
    const reply = await create("ada", { kind: "Application" });
    expect([reply.status, codeOf(reply)]).toEqual([409, "PropertyChangeNotAllowed"]);
  });

  it("is listed page by page, each once", async () => {
    for (const name of ["page-a", "page-b", "page-c"]) await create(name);
    const names: string[] = [];
    let path: string | null = "?$top=2";
    while (path !== null) {
      const { body }: Reply = await served.arm("GET", path);
      names.push(...(body["value"] as { name: string }[]).map(({ name }) => name));
      const next: unknown = body["nextLink"];
      path = typeof next === "string" ? new URL(next).search.replace(/[?&]api-version=[^&]+/, "").replace(/^&?/, "?") : null;
    }
    expect(names.filter((name) => name.startsWith("page-"))).toEqual(["page-a", "page-b", "page-c"]);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe("a secret", () => {
  it("signs in until a third is made, and its tokens name the principal", async () => {
    const made = await create("worker", { displayName: "Worker" });
    const secrets = [await newSecret("worker"), await newSecret("worker")];
    for (const secret of secrets) expect((await served.signIn(secret.clientId, secret.clientSecret)).status).toBe(200);
    const third = await newSecret("worker", { lifetimeDays: 1 });
    const [first, second] = secrets;
    expect((await served.signIn(third.clientId, first?.clientSecret ?? "")).status).toBe(401);
    expect((await served.signIn(third.clientId, second?.clientSecret ?? "")).status).toBe(200);
    const token = String((await served.signIn(third.clientId, third.clientSecret)).body["access_token"]);
    expect(decodeJwt(token)).toMatchObject({ oid: propertiesOf(made)["principalId"], tid: TENANT, idtyp: "app", app_displayname: "Worker" });
    expect((await served.arm("GET", "/worker", undefined, token)).status).toBe(200);
    expect(propertiesOf(await served.arm("GET", "/worker"))["secretsExpireOn"]).toEqual(["2027-05-30T00:00:00.000Z", "2026-12-02T00:00:00.000Z"]);
    rig.clock.nowMs += DAY_MS;
    expect((await served.signIn(third.clientId, third.clientSecret)).status).toBe(401);
    expect(propertiesOf(await served.arm("GET", "/worker", undefined, await freshToken()))["secretsExpireOn"]).toEqual(["2027-05-30T00:00:00.000Z"]);
    rig.clock.nowMs -= DAY_MS;
  });

  it("is audited as a credential read, and its answer is stored nowhere on the way", async () => {
    await create("reader");
    const reply = await served.arm("POST", "/reader/newSecret", {});
    expect(reply.headers["cache-control"]).toBe("no-store");
    expect((await audited()).at(-1)).toMatchObject({ action: "Cynosure.Identity/servicePrincipals/newSecret/action", resource_id: "/providers/Cynosure.Identity/servicePrincipals/reader" });
  });

  it("is in no row of the database, no log entry and no later answer", async () => {
    await create("hidden");
    const { clientId, clientSecret } = await newSecret("hidden");
    await served.signIn(clientId, clientSecret);
    const wrong = await served.signIn(clientId, `${clientSecret}x`);
    const shown = await served.arm("GET", "/hidden");
    const { rows: tables } = await rig.testStore.pool.query<{ name: string }>("select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')");
    const dump: string[] = [];
    for (const { name } of tables) dump.push(...(await rig.testStore.pool.query<{ row: string }>(`select t::text as row from ${name} t`)).rows.map(({ row }) => row));
    const secretPart = clientSecret.split(".")[1] ?? "";
    expect(secretPart).toHaveLength(43);
    const everything = [...dump, ...served.logged.map((entry) => JSON.stringify(entry)), wrong.text, shown.text].join("\n");
    expect(everything).toContain("scrypt$");
    expect(everything).toContain(clientId);
    expect(everything).not.toContain(secretPart);
    expect(everything).not.toContain(Buffer.from(secretPart).toString("hex"));
  });

  it("costs one derivation whoever asks: the built-in client, a principal, or nobody", async () => {
    const secret = await makePrincipalSecret();
    const lookups: string[] = [];
    const stored = { objectId: "o", clientId: "known", name: "n", displayName: "n", kind: "Application", createdAtMs: 0, secrets: [{ id: "other", hash: secret.hash, createdAtMs: 0, expiresAtMs: 9e15 }, { id: secret.id, hash: secret.hash, createdAtMs: 0, expiresAtMs: 9e15 }] } as const;
    const findByClientId = (clientId: string) => {
      lookups.push(clientId);
      return Promise.resolve(clientId === "known" ? stored : null);
    };
    const verify = createVerifyClient({ builtIn: { clientId: "built-in", secretHash: await hashClientSecret("s"), displayName: "b" }, principals: { findByClientId }, clock: rig.clock });
    // Node names the work of each derivation to whoever listens.
    let derivations = 0;
    const hook = createHook({ init: (_id, type) => (derivations += type === "SCRYPTREQUEST" ? 1 : 0) }).enable();
    const countOf = async (clientId: string, clientSecret: string): Promise<number> => {
      derivations = 0;
      await verify(clientId, clientSecret);
      return derivations;
    };
    const counts = [await countOf("nobody", "x"), await countOf("known", secret.clear), await countOf("known", "x.y"), await countOf("built-in", "wrong")];
    hook.disable();
    expect(counts).toEqual([1, 1, 1, 1]);
    expect(new Set(lookups)).toEqual(new Set(["nobody", "known"]));
    expect(await verify("known", secret.clear)).toMatchObject({ id: "o" });
  });

  it("needs no database for the installation's own client: its commands and requests must hear that the database is away", async () => {
    const away = (): Promise<never> => Promise.reject(Object.assign(new Error("connection refused"), { code: "ECONNREFUSED" }));
    const verify = createVerifyClient({ builtIn: { clientId: "built-in", secretHash: await hashClientSecret("s"), displayName: "b" }, principals: { findByClientId: away }, clock: rig.clock });
    expect(await verify("built-in", "s")).toMatchObject({ id: "built-in" });
    await expect(verify("known", "s")).rejects.toThrow("connection refused");
  });

  it.each(["\u0000", "x".repeat(10_000), "' or 1=1 --", "ü"])("with a client id that cannot be (%j) is just wrong", async (clientId) => {
    const reply = await served.signIn(clientId, "some.secret");
    expect([reply.status, reply.body["error"]]).toEqual([401, "invalid_client"]);
  });
});

describe("a removed principal", () => {
  it("is refused within the bound, its secrets at once, and another of its name is somebody else", async () => {
    const first = propertiesOf(await create("leaver"));
    const { clientId, clientSecret } = await newSecret("leaver");
    const token = String((await served.signIn(clientId, clientSecret)).body["access_token"]);
    expect((await served.arm("GET", "/leaver", undefined, token)).status).toBe(200);
    await served.arm("DELETE", "/leaver");
    expect((await served.signIn(clientId, clientSecret)).status).toBe(401);
    rig.clock.nowMs += LIVENESS_MS_MAX;
    const refused = await served.arm("GET", "/leaver", undefined, token);
    expect([refused.status, codeOf(refused)]).toEqual([401, "InvalidAuthenticationToken"]);
    expect(refused.headers["www-authenticate"]).toContain('error="invalid_token"');
    expect(propertiesOf(await create("leaver"))["principalId"]).not.toBe(first["principalId"]);
    expect((await served.arm("GET", "/leaver", undefined, token)).status).toBe(401);
  });

  it("is asked for once within the bound, and a question that failed is asked again", async () => {
    let asked = 0;
    let isAway = true;
    const findByObjectId = () => {
      asked += 1;
      return isAway ? Promise.reject(new Error("away")) : Promise.resolve(null);
    };
    const clock = { nowMs: 0, now: () => clock.nowMs, sleep: () => Promise.resolve() };
    const isLiving = createPrincipalLiveness({ principals: { findByObjectId }, builtInObjectId: "built-in", clock });
    await expect(isLiving("x")).rejects.toThrow("away");
    isAway = false;
    for (let count = 0; count < 5; count += 1) expect(await isLiving("x")).toBe(false);
    expect(asked).toBe(2);
    clock.nowMs += LIVENESS_MS_MAX;
    await isLiving("x");
    expect([asked, await isLiving("built-in")]).toEqual([3, true]);
  });
});

const freshToken = async (): Promise<string> => String((await served.signIn(BUILT_IN.clientId, BUILT_IN.clientSecret)).body["access_token"]);
