// H11 and tokens of the trusted issuer: signature, issuer, audience, times and keys that change; never logged.
import { generateKeyPair, exportJWK, SignJWT } from "jose";
import type { CryptoKey, JWK } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clusterBody } from "@cynosure/resource-providers/testkit";
import { serveProvider } from "./testkit/index.ts";
import type { ServedProvider } from "./testkit/index.ts";

const ISSUER = "https://issuer.test/v1";
const AUDIENCE = "https://provider.test/";
const NOW_SECONDS = Date.parse("2026-12-01T00:00:00Z") / 1000;
const PATH = "/subscriptions/10000000-0000-4000-8000-0000000000ff/resourceGroups/g/providers/Cynosure.Storage/clusters";
const VERSION = "?api-version=2026-12-01";

interface Key {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
}
async function makeKey(kid: string): Promise<Key> {
  const { privateKey, publicKey } = await generateKeyPair("RS256");
  return { kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: "RS256", use: "sig" } };
}
interface Wish {
  readonly key?: Key;
  readonly issuer?: string;
  readonly audience?: string;
  readonly fromSeconds?: number;
  readonly forSeconds?: number;
  readonly claims?: Readonly<Record<string, unknown>>;
}
let key: Key;
let newKey: Key;
const sign = (wish: Wish = {}): Promise<string> => {
  const { key: by = key, issuer = ISSUER, audience = AUDIENCE, fromSeconds = 0, forSeconds = 600, claims = { oid: "u-1", tid: "t-1", upn: "ada@contoso.test", idtyp: "user" } } = wish;
  return new SignJWT({ ...claims }).setProtectedHeader({ alg: "RS256", kid: by.kid }).setIssuer(issuer).setAudience(audience).setNotBefore(NOW_SECONDS + fromSeconds).setExpirationTime(NOW_SECONDS + fromSeconds + forSeconds).sign(by.privateKey);
};

let keys: unknown;
let askedFor: string[];
let served: ServedProvider;
const get = (headers: Readonly<Record<string, string>>) => served.send("GET", `${PATH}/nowhere${VERSION}`, undefined, headers, null);
const statusAndCode = async (headers: Readonly<Record<string, string>>) => {
  const { status, body } = await get(headers);
  return [status, body.error?.code];
};
const LET_IN = [404, "ResourceNotFound"];

beforeAll(async () => {
  [key, newKey] = await Promise.all([makeKey("k1"), makeKey("k2")]);
  keys = { keys: [key.jwk] };
  askedFor = [];
  served = await serveProvider({
    clientCertificates: null,
    signedTokens: { issuer: ISSUER, audiences: [AUDIENCE], keysUrl: null, caFile: null },
    document: (url) => {
      askedFor.push(url);
      return url.endsWith("openid-configuration") ? { jwks_uri: "https://issuer.test/keys" } : keys;
    },
  });
});
afterAll(() => served.close());

describe("a token of the trusted issuer", () => {
  it("H11: keys are found through the issuer's own configuration", () => {
    expect(askedFor).toEqual([`${ISSUER}/.well-known/openid-configuration`, "https://issuer.test/keys"]);
  });

  it("H11: lets ARM in as bearer or as the signed user token, and nobody without one", async () => {
    expect(await statusAndCode({ authorization: `Bearer ${await sign()}` })).toEqual(LET_IN);
    expect(await statusAndCode({ "x-ms-arm-signed-user-token": await sign() })).toEqual(LET_IN);
    const { status, body, headers } = await get({ "x-ms-client-object-id": "o-1" });
    expect([status, body.error?.code, headers["www-authenticate"]]).toEqual([401, "AuthenticationFailed", expect.stringContaining(`authorization_uri="${ISSUER}"`)]);
  });

  it.each<[string, (() => Promise<Wish>) | (() => Wish), string]>([
    ["another issuer", () => ({ issuer: "https://issuer.test/v2" }), "InvalidAuthenticationToken"],
    ["another audience", () => ({ audience: "https://management.azure.com/" }), "InvalidAuthenticationToken"],
    ["an end in the past", () => ({ fromSeconds: -3600 }), "ExpiredAuthenticationToken"],
    ["a beginning in the future", () => ({ fromSeconds: 3600 }), "InvalidAuthenticationToken"],
    ["somebody else's signature under a known key id", async () => ({ key: { ...(await makeKey("k1")) } }), "InvalidAuthenticationToken"],
  ])("H11: with %s is refused wherever it stands", async (_name, wish, code) => {
    const token = await sign(await wish());
    for (const headers of [{ authorization: `Bearer ${token}` }, { "x-ms-arm-signed-user-token": token }, { authorization: `Bearer ${await sign()}`, "x-ms-arm-signed-user-token": token }]) {
      expect(await statusAndCode(headers)).toEqual([401, code]);
    }
  });

  it("H11: unsigned or not a token at all is refused", async () => {
    const [, payload = ""] = (await sign()).split(".");
    const none = `${Buffer.from('{"alg":"none"}').toString("base64url")}.${payload}.`;
    for (const token of [none, "a.b.c", "x", "y".repeat(20_000)]) expect(await statusAndCode({ "x-ms-arm-signed-user-token": token })).toEqual([401, "InvalidAuthenticationToken"]);
  });

  it("H11: a clock that differs by less than a minute does not matter", async () => {
    expect(await statusAndCode({ authorization: `Bearer ${await sign({ fromSeconds: 30 })}` })).toEqual(LET_IN);
    expect(await statusAndCode({ authorization: `Bearer ${await sign({ fromSeconds: -630 })}` })).toEqual(LET_IN);
  });

  it("H11: its claims name the caller, after first-party headers and before nobody", async () => {
    const put = async (name: string, headers: Readonly<Record<string, string>>) => (await served.send("PUT", `${PATH}/${name}${VERSION}`, clusterBody(), headers, null)).body["systemData"];
    const door = `Bearer ${await sign({ claims: { oid: "door", appid: "arm", idtyp: "app" } })}`;
    const user = await sign();
    expect(await put("by-user", { authorization: door, "x-ms-arm-signed-user-token": user })).toMatchObject({ createdBy: "ada@contoso.test", createdByType: "User" });
    expect(await put("by-door", { authorization: door })).toMatchObject({ createdBy: "arm", createdByType: "Application" });
    expect(await put("by-header", { authorization: door, "x-ms-arm-signed-user-token": user, "x-ms-client-app-id": "app-7", "x-ms-client-object-id": "o-7" })).toMatchObject({ createdBy: "app-7" });
  });

  it("H11: a claim that no database takes names nobody", async () => {
    const odd = await sign({ claims: { oid: "u\u0000-1", upn: "a\ud800", appid: "app-9" } });
    const answer = await served.send("PUT", `${PATH}/oddly-named${VERSION}`, clusterBody(), { "x-ms-arm-signed-user-token": odd }, null);
    expect([answer.status, answer.body["systemData"]]).toEqual([201, expect.objectContaining({ createdBy: "app-9" })]);
  });

  it("H11: a key that is new is asked for, at most once a minute", async () => {
    keys = { keys: [newKey.jwk] };
    const before = askedFor.length;
    const token = { authorization: `Bearer ${await sign({ key: newKey, forSeconds: 7200 })}` };
    expect(await statusAndCode(token)).toEqual([401, "InvalidAuthenticationToken"]); // the keys were read less than a minute ago
    served.world.clock.nowMs += 60_000;
    expect(await statusAndCode(token)).toEqual(LET_IN);
    const asked = askedFor.length - before;
    expect(await statusAndCode({ authorization: `Bearer ${await sign({ key: await makeKey("k3"), forSeconds: 7200 })}` })).toEqual([401, "InvalidAuthenticationToken"]);
    expect([asked, askedFor.length - before]).toEqual([2, 2]);
    served.world.clock.nowMs -= 60_000;
  });

  it("H11: no token reaches the log", async () => {
    const token = await sign({ key: newKey });
    await get({ authorization: `Bearer ${token}`, "x-ms-arm-signed-user-token": token });
    expect(served.log.length).toBeGreaterThan(10);
    expect(JSON.stringify(served.log)).not.toContain(token.slice(0, 40));
  });
});

describe("a client certificate and a signed user token together", () => {
  it("H11: the certificate lets ARM in, the token names its caller, and a bad token is 401 and not 403", async () => {
    const both = await serveProvider({ signedTokens: { issuer: ISSUER, audiences: [AUDIENCE], keysUrl: "https://issuer.test/keys", caFile: null }, document: (url) => (url === "https://issuer.test/keys" ? { keys: [key.jwk] } : undefined) });
    const put = (name: string, headers: Readonly<Record<string, string>>) => both.send("PUT", `${PATH}/${name}${VERSION}`, clusterBody(), headers);
    // ARM replaces the user's own Authorization header; what it puts there is not ours to judge (H8).
    const named = await put("named", { authorization: "Bearer of.something.else", "x-ms-arm-signed-user-token": await sign() });
    expect([named.status, named.body["systemData"]]).toEqual([201, expect.objectContaining({ createdBy: "ada@contoso.test" })]);
    expect((await put("unnamed", {})).body["systemData"]).toMatchObject({ createdBy: "unknown" });
    const bad = await put("bad", { "x-ms-arm-signed-user-token": await sign({ audience: "https://elsewhere.test" }) });
    expect([bad.status, bad.body.error?.code]).toEqual([401, "InvalidAuthenticationToken"]);
    await both.close();
  });
});
