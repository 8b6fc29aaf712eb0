// Signing in to the portal as a browser does it, by raw requests, also across two listeners on one database: one
// code, one session, no way in for another site, and the same principal as the token's.
import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BUILT_IN, TENANT, openIdentityRig } from "../testkit/served-identity.ts";
import type { IdentityRig, Reply, ServedIdentity } from "../testkit/served-identity.ts";
import { LIVENESS_MS_MAX } from "../principal-liveness.ts";
import { CODES_COUNT_MAX, CODE_MS_MAX, IDLE_MS_MAX, SESSIONS_COUNT_MAX, SESSION_MS_MAX } from "./portal-sessions.ts";

const PRINCIPALS = "/providers/Cynosure.Identity/servicePrincipals?api-version=2026-12-01";
const COOKIE = "__Host-cynosure-session";
const JSON_TYPE = { "content-type": "application/json" };
let rig: IdentityRig;
let served: ServedIdentity;
let other: ServedIdentity;

beforeAll(async () => {
  rig = await openIdentityRig();
  served = await rig.serve();
  other = await rig.serve();
});
afterAll(() => rig.close());

const tokenOf = async (clientId: string, clientSecret: string, at = served): Promise<string> => String((await at.signIn(clientId, clientSecret)).body["access_token"]);

/** As the installation's own principal, with a token of the moment: tests here let hours pass. */
const arm = async (method: string, path: string, body?: unknown): Promise<Reply> => served.arm(method, path, body, await tokenOf(BUILT_IN.clientId, BUILT_IN.clientSecret));

interface Person {
  readonly name: string;
  readonly principalId: string;
  readonly token: string;
}

async function make(name: string): Promise<Person> {
  const { properties } = (await arm("PUT", `/${name}`, { properties: { kind: "User", displayName: name.toUpperCase() } })).body as { properties: { principalId: string } };
  const { clientId, clientSecret } = (await arm("POST", `/${name}/newSecret`, {})).body as { clientId: string; clientSecret: string };
  return { name, principalId: properties.principalId, token: await tokenOf(clientId, clientSecret) };
}

const mint = async (token: string, at = served): Promise<Reply> => at.send("POST", "/portal/codes", { authorization: `Bearer ${token}` });
const codeOf = ({ body }: Reply): string => String(body["url"]).split("#code=")[1] ?? "";
const redeem = (code: string, headers: Readonly<Record<string, string>> = {}, at = served): Promise<Reply> => at.send("POST", "/portal/session", { ...JSON_TYPE, ...headers }, JSON.stringify({ code }));
const cookieOf = ({ headers }: Reply): string => (headers["set-cookie"]?.[0] ?? "").split(";", 1)[0] ?? "";
/** As the portal's own page asks. */
const asPage = (cookie: string, at = served): Readonly<Record<string, string>> => ({ cookie, "x-cynosure-portal": "1", "sec-fetch-site": "same-origin", origin: at.baseUrl });
const errorOf = ({ status, body }: Reply): readonly unknown[] => [status, (body["error"] as { code: string } | undefined)?.code];
const ask = (headers: Readonly<Record<string, string>>, at = served): Promise<Reply> => at.send("GET", PRINCIPALS, headers);
const signInAs = async (person: Pick<Person, "token">): Promise<string> => cookieOf(await redeem(codeOf(await mint(person.token))));

describe("a code for the portal", () => {
  it("is in the fragment of a URL, for whoever holds a token, and nobody else gets one", async () => {
    const reply = await mint((await make("ada")).token);
    expect([reply.status, reply.headers["cache-control"]]).toEqual([200, "no-store"]);
    expect(reply.body["url"]).toMatch(new RegExp(`^${served.baseUrl}/portal/sign-in#code=[\\w-]{43}$`));
    expect(reply.body["expiresAt"]).toBe(new Date(rig.clock.nowMs + CODE_MS_MAX).toISOString());
    expect(errorOf(await served.send("POST", "/portal/codes", {}))).toEqual([401, "AuthenticationFailed"]);
    expect(errorOf(await mint("nonsense"))).toEqual([401, "InvalidAuthenticationToken"]);
  });

  it("opens one session, also when many come at once to two control planes", async () => {
    const code = codeOf(await mint((await make("race")).token));
    const replies = await Promise.all([served, other, served, other].map((at) => redeem(code, {}, at)));
    expect(replies.map(({ status }) => status).toSorted()).toEqual([204, 401, 401, 401]);
    expect(errorOf(await redeem(code))).toEqual([401, "InvalidAuthenticationToken"]);
  });

  it("made at one control plane opens a session at another, and the session is known at both", async () => {
    const opened = await redeem(codeOf(await mint((await make("both")).token)), {}, other);
    for (const at of [served, other]) expect((await ask(asPage(cookieOf(opened), at), at)).status).toBe(200);
  });

  it("is over after five minutes", async () => {
    const code = codeOf(await mint((await make("late")).token));
    rig.clock.nowMs += CODE_MS_MAX;
    expect(errorOf(await redeem(code))).toEqual([401, "InvalidAuthenticationToken"]);
  });

  it.each([["none", {}], ["a short one", { code: "abc" }], ["no text", { code: 1 }], ["a sign that no code has", { code: `${"x".repeat(42)}!` }], ["a list", [1]]])("with %s is refused by name", async (_what, body) => {
    const reply = await served.send("POST", "/portal/session", JSON_TYPE, JSON.stringify(body));
    expect([reply.status, (reply.body["error"] as { target: string }).target]).toEqual([400, "code"]);
  });

  it("is not made by a session, which would live for ever", async () => {
    const cookie = await signInAs(await make("endless"));
    expect(errorOf(await served.send("POST", "/portal/codes", asPage(cookie)))).toEqual([403, "AuthorizationFailed"]);
  });

  it("and a session's secret are kept as digests, and neither is in a log", async () => {
    const { token } = await make("digest");
    const [spent, waiting] = [codeOf(await mint(token)), codeOf(await mint(token))];
    const secret = cookieOf(await redeem(spent)).slice(COOKIE.length + 1);
    await ask(asPage(`${COOKIE}=${secret}`));
    const { rows } = await rig.testStore.pool.query<{ row: string }>("select t::text as row from cynosure.portal_codes t union all select t::text from cynosure.portal_sessions t union all select t::text from cynosure.audit t");
    const kept = rows.map(({ row }) => row).join("\n") + JSON.stringify(served.logged);
    expect([kept.includes(createHash("sha256").update(waiting).digest("hex")), kept.includes(createHash("sha256").update(secret).digest("hex"))]).toEqual([true, true]);
    for (const clear of [spent, waiting, secret]) expect(kept).not.toContain(clear);
  });

  it("beyond so many of one principal ends the oldest", async () => {
    const { token } = await make("many-codes");
    const first = codeOf(await mint(token));
    for (let at = 0; at < CODES_COUNT_MAX; at += 1) await mint(token);
    expect((await redeem(first)).status).toBe(401);
  });
});

describe("a session", () => {
  it("is a cookie of this host alone, over TLS alone, for no script and no other site", async () => {
    const reply = await redeem(codeOf(await mint((await make("flags")).token)));
    expect([reply.status, reply.text, reply.headers["cache-control"]]).toEqual([204, "", "no-store"]);
    expect(reply.headers["set-cookie"]).toHaveLength(1);
    const [pair, ...flags] = (reply.headers["set-cookie"]?.[0] ?? "").split("; ");
    expect(pair).toMatch(/^__Host-cynosure-session=[\w-]{43}$/);
    expect(flags.toSorted()).toEqual(["HttpOnly", "Path=/", "SameSite=Strict", "Secure"]);
  });

  it("stands for the principal of the token that made its code, in answers, rights, audit and logs", async () => {
    const person = await make("same");
    const cookie = await signInAs(person);
    const reply = await served.send("GET", "/portal/session", asPage(cookie));
    expect(reply.body).toEqual({ principal: { id: person.principalId, displayName: "SAME", type: "User", tenantId: TENANT }, subscriptionId: "subscription", location: "local", expiresAt: new Date(rig.clock.nowMs + SESSION_MS_MAX).toISOString() });
    await served.send("PUT", PRINCIPALS.replace("?", "/by-cookie?"), { ...asPage(cookie), ...JSON_TYPE }, JSON.stringify({ properties: {} }));
    const { rows } = await rig.testStore.pool.query("select action, resource_id from cynosure.audit where principal = $1 order by seq", [person.principalId]);
    expect(rows).toEqual([
      { action: "Cynosure.Identity/servicePrincipals/newPortalCode/action", resource_id: "/providers/Cynosure.Identity/servicePrincipals/same" },
      { action: "Cynosure.Identity/servicePrincipals/portalSignIn/action", resource_id: "/providers/Cynosure.Identity/servicePrincipals/same" },
      { action: "Cynosure.Identity/servicePrincipals/write", resource_id: "/providers/Cynosure.Identity/servicePrincipals/by-cookie" },
    ]);
    expect(served.logged.at(-1)).toMatchObject({ method: "PUT", principalId: person.principalId });
    expect((await served.send("GET", "/portal/session", asPage(await signInAs({ token: await tokenOf(BUILT_IN.clientId, BUILT_IN.clientSecret) })))).body).toMatchObject({ principal: { id: BUILT_IN.clientId, type: "Application" } });
  });

  it("has the rights its principal has at the moment of each request", async () => {
    const person = await make("demoted");
    const cookie = await signInAs(person);
    expect((await ask(asPage(cookie))).status).toBe(200);
    served.forbidden.add(person.principalId);
    expect(errorOf(await ask(asPage(cookie)))).toEqual([403, "AuthorizationFailed"]);
    served.forbidden.delete(person.principalId);
    expect((await ask(asPage(cookie))).status).toBe(200);
  });

  it("gives way to a bearer token, and a wrong token is not made good by a cookie", async () => {
    const cookie = await signInAs(await make("loser"));
    const bearer = { authorization: `Bearer ${await tokenOf(BUILT_IN.clientId, BUILT_IN.clientSecret)}` };
    await ask({ cookie, ...bearer });
    expect(served.logged.at(-1)).toMatchObject({ status: 200, principalId: BUILT_IN.clientId });
    expect(errorOf(await ask({ ...asPage(cookie), authorization: "Bearer nonsense" }))).toEqual([401, "InvalidAuthenticationToken"]);
    expect(errorOf(await served.send("GET", "/portal/session", bearer))).toEqual([401, "AuthenticationFailed"]);
  });

  it("ends when it is signed out, at each control plane at once, and the browser forgets it", async () => {
    const cookie = await signInAs(await make("leaver"));
    const reply = await served.send("DELETE", "/portal/session", asPage(cookie));
    expect([reply.status, reply.headers["set-cookie"]]).toEqual([204, [`${COOKIE}=; Max-Age=0; HttpOnly; Secure; SameSite=Strict; Path=/`]]);
    for (const at of [served, other]) expect(errorOf(await ask(asPage(cookie, at), at))).toEqual([401, "InvalidAuthenticationToken"]);
    expect((await served.send("DELETE", "/portal/session", asPage(cookie))).status).toBe(204);
    expect((await served.send("DELETE", "/portal/session", { "x-cynosure-portal": "1" })).status).toBe(204);
  });

  it("ends eight hours after it began, however it is used, and one hour after its last use", async () => {
    const [used, idle] = [await signInAs(await make("used")), await signInAs(await make("idle"))];
    const begunMs = rig.clock.nowMs;
    rig.clock.nowMs += IDLE_MS_MAX - 1;
    expect((await ask(asPage(used))).status).toBe(200);
    rig.clock.nowMs += 1;
    expect(errorOf(await ask(asPage(idle)))).toEqual([401, "ExpiredAuthenticationToken"]);
    for (; rig.clock.nowMs - begunMs < SESSION_MS_MAX; rig.clock.nowMs += IDLE_MS_MAX / 2) expect((await ask(asPage(used))).status).toBe(200);
    expect(errorOf(await ask(asPage(used)))).toEqual([401, "ExpiredAuthenticationToken"]);
  });

  it("ends with its principal, as tokens do", async () => {
    const cookie = await signInAs(await make("removed"));
    await arm("DELETE", "/removed");
    rig.clock.nowMs += LIVENESS_MS_MAX;
    expect(errorOf(await ask(asPage(cookie)))).toEqual([401, "InvalidAuthenticationToken"]);
  });

  it("beyond so many of one principal ends the oldest", async () => {
    const person = await make("many");
    const first = await signInAs(person);
    for (let at = 0; at < SESSIONS_COUNT_MAX; at += 1) await signInAs(person);
    expect(errorOf(await ask(asPage(first)))).toEqual([401, "InvalidAuthenticationToken"]);
  });
});

describe("another site", () => {
  let cookie: string;
  beforeAll(async () => {
    cookie = await signInAs(await make("victim"));
  });

  it.each([
    ["without the portal's header", {}],
    ["with the header saying something else", { "x-cynosure-portal": "0" }],
    ["from another origin", { "x-cynosure-portal": "1", origin: "https://evil.example" }],
    ["from another port of this machine", { "x-cynosure-portal": "1", origin: "https://127.0.0.1:1" }],
    ["from no origin that it says", { "x-cynosure-portal": "1", origin: "null" }],
    ["from the same site only, by the browser's own word", { "x-cynosure-portal": "1", "sec-fetch-site": "same-site" }],
    ["from elsewhere, by the browser's own word", { "x-cynosure-portal": "1", "sec-fetch-site": "cross-site" }],
    ["as an event stream from elsewhere", { accept: "text/event-stream", "sec-fetch-site": "cross-site" }],
    ["as an event stream of a client that does not say where it is", { accept: "text/event-stream" }],
    ["as a page of its own", { accept: "text/html", "sec-fetch-site": "same-origin" }],
  ])("gets nothing by the cookie %s, neither to read nor to write nor to sign out", async (_what, headers) => {
    expect(errorOf(await ask({ cookie, ...headers }))).toEqual([403, "AuthorizationFailed"]);
    expect(errorOf(await served.send("PUT", PRINCIPALS.replace("?", "/forged?"), { ...JSON_TYPE, cookie, ...headers }, JSON.stringify({ properties: {} })))).toEqual([403, "AuthorizationFailed"]);
    expect(errorOf(await served.send("DELETE", "/portal/session", { cookie, ...headers }))).toEqual([403, "AuthorizationFailed"]);
    expect((await arm("GET", "/forged")).status).toBe(404);
  });

  it("cannot sign a browser in as somebody of its own", async () => {
    const code = codeOf(await mint((await make("attacker")).token));
    for (const headers of [{ origin: "https://evil.example" }, { "sec-fetch-site": "cross-site" }]) expect(errorOf(await redeem(code, headers))).toEqual([403, "AuthorizationFailed"]);
    // A form cannot send JSON.
    expect((await served.send("POST", "/portal/session", { "content-type": "text/plain" }, JSON.stringify({ code }))).status).toBe(415);
    expect((await redeem(code, { origin: served.baseUrl, "sec-fetch-site": "same-origin" })).status).toBe(204);
  });

  it("is never told that it may ask: a preflight gets no permission", async () => {
    const reply = await served.send("OPTIONS", PRINCIPALS, { cookie, origin: "https://evil.example", "access-control-request-method": "PUT", "access-control-request-headers": "x-cynosure-portal" });
    expect([reply.status >= 400, Object.keys(reply.headers).filter((name) => name.startsWith("access-control"))]).toEqual([true, []]);
  });

  it("is told apart from the portal's own event stream, which carries no headers of its own", async () => {
    expect((await ask({ cookie, accept: "text/event-stream", "sec-fetch-site": "same-origin" })).status).toBe(200);
    expect(errorOf(await served.send("PUT", PRINCIPALS.replace("?", "/forged?"), { ...JSON_TYPE, cookie, accept: "text/event-stream", "sec-fetch-site": "same-origin" }, JSON.stringify({ properties: {} })))).toEqual([403, "AuthorizationFailed"]);
  });

  it("that has a cookie of another form has none", async () => {
    for (const wrong of ["", "short", `${"x".repeat(43)}!`, `"${"x".repeat(43)}"`]) expect(errorOf(await ask(asPage(`${COOKIE}=${wrong}`)))).toEqual([401, "AuthenticationFailed"]);
    expect(errorOf(await ask(asPage(`other=1; ${COOKIE}=${"x".repeat(43)}; more=2`)))).toEqual([401, "InvalidAuthenticationToken"]);
  });
});
