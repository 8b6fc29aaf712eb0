// Whatever is sent as a token is answered with a code of ours, never with an error nobody thought of.
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { PERSON, codeOf, start, stopAll, trust } from "./testkit/trust-rig.ts";

const seed = Number(process.env["IDENTITY_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
afterEach(stopAll);

describe("any mangled token", () => {
  it("is refused with a code of ours", async () => {
    const issuer = await start();
    const { verify, ours } = await trust([issuer]);
    const good = [await issuer.sign({ oid: PERSON }), await ours()];
    for (const token of good) await verify(token);
    const mangled = fc.oneof(
      fc.tuple(fc.constantFrom(...good), fc.nat(), fc.integer({ min: 0, max: 63 })).map(([token, at, to]) => replaceAt(token, at % token.length, to)),
      fc.tuple(fc.constantFrom(...good), fc.nat()).map(([token, at]) => token.slice(0, at % token.length)),
      fc.tuple(fc.jsonValue(), fc.jsonValue(), fc.string()).map(([header, claims, signature]) => [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".") + `.${Buffer.from(signature).toString("base64url")}`),
      fc.tuple(fc.constantFrom("ES256", "RS256", "none", "HS256", ""), fc.dictionary(fc.constantFrom("aud", "exp", "nbf", "sub", "oid", "tid", "groups", "typ"), fc.jsonValue())).map(([alg, claims]) => forge({ alg, kid: issuer.kid }, { ...claims, iss: issuer.issuer })),
      fc.string(),
    );
    console.log(`seed=${seed}`);
    await fc.assert(
      fc.asyncProperty(mangled, async (token) => {
        if (good.includes(token)) return;
        expect(["InvalidAuthenticationToken", "ExpiredAuthenticationToken", "InvalidAuthenticationTokenTenant"]).toContain(await codeOf(verify(token)));
      }),
      { numRuns: 1500, seed },
    );
  });

  it("with wrong claims under a right signature is refused with a code of ours, or means what it says", async () => {
    const issuer = await start();
    const { verify } = await trust([issuer]);
    const names = fc.constantFrom("aud", "exp", "nbf", "iat", "sub", "oid", "tid", "groups", "typ", "name", "idtyp", "_claim_names", "hasgroups", "azp");
    await fc.assert(
      fc.asyncProperty(fc.dictionary(names, fc.jsonValue()), async (claims) => {
        const outcome = await codeOf(verify(await issuer.sign(claims)));
        expect(["accepted", "InvalidAuthenticationToken", "ExpiredAuthenticationToken", "InvalidAuthenticationTokenTenant"]).toContain(outcome);
      }),
      { numRuns: 300, seed },
    );
  });
});

const forge = (header: object, claims: object): string => `${[header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".")}.AAAA`;
const SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/** Bits of the last sign may be padding that says nothing: then it is the same token. */
function replaceAt(token: string, at: number, to: number): string {
  const changed = `${token.slice(0, at)}${SIGNS[to] ?? "A"}${token.slice(at + 1)}`;
  const bytesOf = (text: string): string => text.split(".").map((part) => Buffer.from(part, "base64url").toString("hex")).join(".");
  return bytesOf(changed) === bytesOf(token) ? token : changed;
}
