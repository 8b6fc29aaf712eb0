import { afterEach, expect, test } from "vitest";
import { basic, startForTest } from "../testkit.ts";
import type { TestClient } from "../testkit.ts";

let client: TestClient;

afterEach(async () => {
  await client.close();
});

const textAt = (body: unknown, name: string): string => (typeof body === "object" && body !== null && name in body ? String((body as Record<string, unknown>)[name]) : ""); // an object, just looked at

test("Basic, an API token and a JWT sign the same manager in, under every prefix and in both forms of the slash", async () => {
  client = await startForTest();
  const apiToken = textAt(await client.good("POST", "/apitokens/", { name: "ci", owner: "admin" }), "token");
  const jwt = textAt((await client.call("POST", "/api/token/", { username: "admin", password: "123456" }, {})).body, "access");
  for (const authorization of [basic("admin", "123456"), `Api-Token ${apiToken}`, `'Api-Token ${apiToken}`, `Bearer ${jwt}`]) {
    for (const prefix of ["/api", "/api/v1", "/api/v5", "/api/v7", "/api/latest"]) {
      const reply = await client.call("GET", `${prefix}/login`, undefined, { authorization });
      expect(reply.status, `${authorization.slice(0, 12)} ${prefix}`).toBe(200);
      expect(reply.body).toMatchObject({ username: "admin", user_type: "SUPER_ADMIN" });
      expect(reply.headers.get("x-emulated")).toBe("vms");
    }
  }
  expect((await client.call("GET", "/api/v5/login/", undefined, { authorization: "Bearer x.y.z" })).status).toBe(401);
  expect((await client.call("GET", "/api/v5/login/", undefined, {})).status).toBe(401);
});

test("a JWT that is over is answered with 401, and its refresh token gives a new one", async () => {
  let nowMs = Date.parse("2026-01-01T00:00:00Z");
  client = await startForTest({ nowMs: () => nowMs });
  const { body } = await client.call("POST", "/api/token/", { username: "admin", password: "123456" }, {});
  const bearer = { authorization: `Bearer ${textAt(body, "access")}` };
  expect((await client.call("GET", "/views/", undefined, bearer)).status).toBe(200);
  nowMs += 3_601_000;
  expect(await client.call("GET", "/views/", undefined, bearer)).toMatchObject({ status: 401, body: { code: "token_not_valid" } });
  const fresh = await client.call("POST", "/api/token/refresh/", { refresh: textAt(body, "refresh") }, {});
  expect((await client.call("GET", "/views/", undefined, { authorization: `Bearer ${textAt(fresh.body, "access")}` })).status).toBe(200);
});

test("a revoked API token is refused, and a user has so many and no more", async () => {
  client = await startForTest();
  const first = await client.good("POST", "/apitokens/", { name: "one" });
  await client.good("PATCH", `/apitokens/${textAt(first, "id")}/revoke`);
  expect((await client.call("GET", "/login/", undefined, { authorization: `Api-Token ${textAt(first, "token")}` })).status).toBe(401);
  for (let count = 0; count < 5; count += 1) await client.good("POST", "/apitokens/", { name: "more" });
  expect(await client.call("POST", "/apitokens/", { name: "more" })).toMatchObject({ status: 503, body: "Max allowed API tokens reached" });
});

test("a changed password takes the place of the old one", async () => {
  client = await startForTest();
  await client.good("PATCH", "/managers/1/", { password: "another" });
  expect((await client.call("GET", "/login/")).status).toBe(401);
  const reply = await client.call("GET", "/login/", undefined, { authorization: basic("admin", "another") });
  expect(reply.status).toBe(200);
  expect(JSON.stringify(reply.body)).not.toContain("another");
});

test("a manager may do what its role's codenames say, and is refused with permission_denied beyond", async () => {
  client = await startForTest();
  await client.good("POST", "/roles/", { name: "viewer", permissions_list: ["view-logical"] });
  await client.good("POST", "/managers/", { username: "eve", password: "pw", roles: [1], user_type: "TENANT_ADMIN" });
  const eve = { authorization: basic("eve", "pw") };
  expect((await client.call("GET", "/views/", undefined, eve)).status).toBe(200);
  expect(await client.call("POST", "/views/", { path: "/a", policy_id: 1 }, eve)).toMatchObject({ status: 403, body: { code: "permission_denied" } });
});
