// The configuration of trusted issuers: what is taken, and what is refused with the name of the member.
import { describe, expect, it } from "vitest";
import { parseTrustedIssuers } from "./trusted-issuer-config.ts";

const TENANT = "00000000-0000-4000-8000-0000000000AA";
const good = { issuer: "https://issuer.example/realm", tenantId: TENANT, audiences: ["https://cynosure.example"] };
const parse = (value: unknown, files: Readonly<Record<string, string>> = {}) =>
  parseTrustedIssuers(typeof value === "string" ? value : JSON.stringify(value), (path) => {
    const found = files[path];
    if (found === undefined) throw new Error("ENOENT");
    return found;
  });
const one = (change: Readonly<Record<string, unknown>>) => ({ issuers: [{ ...good, ...change }] });

describe("trusted issuers", () => {
  it("are taken with the usual names for what is left out", () => {
    const { issuers, clockSkewSeconds } = parse({ issuers: [good] });
    expect(clockSkewSeconds).toBe(60);
    expect(issuers).toEqual([
      expect.objectContaining({ issuer: good.issuer, tenantId: TENANT.toLowerCase(), tokenTenantId: TENANT.toLowerCase(), requiresTenantClaim: false, caPem: null, claims: expect.objectContaining({ objectId: "oid", groups: "groups" }) as unknown }),
    ]);
    expect(issuers[0]?.discoveryUrl.href).toBe("https://issuer.example/realm/.well-known/openid-configuration");
  });

  it("made from a template stand for one tenant of it", () => {
    const [issuer] = parse(one({ issuer: "https://login.example/{tenantid}/v2.0" })).issuers;
    expect(issuer).toMatchObject({ issuer: `https://login.example/${TENANT.toLowerCase()}/v2.0`, requiresTenantClaim: true });
  });

  it.each([
    ["text that is no JSON", "{", /not valid JSON/],
    ["no issuers", { issuers: [] }, /issuers must be a list of 1 to 20/],
    ["a member nobody knows", one({ audience: "x" }), /issuers\[0\] has the unknown member 'audience'/],
    ["an issuer over an unprotected wire", one({ issuer: "http://issuer.example" }), /issuers\[0\]\.issuer must be an https URL/],
    ["an issuer with a password in it", one({ issuer: "https://a:b@issuer.example" }), /issuers\[0\]\.issuer must be an https URL/],
    ["no tenant", one({ tenantId: undefined }), /issuers\[0\]\.tenantId must be a text/],
    ["a tenant that is no GUID", one({ tenantId: "contoso" }), /issuers\[0\]\.tenantId must be a GUID/],
    ["no audience", one({ audiences: [] }), /issuers\[0\]\.audiences must be a list/],
    ["too much clock skew", { issuers: [good], clockSkewSeconds: 301 }, /clockSkewSeconds must be a whole number from 0 to 300/],
    ["one issuer twice", { issuers: [good, good] }, /named twice/],
    ["a certificate that is not there", one({ caFile: "nowhere.pem" }), /issuers\[0\]\.caFile: nowhere\.pem cannot be read/],
    ["a certificate that is none", one({ caFile: "key.pem" }), /holds no certificate/],
    ["a claim name that is no text", one({ claims: { groups: 7 } }), /issuers\[0\]\.claims\.groups must be a text/],
  ])("with %s are refused", (_what, value, message) => {
    expect(() => parse(value, { "key.pem": "-----BEGIN PRIVATE KEY-----" })).toThrow(message);
  });

  it("on this machine may be without TLS", () => {
    expect(parse(one({ issuer: "http://127.0.0.1:8080/realm" })).issuers).toHaveLength(1);
  });
});
