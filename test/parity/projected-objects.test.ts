// What ARM makes of an engine's objects beyond reading and writing them: names, preconditions, secrets, tasks, files, refusals.
// The engine is the emulator; every sentence is looked at from both sides.
import { Buffer } from "node:buffer";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openEmulatedViews, refusal } from "./emulated-views.ts";
import type { ArmResource, EmulatedViews, Json } from "./emulated-views.ts";

let views: EmulatedViews;
let policyId: unknown;
beforeAll(async () => {
  views = await openEmulatedViews({ delays: { taskMs: 20 }, installedCluster: "sample" });
  policyId = (await views.armRow("PUT", "vastViewpolicies/everybody", { properties: { flavor: "NFS" } })).properties["id"];
});
afterAll(() => views.close());

const view = (path: string, more: Json = {}): unknown => ({ properties: { path, policy_id: policyId, tenant_id: 1, ...more } });
const nativeId = ({ properties }: ArmResource): string => String(properties["nativeId"]);
const names = async (type: string): Promise<readonly string[]> => (await views.armList(type, 1_000)).map(({ name }) => name);

describe("names of an engine's objects", () => {
  it("outlive a rename by the engine's own API, and a name that is free again is another object's", async () => {
    const made = await views.armRow("PUT", "vastViews/home", view("/home"));
    expect((await views.native("PATCH", `views/${nativeId(made)}/`, { name: "moved" })).status).toBe(200);
    expect((await views.armRow("GET", "vastViews/HOME")).properties["name"]).toBe("moved");
    expect(await refusal(views.arm("GET", "vastViews/moved"))).toBe("ResourceNotFound vastViews");
    const other = await views.native("POST", "views/", { path: "/other", policy_id: policyId, name: "home", tenant_id: 1 });
    expect(other.status).toBe(201);
    const id = String((other.body as Json)["id"]); // an object, as it was made
    expect(await names("vastViews")).toEqual(expect.arrayContaining(["home", `id-${id}`]));
    expect(nativeId(await views.armRow("GET", "vastViews/home"))).toBe(nativeId(made));
    expect((await views.armRow("GET", `vastViews/id-${id}`)).properties["path"]).toBe("/other");
  });

  it("are shown and stay when an object is changed by its id", async () => {
    const made = await views.armRow("PUT", "vastViews/dock", view("/dock"));
    const byId = `vastViews/id-${nativeId(made)}`;
    expect((await views.native("PATCH", `views/${nativeId(made)}/`, { name: "pier" })).status).toBe(200);
    expect(((await views.arm("PATCH", byId, { properties: { name: "quay" } })).body as ArmResource).name).toBe("dock"); // a resource
    expect((await views.armRow("GET", byId)).id).toBe(made.id);
    expect([(await views.armRow("GET", "vastViews/dock")).properties["name"], await names("vastViews")]).toEqual(["quay", expect.arrayContaining(["dock"])]);
    expect(await refusal(views.arm("GET", "vastViews/quay"))).toBe("ResourceNotFound vastViews");
  });

  it("are not taken from another object by one that is changed by its id and is called so by the engine", async () => {
    const made = await views.armRow("PUT", "vastViews/buoy", view("/buoy"));
    expect((await views.native("PATCH", `views/${nativeId(made)}/`, { name: "float" })).status).toBe(200);
    const other = await views.native("POST", "views/", { path: "/raft", policy_id: policyId, name: "buoy", tenant_id: 1 });
    const id = String((other.body as Json)["id"]); // an object, as it was made
    expect((await views.armRow("GET", `vastViews/id-${id}`)).name).toBe(`id-${id}`);
    expect(((await views.arm("PATCH", `vastViews/id-${id}`, { properties: { name: "raft" } })).body as ArmResource).name).toBe(`id-${id}`); // a resource
    expect((await views.armRow("GET", "vastViews/buoy")).properties["path"]).toBe("/buoy");
  });

  it("are not kept for an object that is gone, although its id came again", async () => {
    const made = await views.armRow("PUT", "vastQospolicies/fast", { properties: { mode: "STATIC" } });
    expect([200, 204]).toContain((await views.native("DELETE", `qospolicies/${nativeId(made)}/`)).status);
    expect(await refusal(views.arm("GET", "vastQospolicies/fast"))).toBe("ResourceNotFound vastQospolicies");
    expect((await views.arm("PUT", "vastQospolicies/fast", { properties: { mode: "STATIC" } })).status).toBe(201);
  });

  it("of two tenants do not meet", async () => {
    const tenant = await views.armRow("PUT", "vastTenants/second", { properties: {} });
    const first = await views.armRow("PUT", "vastQuotas/scratch", { properties: { path: "/scratch", tenant_id: 1 } });
    const made = await views.native("POST", "quotas/", { name: "scratch", path: "/scratch", tenant_id: Number(nativeId(tenant)) });
    expect(made.status).toBe(201);
    const name = `scratch~~${nativeId(tenant)}`;
    expect(await names("vastQuotas")).toEqual(expect.arrayContaining(["scratch", name]));
    expect((await views.armRow("GET", `vastQuotas/${name}`)).properties["tenant_id"]).toBe(Number(nativeId(tenant)));
    expect(nativeId(await views.armRow("GET", "vastQuotas/scratch"))).toBe(nativeId(first));
    expect(await refusal(views.arm("PUT", `vastQuotas/new~~${nativeId(tenant)}`, { properties: { path: "/n", tenant_id: 1 } }))).toBe("MismatchingResourceSegments properties.tenant_id");
    expect((await views.armRow("PUT", `vastQuotas/new~~${nativeId(tenant)}`, { properties: { path: "/n" } })).properties).toMatchObject({ name: "new", tenant_id: Number(nativeId(tenant)) });
  });

  it("hold whatever the engine allows", async () => {
    const made = await views.native("POST", "qospolicies/", { name: "a/b ü?", mode: "STATIC" });
    expect(made.status).toBe(201);
    const name = "a~2Fb~20~C3~BC~3F";
    expect(await names("vastQospolicies")).toContain(name);
    expect((await views.armRow("GET", `vastQospolicies/${name}`)).properties["name"]).toBe("a/b ü?");
    expect(await refusal(views.arm("PUT", "vastQospolicies/id-4711", { properties: {} }))).toBe("InvalidResourceName name");
  });

  it("may be given to what has none: the engine's key is shown once, and found under the name", async () => {
    await views.arm("PUT", "vastUsers/joe", { properties: { local_provider_id: 1, password: "Hidden-word-17" } });
    const { properties } = await views.armRow("PUT", "vastUsers/joe/accessKeys/laptop", { properties: { tenant_id: 1 } });
    expect(properties["secret_key"]).toEqual(expect.any(String));
    const keys = JSON.stringify((await views.native("GET", "users/?name=joe")).body);
    expect(keys).toContain(String(properties["access_key"]));
    expect((await views.arm("DELETE", "vastUsers/joe/accessKeys/laptop")).status).toBe(200);
    expect(JSON.stringify((await views.native("GET", "users/?name=joe")).body)).not.toContain(String(properties["access_key"]));
    expect(await refusal(views.arm("PUT", "vastUsers/nobody/accessKeys/k", { properties: {} }))).toBe("ParentResourceNotFound vastUsers");
  });
});

describe("writes of an engine's objects", () => {
  it("say what cannot be: an order in a PUT, what was settled, a precondition, what the engine refuses", async () => {
    await views.arm("PUT", "vastQuotas/settled", { properties: { path: "/settled", tenant_id: 1 } });
    expect(await refusal(views.arm("PUT", "vastQuotas/settled", { properties: { path: "/elsewhere" } }))).toBe("PropertyChangeNotAllowed properties.path");
    expect(await refusal(views.arm("PUT", "vastViews/x", view("no slash")))).toBe("InvalidRequestContent properties.path");
    expect(await refusal(views.arm("PUT", "vastDboxes/id-1", { properties: { replace: true } }))).toBe("InvalidRequestContent properties.replace");
    const cluster = { key: "/c" as never, id: "/c", location: "local" };
    const put = (mustBe: "absent" | "present", name: string) => views.types.answer(views.engine, cluster, { method: "PUT", words: ["vastQospolicies", name], query: {}, body: { properties: {} }, mustBe });
    expect(await refusal(put("present", "conditional"))).toBe("PreconditionFailed If-Match");
    expect((await put("absent", "conditional")).status).toBe(201);
    expect(await refusal(put("absent", "conditional"))).toBe("PreconditionFailed If-None-Match");
    expect(await refusal(views.arm("PUT", "vastQospolicies/tagged", { tags: { a: "b" } }))).toBe("InvalidRequestContent tags");
    expect(await names("vastQospolicies")).not.toContain("tagged");
  });

  it("of settings and of objects with a key go by their own paths", async () => {
    expect((await views.arm("PATCH", "vastViews/home/legalHold/default", { properties: { value: true } })).status).toBe(200);
    expect((await views.arm("GET", "vastViews/home/legalHold")).body).toMatchObject({ value: [{ name: "default" }] });
    expect((await views.arm("PUT", "vastSchemas/db,first", { properties: {} })).status).toBe(201);
    expect((await views.armRow("GET", "vastSchemas/database_name=db,name=first")).properties).toMatchObject({ database_name: "db", name: "first" });
    expect((await views.arm("DELETE", "vastSchemas/db,first")).status).toBe(200);
    expect((await views.arm("DELETE", "vastSchemas/db,first")).status).toBe(204);
  });
});

describe("work that the engine goes on with", () => {
  const state = async (id: string) => (await views.types.readOperation(id, () => Promise.resolve(views.engine)))?.operation;
  const end = async (operation: { readonly id: string } | undefined) => {
    if (operation === undefined) throw new Error("it was not answered with an operation");
    await expect.poll(async () => (await state(operation.id))?.status).not.toBe("Running");
    return views.types.readOperation(operation.id, () => Promise.resolve(views.engine));
  };

  it("is an operation that ends with the object, and is told without the engine from then on", async () => {
    const { status, operation } = await views.arm("PUT", "vastRacks/r1", { properties: { number_of_units: 3 } });
    expect(status).toBe(201);
    expect(await end(operation)).toMatchObject({ operation: { status: "Succeeded", warnings: [] }, percentComplete: 100, result: { name: "r1", properties: { number_of_units: 3 } } });
    expect((await views.types.readOperation(operation?.id ?? "", () => Promise.resolve(null)))?.operation.status).toBe("Succeeded");
  });

  it("fails with the engine's words", async () => {
    const faults = `${views.origin}/__emulator/faults`;
    await fetch(faults, { method: "PUT", headers: { "content-type": "application/json" }, body: JSON.stringify({ faults: [{ kind: "failTask", reason: "no power", times: 1 }] }) });
    const { operation } = await views.arm("PUT", "vastRacks/r2", { properties: { number_of_units: 3 } });
    const ended = await end(operation);
    expect(ended?.operation).toMatchObject({ status: "Failed", error: { code: "OperationFailed" } });
    expect(ended?.operation.error?.message).toContain("no power");
  });
});

describe("actions and files", () => {
  it("pass their body on and the engine's answer back", async () => {
    expect((await views.arm("POST", "vastQospolicies/create", { name: "by order" })).status).toBe(200);
    expect(await names("vastQospolicies")).toContain("by~20order");
    const { text } = await views.arm("POST", "vastPrometheusmetricsAll", {});
    expect(text?.contentType).toMatch(/^text\/plain/);
    expect(await refusal(views.arm("POST", "vastViews/home/fly", {}))).toBe("InvalidResourceType fly");
    expect(await refusal(views.arm("POST", "vastViews/nobody/deleteWithOptions", []))).toMatch(/^InvalidRequestContent/);
  });

  it("take a file as bytes of the request, and say where one is fetched", async () => {
    await views.arm("PUT", "vastKerberos/k", { properties: { kadmin_servers: ["a"], kdc: ["b"], realm: "R", service_principals: ["c"] } });
    const list = await views.armList("vastKerberos", 10);
    const content = Buffer.from("keytab bytes").toString("base64");
    expect([200, 202, 204]).toContain((await views.arm("POST", `vastKerberos/${list[0]?.name ?? ""}/replaceKeytab`, { content, fileName: "k.keytab" })).status);
    expect(await refusal(views.arm("POST", `vastKerberos/${list[0]?.name ?? ""}/replaceKeytab`, { content: "no base64!" }))).toBe("InvalidRequestContent content");
    expect(await refusal(views.arm("POST", `vastKerberos/${list[0]?.name ?? ""}/replaceKeytab`, { sourceUri: "https://files.example/k" }))).toBe("OperationNotAllowed sourceUri");
  });
});
