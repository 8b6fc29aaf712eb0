// Tokens of issuers that are not ours: each rule of arm-rpc §17 and of the configuration is a test, against
// issuers on the loopback that rotate their keys, lie, and go away.
import { createHmac } from "node:crypto";
import { afterEach, describe, expect, it } from "vitest";
import { AWAY_MS_MIN, KEYS_MS_MAX, UNKNOWN_KEY_MS_MIN } from "./issuer-keys.ts";
import { OTHER_TENANT, OURS, PERSON, TENANT, clock, codeOf, nowSeconds, start, stopAll, trust } from "./testkit/trust-rig.ts";
import { GROUPS_COUNT_MAX, guidOfName } from "./token-principal.ts";
import { VERIFIED_MS_MAX } from "./trusted-issuers.ts";

afterEach(stopAll);

describe("a token of a trusted issuer", () => {
  it.each(["RS256", "PS256", "ES256", "ES384"] as const)("signed with %s is accepted and names its principal", async (algorithm) => {
    const issuer = await start({ algorithm });
    const { verify } = await trust([issuer]);
    const token = await issuer.sign({ oid: PERSON, name: "Ada Lovelace", groups: [OURS.toUpperCase(), "team-a"], idtyp: "user" });
    expect(await verify(token)).toEqual({ id: PERSON, type: "User", displayName: "Ada Lovelace", tenantId: TENANT, groups: [OURS, "team-a"] });
  });

  it("costs one signature and no question while it is known, and is looked at again after a bound", async () => {
    const issuer = await start();
    const { verify } = await trust([issuer]);
    const token = await issuer.sign({ oid: PERSON });
    await verify(token);
    const asked = issuer.askedCount();
    expect(asked).toBe(2);
    await Promise.all(Array.from({ length: 20 }, () => verify(token)));
    expect(issuer.askedCount()).toBe(asked);
    await issuer.rotate({ keepsOld: false });
    clock.nowMs += VERIFIED_MS_MAX;
    await verify(await issuer.sign({ oid: PERSON, jti: "makes the new keys known" }));
    expect(await codeOf(verify(token))).toBe("InvalidAuthenticationToken");
  });

  it("is refused when its algorithm is none, a shared secret, or another than the key's", async () => {
    const issuer = await start({ algorithm: "RS256" });
    const { verify } = await trust([issuer]);
    const [, claims = ""] = (await issuer.sign({ oid: PERSON })).split(".");
    const headerOf = (alg: string): string => Buffer.from(JSON.stringify({ alg, typ: "JWT", kid: issuer.kid })).toString("base64url");
    const publicPem = issuer.publicKey.export({ type: "spki", format: "pem" });
    const hmac = createHmac("sha256", publicPem).update(`${headerOf("HS256")}.${claims}`).digest("base64url");
    for (const token of [`${headerOf("none")}.${claims}.`, `${headerOf("HS256")}.${claims}.${hmac}`, `${headerOf("RS1")}.${claims}.AAAA`]) expect(await codeOf(verify(token))).toBe("InvalidAuthenticationToken");
    expect(issuer.askedCount()).toBe(0);
    const [header = "", body = "", signature = ""] = (await issuer.sign({ oid: PERSON })).split(".");
    expect(await codeOf(verify(`${headerOf("ES256")}.${body}.${signature}`))).toBe("InvalidAuthenticationToken");
    expect(await codeOf(verify(`${header}.${body}.${signature}`))).toBe("accepted");
  });

  it.each([
    ["another audience", { aud: "https://another.example" }, "InvalidAuthenticationToken"],
    ["no audience", { aud: undefined }, "InvalidAuthenticationToken"],
    ["one of several audiences ours", { aud: ["https://another.example", "HTTPS://cynosure.example"] }, "accepted"],
    ["an audience that is no text", { aud: {} }, "InvalidAuthenticationToken"],
    ["a subject that is no text", { sub: [] }, "InvalidAuthenticationToken"],
    ["no expiry", { exp: undefined }, "InvalidAuthenticationToken"],
    ["an issuer with a slash more", { iss: "+/" }, "InvalidAuthenticationToken"],
    ["an issuer nobody trusts", { iss: "https://evil.example" }, "InvalidAuthenticationToken"],
    ["no issuer", { iss: undefined }, "InvalidAuthenticationToken"],
    ["another tenant", { tid: OTHER_TENANT }, "InvalidAuthenticationTokenTenant"],
    ["its own tenant", { tid: TENANT.toUpperCase() }, "accepted"],
    ["neither object id nor subject", { sub: undefined }, "InvalidAuthenticationToken"],
    ["a nonce, which only id tokens have", { nonce: "n" }, "InvalidAuthenticationToken"],
    ["the claim type of an id token", { typ: "ID" }, "InvalidAuthenticationToken"],
    ["the claim type of an access token", { typ: "Bearer" }, "accepted"],
    ["groups that are no list", { groups: "admins" }, "InvalidAuthenticationToken"],
    ["groups that are no texts", { groups: [1] }, "InvalidAuthenticationToken"],
    ["as many groups as there may be", { groups: Array.from({ length: GROUPS_COUNT_MAX }, (_, i) => `g${i}`) }, "accepted"],
    ["more groups than there may be", { groups: Array.from({ length: GROUPS_COUNT_MAX + 1 }, (_, i) => `g${i}`) }, "InvalidAuthenticationToken"],
    ["groups that are to be asked for elsewhere", { _claim_names: { groups: "src1" } }, "InvalidAuthenticationToken"],
    ["the object id of a principal of ours", { oid: OURS }, "InvalidAuthenticationToken"],
  ])("with %s", async (_what, claims: Record<string, unknown>, code) => {
    const issuer = await start();
    const { verify } = await trust([issuer]);
    const given = claims["iss"] === "+/" ? { ...claims, iss: `${issuer.issuer}/` } : claims;
    expect(await codeOf(verify(await issuer.sign(given)))).toBe(code);
  });

  it.each(["id_token", "logout+jwt", "dpop+jwt"])("of the header type %s is refused", async (typ) => {
    const issuer = await start();
    const { verify } = await trust([issuer]);
    expect(await codeOf(verify(await issuer.sign({}, { typ })))).toBe("InvalidAuthenticationToken");
    expect(await codeOf(verify(await issuer.sign({}, { typ: "at+jwt" })))).toBe("accepted");
  });

  it("counts as expired, or as not yet valid, only beyond the clock skew that is set", async () => {
    const issuer = await start();
    const { verify } = await trust([issuer], { clockSkewSeconds: 100 });
    const now = nowSeconds();
    expect(await codeOf(verify(await issuer.sign({ exp: now - 99 })))).toBe("accepted");
    expect(await codeOf(verify(await issuer.sign({ exp: now - 101 })))).toBe("ExpiredAuthenticationToken");
    expect(await codeOf(verify(await issuer.sign({ nbf: now + 99 })))).toBe("accepted");
    expect(await codeOf(verify(await issuer.sign({ nbf: now + 101 })))).toBe("InvalidAuthenticationToken");
  });

  it("ends with its time also when it is known", async () => {
    const issuer = await start();
    const { verify } = await trust([issuer], { clockSkewSeconds: 0 });
    const token = await issuer.sign({ exp: nowSeconds() + 10 });
    await verify(token);
    clock.nowMs += 10_000;
    expect(await codeOf(verify(token))).toBe("ExpiredAuthenticationToken");
  });

  it("without an object id is told apart from the same subject of another issuer, and stays the same principal", async () => {
    const [one, two] = [await start(), await start()];
    const { verify } = await trust([one, two]);
    const first = await verify(await one.sign({ sub: "ada" }));
    expect(await verify(await one.sign({ sub: "ada", jti: "another token" }))).toMatchObject({ id: first.id });
    const other = await verify(await two.sign({ sub: "ada" }));
    expect(other.id).not.toBe(first.id);
    expect(first.id).toBe(guidOfName(`${one.issuer}\nada`));
    expect(first.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect((await verify(await one.sign({ oid: "not-a-guid", sub: "ada" }))).id).toBe(first.id);
  });

  it("names its principal by the claims that are configured, cleaned and bounded", async () => {
    const issuer = await start();
    const { verify } = await trust([{ of: issuer, more: { claims: { objectId: "uid", displayName: "nick", groups: "teams" } } }]);
    const principal = await verify(await issuer.sign({ uid: PERSON, name: "not this", nick: `a\u0000\n\u202e${"b".repeat(500)}`, teams: ["t"], client_id: "subject-1" }));
    expect(principal).toEqual({ id: PERSON, type: "Application", displayName: `a ${"b".repeat(198)}`, tenantId: TENANT, groups: ["t"] });
  });
});

describe("issuers", () => {
  it("side by side are asked each for its own, and a token of one signed by the other is refused", async () => {
    const [one, two] = [await start(), await start({ algorithm: "RS256" })];
    const { verify, ours } = await trust([one, two]);
    expect(await verify(await ours())).toMatchObject({ id: OURS });
    expect(await codeOf(verify(await one.sign()))).toBe("accepted");
    expect(await codeOf(verify(await two.sign()))).toBe("accepted");
    expect(await codeOf(verify(await one.sign({ iss: two.issuer })))).toBe("InvalidAuthenticationToken");
  });

  it("that stand for another tenant sign in nobody here", async () => {
    const issuer = await start();
    const { verify } = await trust([{ of: issuer, more: { tenantId: OTHER_TENANT } }]);
    expect(await codeOf(verify(await issuer.sign()))).toBe("InvalidAuthenticationTokenTenant");
  });

  it("made from a template must name the tenant in the token, and may name the template in their discovery document", async () => {
    const issuer = await start({ path: `/${OTHER_TENANT}/v2.0` });
    const template = issuer.issuer.replace(OTHER_TENANT, "{tenantid}");
    issuer.lies["issuer"] = template;
    const { verify } = await trust([{ of: issuer, more: { issuer: template, tokenTenantId: OTHER_TENANT } }]);
    expect(await codeOf(verify(await issuer.sign({ tid: OTHER_TENANT })))).toBe("accepted");
    expect(await codeOf(verify(await issuer.sign({ tid: TENANT })))).toBe("InvalidAuthenticationTokenTenant");
    expect(await codeOf(verify(await issuer.sign()))).toBe("InvalidAuthenticationTokenTenant");
  });

  it("may rotate their keys at any time: a key nobody knows is asked for, but at most once a minute", async () => {
    const issuer = await start();
    const { verify } = await trust([issuer]);
    await verify(await issuer.sign());
    await issuer.rotate();
    expect(await codeOf(verify(await issuer.sign({ jti: "2" })))).toBe("accepted");
    const asked = issuer.askedCount();
    await issuer.rotate();
    const early = await issuer.sign({ jti: "3" });
    for (let count = 0; count < 5; count += 1) expect(await codeOf(verify(early))).toBe("InvalidAuthenticationToken");
    expect(issuer.askedCount()).toBe(asked);
    clock.nowMs += UNKNOWN_KEY_MS_MIN;
    expect((await Promise.all(Array.from({ length: 5 }, () => codeOf(verify(early)))))).toEqual(Array.from({ length: 5 }, () => "accepted"));
    expect(issuer.askedCount()).toBe(asked + 2);
  });

  it.each(["error", "huge", "notJson", "redirect"] as const)("that answer badly (%s) are away: others and the start are not disturbed, and they come back", async (mode) => {
    const [away, good] = [await start(), await start()];
    away.mode = mode;
    const { verify, ours, troubles } = await trust([away, good]);
    expect(await codeOf(verify(await away.sign()))).toBe("ServiceUnavailable");
    const asked = away.askedCount();
    expect(await codeOf(verify(await away.sign({ jti: "again" })))).toBe("ServiceUnavailable");
    expect(away.askedCount()).toBe(asked);
    expect(await codeOf(verify(await good.sign()))).toBe("accepted");
    expect(await codeOf(verify(await ours()))).toBe("accepted");
    expect(troubles).toEqual([`keys of the issuer ${away.issuer}`]);
    away.mode = "good";
    clock.nowMs += AWAY_MS_MIN;
    expect(await codeOf(verify(await away.sign()))).toBe("accepted");
  });

  it("that never finish an answer are away after a bound, while others answer at once", async () => {
    const [slow, good] = [await start(), await start()];
    slow.mode = "slow";
    const { verify } = await trust([slow, good]);
    const waiting = codeOf(verify(await slow.sign()));
    expect(await codeOf(verify(await good.sign()))).toBe("accepted");
    expect(await waiting).toBe("ServiceUnavailable");
  }, 15_000);

  it("that go away keep signing in with the keys they published, for a bounded time", async () => {
    const issuer = await start();
    const { verify } = await trust([issuer]);
    await verify(await issuer.sign());
    issuer.mode = "error";
    clock.nowMs += KEYS_MS_MAX - 1;
    expect(await codeOf(verify(await issuer.sign()))).toBe("accepted");
    clock.nowMs += 2 + AWAY_MS_MIN;
    expect(await codeOf(verify(await issuer.sign()))).toBe("ServiceUnavailable");
  });

  it.each([
    ["are another issuer", { issuer: "https://evil.example" }],
    ["have keys that come unprotected", { jwks_uri: "http://keys.example/jwks" }],
    ["have no keys", { jwks_uri: 7 }],
  ])("whose discovery document says they %s are not believed", async (_what, lies) => {
    const issuer = await start();
    Object.assign(issuer.lies, lies);
    const { verify } = await trust([issuer]);
    expect(await codeOf(verify(await issuer.sign()))).toBe("ServiceUnavailable");
  });

  it("whose certificate nobody vouches for are not believed", async () => {
    const [issuer, stranger] = [await start(), await start()];
    const { verify } = await trust([{ of: { ...issuer, caPem: stranger.caPem }, more: {} }]);
    expect(await codeOf(verify(await issuer.sign()))).toBe("ServiceUnavailable");
  });
});
