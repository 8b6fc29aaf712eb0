// Sign-in with a device code as a program and a person do it (RFC 8628), by raw requests, also across two
// listeners on one database.
import { createHash } from "node:crypto";
import { decodeJwt } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ATTEMPTS_MAX, DEVICE_CODE_SECONDS, POLL_SECONDS_MIN, readUserCode } from "./device-sign-in.ts";
import { BUILT_IN, TENANT, openIdentityRig } from "./testkit/served-identity.ts";
import type { IdentityRig, Reply, ServedIdentity } from "./testkit/served-identity.ts";

const PROGRAM = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";
const PAGE = "/adfs/oauth2/deviceauth";
const GRANT = "urn:ietf:params:oauth:grant-type:device_code";
let rig: IdentityRig;
let served: ServedIdentity;
let other: ServedIdentity;
let person: { readonly clientId: string; readonly clientSecret: string; readonly principalId: string };

beforeAll(async () => {
  rig = await openIdentityRig();
  served = await rig.serve();
  other = await rig.serve();
  person = await make("ada", "User");
});
afterAll(() => rig.close());

async function make(name: string, kind: "User" | "Application"): Promise<typeof person> {
  const { properties } = (await served.arm("PUT", `/${name}`, { properties: { kind, displayName: `<b>${name}</b>` } })).body as { properties: { principalId: string } };
  return { ...((await served.arm("POST", `/${name}/newSecret`, {})).body as { clientId: string; clientSecret: string }), principalId: properties.principalId };
}

interface Begun {
  readonly device_code: string;
  readonly user_code: string;
}

const begin = async (at = served, path = "/adfs/oauth2/devicecode"): Promise<Begun> => (await at.post(path, { client_id: PROGRAM, scope: `${at.baseUrl}/.default offline_access` })).body as unknown as Begun; // its shape is looked at below
const poll = (code: Begun, at = served): Promise<Reply> => {
  rig.clock.nowMs += POLL_SECONDS_MIN * 1000;
  return at.post("/adfs/oauth2/token", { grant_type: GRANT, client_id: PROGRAM, device_code: code.device_code });
};
const enter = (code: Begun, change: Readonly<Record<string, string>> = {}, at = served): Promise<Reply> =>
  at.post(PAGE, { user_code: code.user_code, client_id: person.clientId, client_secret: person.clientSecret, decision: "sign-in", ...change });

describe("a program that signs in with a device code", () => {
  it("gets a code, waits, and after the person signed in a token of that person", async () => {
    const reply = await served.post("/adfs/oauth2/devicecode", { client_id: PROGRAM, scope: `${served.baseUrl}/.default` });
    const code = reply.body as unknown as Begun;
    expect([reply.status, reply.headers["cache-control"]]).toEqual([200, "no-store"]);
    expect(reply.body).toMatchObject({ verification_uri: `${served.baseUrl}${PAGE}`, expires_in: DEVICE_CODE_SECONDS, interval: POLL_SECONDS_MIN });
    expect(code.user_code).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/);
    expect((await poll(code)).body["error"]).toBe("authorization_pending");
    const page = await served.get(`${PAGE}?user_code=${code.user_code}`);
    expect(page.text).toContain(`value="${code.user_code}"`);
    const done = await enter(code, { user_code: ` ${code.user_code.toLowerCase().replace("-", " ")} ` });
    expect([done.status, done.text.includes("You are signed in"), done.text.includes("&lt;b&gt;ada&lt;/b&gt;")]).toEqual([200, true, true]);
    const token = await poll(code);
    expect(token.body).toMatchObject({ token_type: "Bearer", expires_in: 3600 });
    expect(decodeJwt(String(token.body["access_token"]))).toMatchObject({ oid: person.principalId, idtyp: "user", aud: served.baseUrl });
    expect((await served.arm("GET", "/ada", undefined, String(token.body["access_token"]))).status).toBe(200);
    expect((await poll(code)).body["error"]).toBe("invalid_grant");
    const { rows } = await rig.testStore.pool.query("select principal, resource_id from cynosure.audit where action like '%deviceSignIn%'");
    expect(rows).toEqual([{ principal: person.principalId, resource_id: "/providers/Cynosure.Identity/servicePrincipals/ada" }]);
  });

  it("may begin, sign in and wait each at another control plane of the database, and only one of them hands out the token", async () => {
    const code = await begin(served);
    expect((await enter(code, {}, other)).status).toBe(200);
    rig.clock.nowMs += POLL_SECONDS_MIN * 1000;
    const form = { grant_type: GRANT, client_id: PROGRAM, device_code: code.device_code };
    const replies = await Promise.all([served, other, served, other].map((at) => at.post("/adfs/oauth2/token", form)));
    expect(replies.map((reply) => reply.status).toSorted()).toEqual([200, 400, 400, 400]);
    const second = await begin(served);
    await enter(second, {}, other);
    const token = String((await poll(second, other)).body["access_token"]);
    expect((await other.arm("GET", "/ada", undefined, token)).status).toBe(200);
  });

  it("is told to slow down when it asks too soon", async () => {
    const code = await begin();
    const form = { grant_type: GRANT, client_id: PROGRAM, device_code: code.device_code };
    const errors = [await served.post("/adfs/oauth2/token", form), await other.post("/adfs/oauth2/token", form)].map((reply) => reply.body["error"]);
    expect(errors).toEqual(["authorization_pending", "slow_down"]);
  });

  it("is told when the person refused, and when the time is over", async () => {
    const [refused, late] = [await begin(), await begin()];
    expect((await enter(refused, { decision: "refuse", client_id: "", client_secret: "" })).text).toContain("Refused");
    expect((await poll(refused)).body["error"]).toBe("access_denied");
    rig.clock.nowMs += DEVICE_CODE_SECONDS * 1000;
    expect((await poll(late)).body["error"]).toBe("expired_token");
    expect((await enter(late)).status).toBe(400);
  });

  it("gets nothing for a person who was removed before it asked", async () => {
    const leaver = await make("leaver", "User");
    const code = await begin();
    await enter(code, { client_id: leaver.clientId, client_secret: leaver.clientSecret });
    await served.arm("DELETE", "/leaver");
    expect((await poll(code)).body["error"]).toBe("invalid_grant");
  });

  it("finds the paths where the configuration and the public cloud have them", async () => {
    const { body } = await served.get("/adfs/.well-known/openid-configuration");
    expect(body["device_authorization_endpoint"]).toBe(`${served.baseUrl}/adfs/oauth2/devicecode`);
    expect(body["grant_types_supported"]).toContain(GRANT);
    const code = await begin(served, "/00000000-0000-4000-8000-0000000000aa/oauth2/v2.0/devicecode");
    await enter(code);
    rig.clock.nowMs += POLL_SECONDS_MIN * 1000;
    expect((await served.post("/organizations/oauth2/v2.0/token", { grant_type: "device_code", client_id: PROGRAM, device_code: code.device_code })).status).toBe(200);
  });

  it("that keeps an account of the person is told who it is, by a token that no service accepts", async () => {
    const code = await begin();
    await enter(code);
    rig.clock.nowMs += POLL_SECONDS_MIN * 1000;
    const { body } = await served.post("/adfs/oauth2/token", { grant_type: GRANT, client_id: PROGRAM, device_code: code.device_code, client_info: "1" });
    const idToken = String(body["id_token"]);
    expect(decodeJwt(idToken)).toMatchObject({ aud: PROGRAM, oid: person.principalId, preferred_username: "<b>ada</b>" });
    expect(JSON.parse(Buffer.from(String(body["client_info"]), "base64url").toString("utf8"))).toEqual({ uid: person.principalId, utid: TENANT });
    const refused = await served.arm("GET", "/ada", undefined, idToken);
    expect([refused.status, (refused.body["error"] as { code: string }).code]).toEqual([401, "InvalidAuthenticationToken"]);
  });

  it.each([
    ["no client id", { client_id: "" }, "invalid_request"],
    ["a client id that is no name", { client_id: "<script>" }, "invalid_request"],
    ["no scope", { scope: "" }, "invalid_scope"],
    ["another service's scope", { scope: "https://graph.example/.default" }, "invalid_scope"],
  ])("with %s is refused", async (_what, change, error) => {
    const reply = await served.post("/adfs/oauth2/devicecode", { client_id: PROGRAM, scope: `${served.baseUrl}/.default`, ...change });
    expect([reply.status, reply.body["error"]]).toEqual([400, error]);
  });

  it.each([
    ["another program's code", { client_id: "another" }],
    ["a code nobody made", { device_code: "x".repeat(43) }],
    ["a code that is no text for a database", { device_code: "\u0000" }],
    ["a client id that is none", { client_id: "\u0000" }],
  ])("with %s gets nothing", async (_what, change) => {
    const code = await begin();
    await enter(code);
    const reply = await served.post("/adfs/oauth2/token", { grant_type: GRANT, client_id: PROGRAM, device_code: code.device_code, ...change });
    expect([reply.status, reply.body["error"]]).toEqual([400, "invalid_grant"]);
  });
});

describe("the page for the person", () => {
  it("is HTML under a policy that runs no script, with its only style allowed by digest, and is kept nowhere", async () => {
    const { headers, text } = await served.get(`${PAGE}?user_code=%22%3E%3Cscript%3Ealert(1)%3C/script%3E`);
    const policy = String(headers["content-security-policy"]);
    const style = /<style>([\s\S]*?)<\/style>/.exec(text)?.[1] ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain(`'sha256-${createHash("sha256").update(style).digest("base64")}'`);
    expect(policy).toContain("frame-ancestors 'none'");
    expect([headers["content-type"], headers["cache-control"], headers["x-content-type-options"]]).toEqual(["text/html; charset=utf-8", "no-store", "nosniff"]);
    expect(text).not.toMatch(/<script|style="|onclick|javascript:/i);
    expect(text).toContain("&quot;&gt;&lt;script&gt;");
  });

  it("has the cursor where the person goes on: at what is wrong, else at the first field that is empty", async () => {
    const focused = ({ text }: Reply): readonly string[] => [...text.matchAll(/<input id="(\w+)"[^>]* autofocus/g)].map(([, id]) => id ?? "");
    const code = await begin();
    expect(focused(await served.get(PAGE))).toEqual(["user_code"]);
    expect(focused(await served.get(`${PAGE}?user_code=${code.user_code}`))).toEqual(["client_id"]);
    expect(focused(await enter(code, { client_secret: "wrong" }))).toEqual(["client_secret"]);
    expect(focused(await enter(code, { user_code: "BCDF-GHJK" }))).toEqual(["user_code"]);
  });

  it("asks for all three fields before it is sent, but lets a person refuse without who they are", async () => {
    const { text } = await served.get(PAGE);
    expect(text.match(/<input [^>]* required>/g)).toHaveLength(3);
    expect(text).toMatch(/<button [^>]*value="refuse" formnovalidate>/);
  });

  it("says what is wrong, and never shows the secret again", async () => {
    const program = await make("program", "Application");
    const code = await begin();
    const wrongSecret = await enter(code, { client_secret: "wrong.secret-of-mine" });
    expect([wrongSecret.status, wrongSecret.text.includes("client id or the secret is wrong"), wrongSecret.text.includes("secret-of-mine")]).toEqual([403, true, false]);
    const notAPerson = await enter(code, { client_id: program.clientId, client_secret: program.clientSecret });
    expect([notAPerson.status, notAPerson.text.includes("is a program")]).toEqual([403, true]);
    const builtIn = await enter(code, { client_id: BUILT_IN.clientId, client_secret: BUILT_IN.clientSecret });
    expect(builtIn.status).toBe(403);
    for (const userCode of ["", "BCDF", "BCDF-GHJK", "\u0000".repeat(8), "x".repeat(5_000)]) {
      const wrongCode = await enter(code, { user_code: userCode });
      expect([wrongCode.status, wrongCode.text.includes("There is no such code")]).toEqual([400, true]);
    }
    expect((await poll(code)).body["error"]).toBe("authorization_pending");
  });

  it("takes so many secrets for one code and no more, whichever control plane is asked", async () => {
    const code = await begin();
    for (let count = 0; count < ATTEMPTS_MAX; count += 1) expect((await enter(code, { client_secret: "wrong" }, count % 2 === 0 ? served : other)).status).toBe(403);
    const over = await enter(code);
    expect([over.status, over.text.includes("Start the sign-in again"), over.text.includes("<form")]).toEqual([429, true, false]);
    expect((await poll(code)).body["error"]).toBe("access_denied");
  });

  it("stops looking up codes when too many were wrong within a minute", async () => {
    const attacked = await rig.serve();
    const code = await begin(attacked);
    let status = 0;
    let tried = 0;
    for (; tried < 1_000 && status !== 429; tried += 1) status = (await enter(code, { user_code: "BBBB-BBBB" }, attacked)).status;
    expect([tried, (await enter(code, {}, attacked)).status]).toEqual([301, 429]);
    rig.clock.nowMs += 60_000;
    expect((await enter(code, {}, attacked)).status).toBe(200);
  });

  it("reads a code however it is typed", () => {
    expect(["bcdf-ghjk", " BCDFGHJK ", "b c d f g h j k"].map(readUserCode)).toEqual(["BCDFGHJK", "BCDFGHJK", "BCDFGHJK"]);
    expect(["", "BCDF-GHJ", "BCDF-GHJA", "BCDF-GHJK-L", "BCDFGHJ1"].map(readUserCode)).toEqual([null, null, null, null, null]);
  });
});

describe("codes that wait", () => {
  it("are kept as digests, and only so many of them", async () => {
    const code = await begin();
    const { rows } = await rig.testStore.pool.query<{ row: string }>("select t::text as row from cynosure.device_codes t");
    const dump = rows.map(({ row }) => row).join("\n");
    expect(dump).toContain(createHash("sha256").update(code.device_code).digest("hex"));
    expect(dump).not.toContain(code.device_code);
    await rig.testStore.pool.query("insert into cynosure.device_codes (device_code_sha256, user_code, client_id, audience, expires_at_ms, interval_ms) select 'sha' || i, 'code' || i, 'x', 'y', $1, 5000 from generate_series(1, 1000) i", [rig.clock.nowMs + 1_000]);
    const refused = await served.post("/adfs/oauth2/devicecode", { client_id: PROGRAM, scope: `${served.baseUrl}/.default` });
    expect([refused.status, refused.headers["retry-after"]]).toEqual([429, "2"]);
    rig.clock.nowMs += 1_000;
    expect((await begin()).user_code).toMatch(/-/);
  });
});
