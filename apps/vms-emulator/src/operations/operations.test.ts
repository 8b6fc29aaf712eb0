import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, onTestFinished, test } from "vitest";
import { basic, startForTest } from "../testkit.ts";
import type { TestClient } from "../testkit.ts";

let client: TestClient;

afterEach(async () => {
  await client.close();
});

test("a view is made, found by filters, changed and removed, and is refused for what it refers to", async () => {
  client = await startForTest();
  expect(await client.call("POST", "/views/", { path: "/a", policy_id: 9 })).toMatchObject({ status: 400, body: { policy_id: ['Invalid pk "9" - object does not exist.'] } });
  expect(await client.call("POST", "/views", { policy_id: 1 })).toMatchObject({ status: 400, body: { path: ["This field is required."] } });
  expect(await client.call("POST", "/views/", { path: "/a", policy_id: 1, protocols: ["TAPE"] })).toMatchObject({ status: 400, body: { protocols: ['"TAPE" is not a valid choice.'] } });
  const view = await client.good("POST", "/views/", { path: "/data/a", policy_id: 1, protocols: ["NFS", "S3"], bucket: "a" });
  expect(view).toMatchObject({ id: 1, path: "/data/a", bucket: "a", tenant_name: "default", url: `${client.origin}/api/latest/views/1/` });
  expect(await client.call("POST", "/views/", { path: "/data/b", policy_id: 1, protocols: ["S3"], bucket: "a" })).toMatchObject({ status: 400, body: { bucket: ["views with this bucket already exists."] } });
  for (const filter of ["path=/data/a", "path__startswith=/data", "tenant__id=1", "tenant_name__icontains=DEF", "id__in=1,7", "protocols__contains=S3", "bucket=x&bucket=a"]) expect(await client.rows(`/views/?${filter}`), filter).toHaveLength(1);
  expect(await client.rows("/views/?path=/data")).toEqual([]);
  expect(await client.rows("/views/?fields=id,path")).toEqual([{ id: 1, path: "/data/a" }]);
  await client.good("PATCH", "/views/1", { alias: "/x" });
  expect(await client.good("GET", "/views/1/")).toMatchObject({ alias: "/x", path: "/data/a" });
  expect((await client.call("DELETE", "/views/1/")).status).toBe(204);
  expect(await client.call("GET", "/views/1/")).toMatchObject({ status: 404, body: { detail: "Not found." } });
});

test("a list is a bare array, and an envelope as soon as pages are asked for, with next until there is none", async () => {
  client = await startForTest();
  for (const name of ["a", "b", "c"]) await client.good("POST", "/views/", { path: `/${name}`, policy_id: 1 });
  expect(await client.rows("/views/")).toHaveLength(3);
  const first = await client.good("GET", "/views/?page_size=2");
  expect(first).toMatchObject({ count: 3, previous: null });
  const second = await client.good("GET", String(first["next"]).slice(client.origin.length));
  expect(second).toMatchObject({ count: 3, next: null });
  expect(second["results"]).toHaveLength(1);
  expect((await client.call("GET", "/views/?page=9")).status).toBe(404);
});

test("a user has an id, at most two access keys whose secret is told once, and can have them off and gone", async () => {
  client = await startForTest();
  const user = await client.good("POST", "/users/", { name: "ann", local_provider_id: 1, password: "quiet" });
  expect(JSON.stringify(user)).not.toContain("quiet");
  const key = await client.good("POST", "/users/1/access_keys/", {});
  expect(key).toMatchObject({ access_key: expect.stringMatching(/^[0-9A-F]{20}$/), secret_key: expect.stringMatching(/^[0-9a-f]{40}$/) });
  await client.good("POST", "/users/1/access_keys/", {});
  expect((await client.call("POST", "/users/1/access_keys/", {})).status).toBe(400);
  await client.good("PATCH", "/users/1/access_keys/", { access_key: key["access_key"], enabled: false });
  const shown = await client.good("GET", "/users/1/");
  expect(shown["access_keys"]).toContainEqual(expect.objectContaining({ access_key: key["access_key"], status: "disabled" }));
  expect(JSON.stringify(shown)).not.toContain(String(key["secret_key"]));
  expect((await client.call("DELETE", "/users/1/access_keys/", { access_key: key["access_key"] })).status).toBe(204);
  expect(await client.rows("/locals3keys/")).toHaveLength(1);
});

test("a snapshot is kept while it is locked, ends by itself, and is cloned by a task", async () => {
  let nowMs = Date.parse("2026-01-01T00:00:00Z");
  client = await startForTest({ nowMs: () => nowMs });
  await client.good("POST", "/snapshots/", { name: "s", path: "/a/", locked: true });
  expect((await client.call("DELETE", "/snapshots/1/")).status).toBe(400);
  expect(await client.ended(await client.good("POST", "/snapshots/1/clone/", { name: "c", loanee_root_path: "/c" }))).toBe("COMPLETED");
  await client.good("PATCH", "/snapshots/1/", { locked: false });
  expect((await client.call("DELETE", "/snapshots/1/")).status).toBe(204);
  expect((await client.call("POST", "/snapshots/", { name: "s", path: "/a/", expiration_time: "2025-01-01T00:00:00Z" })).status).toBe(400);
  await client.good("POST", "/snapshots/", { name: "s", path: "/a/", expiration_time: "2026-01-01T01:00:00Z" });
  expect(await client.rows("/snapshots/")).toHaveLength(1);
  nowMs += 3_600_000;
  expect(await client.rows("/snapshots/")).toEqual([]);
});

test("a quota's limits are in order, and its state says what was used of them", async () => {
  client = await startForTest();
  expect(await client.call("POST", "/quotas/", { name: "q", path: "/a", soft_limit: 20, hard_limit: 10 })).toMatchObject({ status: 400, body: { soft_limit: ["The soft limit is above the hard limit."] } });
  await client.good("POST", "/quotas/", { name: "q", path: "/a", soft_limit: 10, hard_limit: 20 });
  await client.good("PATCH", "/__emulator/objects/quotas/1", { used_capacity: 15 });
  expect(await client.good("GET", "/quotas/1/")).toMatchObject({ state: "SOFT_EXCEEDED", percent_capacity: 75 });
});

test("objects without an id in their path are found by their key", async () => {
  client = await startForTest();
  await client.good("POST", "/schemas/", { database_name: "db", name: "s" });
  expect((await client.call("POST", "/schemas/", { database_name: "db", name: "s" })).status).toBe(409);
  expect((await client.call("GET", "/schemas/show/?database_name=db&name=s")).status).toBe(200);
  expect((await client.call("GET", "/schemas/show/?database_name=db&name=t")).status).toBe(404);
  expect((await client.call("DELETE", "/schemas/delete/", { database_name: "db", name: "s" })).status).toBeLessThan(300);
  expect((await client.call("GET", "/schemas/show/?database_name=db&name=s")).status).toBe(404);
});

test("a tenant named in the header bounds what is seen and made", async () => {
  client = await startForTest();
  await client.good("POST", "/tenants/", { name: "blue" });
  const blue = { authorization: basic("admin", "123456"), "x-tenant-name": "blue" };
  await client.good("POST", "/views/", { path: "/a", policy_id: 1 });
  const made = await client.call("POST", "/views/", { path: "/a", policy_id: 1 }, blue);
  expect(made).toMatchObject({ status: 201, body: { tenant_id: 2, tenant_name: "blue" } });
  expect((await client.call("GET", "/views/", undefined, blue)).body).toHaveLength(1);
  expect((await client.call("GET", "/views/", undefined, { ...blue, "x-tenant-name": "nobody" })).status).toBe(400);
});

test("faults strike as often as they were told: an answer, a dropped connection, a task that fails or stays", async () => {
  client = await startForTest();
  await client.good("PUT", "/__emulator/faults", { faults: [{ kind: "status", status: 503, path: "/views/", times: 1 }, { kind: "drop", path: "/quotas/", times: 1 }, { kind: "failTask", path: "/hosts/", times: 1 }, { kind: "stuckTask", path: "/hosts/", times: 1 }] });
  expect((await client.call("GET", "/views/")).status).toBe(503);
  expect((await client.call("GET", "/views/")).status).toBe(200);
  await expect(client.call("GET", "/quotas/")).rejects.toThrow();
  expect(await client.ended(await client.good("GET", "/hosts/discover"))).toBe("FAILED");
  const stuck = await client.good("GET", "/hosts/discover");
  expect(await client.ended(await client.good("GET", "/hosts/discover"))).toBe("COMPLETED");
  expect((await client.rows("/vtasks/?state=RUNNING"))[0]?.["id"]).toBe((stuck["async_task"] as { id: unknown }).id); // `ended` reads the same
  expect((await client.call("PUT", "/__emulator/faults", { faults: [{ kind: "rain" }] })).status).toBe(400);
});

test("what was made is there after a restart on the same data file", async () => {
  const dir = mkdtempSync(join(tmpdir(), "vms-emulator-"));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  client = await startForTest({ dataFile: join(dir, "state.json") });
  await client.good("POST", "/views/", { path: "/a", policy_id: 1 });
  await client.good("PATCH", "/managers/1/", { password: "another" });
  await client.close();
  client = await startForTest({ dataFile: join(dir, "state.json") });
  expect((await client.call("GET", "/views/1/", undefined, { authorization: basic("admin", "another") })).status).toBe(200);
  expect((await client.call("GET", "/views/1/")).status).toBe(401);
});

test("the same seed and the same calls give the same guids and keys", async () => {
  const seen: unknown[] = [];
  for (let run = 0; run < 2; run += 1) {
    client = await startForTest({ seed: 42 });
    await client.good("POST", "/users/", { name: "ann", local_provider_id: 1 });
    seen.push([(await client.rows("/users/?fields=guid"))[0], await client.good("POST", "/users/1/access_keys/", {})]);
    if (run === 0) await client.close();
  }
  expect(seen[0]).toEqual(seen[1]);
});
