// The one file an operator writes: each member, its default, and that nothing unknown or half said is taken.
import { describe, expect, it } from "vitest";
import { parseBehindArmConfig } from "./configuration.ts";

const GOOD = { publicBaseUrl: "https://management.azure.com/", listen: { address: "0.0.0.0", port: 8443 }, clientCertificates: { metadataUrl: "https://management.azure.com:24582/metadata/authentication?api-version=2015-01-01" } };
const parse = (value: unknown) => parseBehindArmConfig(JSON.stringify(value), "/etc/cynosure");

describe("the file of --behind-arm", () => {
  it("17: needs a public base, a place to listen and somebody to trust; a deleted subscription gets a day", () => {
    expect(parse(GOOD)).toEqual({
      publicBaseUrl: "https://management.azure.com",
      listen: { address: "0.0.0.0", port: 8443 },
      tls: null,
      clientCertificates: { metadataUrl: GOOD.clientCertificates.metadataUrl, caFile: null },
      signedTokens: null,
      deletedGraceMs: 24 * 3_600_000,
    });
  });

  it("17: takes everything there is, and files beside it", () => {
    const all = {
      ...GOOD,
      tls: { certificateFile: "server.pem", keyFile: "/keys/server.key" },
      clientCertificates: { ...GOOD.clientCertificates, caFile: "arm-ca.pem" },
      signedTokens: { issuer: "https://issuer.test", audiences: ["https://provider.test"], keysUrl: "https://issuer.test/keys", caFile: "../ca.pem" },
      deletedGraceHours: 0.5,
    };
    expect(parse(all)).toMatchObject({
      tls: { certificateFile: "/etc/cynosure/server.pem", keyFile: "/keys/server.key" },
      clientCertificates: { caFile: "/etc/cynosure/arm-ca.pem" },
      signedTokens: { issuer: "https://issuer.test", audiences: ["https://provider.test"], keysUrl: "https://issuer.test/keys", caFile: "/etc/ca.pem" },
      deletedGraceMs: 1_800_000,
    });
  });

  it.each<[string, unknown, RegExp]>([
    ["a list", [], /the file must be an object/],
    ["an unknown member", { ...GOOD, clientCertificate: {} }, /^clientCertificate is not known; known here: publicBaseUrl, listen/],
    ["an unknown member further in", { ...GOOD, listen: { ...GOOD.listen, prot: 1 } }, /^listen\.prot is not known/],
    ["nobody to trust", { publicBaseUrl: GOOD.publicBaseUrl, listen: GOOD.listen }, /trusts nobody/],
    ["no public base", { ...GOOD, publicBaseUrl: undefined }, /^publicBaseUrl is missing/],
    ["no place to listen", { ...GOOD, listen: undefined }, /^listen is missing/],
    ["a metadata URL without TLS", { ...GOOD, clientCertificates: { metadataUrl: "http://management.azure.com" } }, /^clientCertificates\.metadataUrl must be a URL that starts with https/],
    ["a port that is none", { ...GOOD, listen: { address: "::", port: 70_000 } }, /^listen\.port must be a number from 0 to 65535/],
    ["audiences that are no list", { ...GOOD, signedTokens: { issuer: "https://i", audiences: "a" } }, /^signedTokens\.audiences must be a list/],
    ["a grace longer than anybody waits", { ...GOOD, deletedGraceHours: 10_000 }, /^deletedGraceHours must be a number from 0 to 2160/],
    ["half a server certificate", { ...GOOD, tls: { certificateFile: "a" } }, /^tls\.keyFile is missing/],
  ])("17: refuses %s and names it", (_name, value, message) => {
    expect(() => parse(value)).toThrow(message);
  });

  it("17: refuses what is no JSON", () => {
    expect(() => parseBehindArmConfig("{", "/")).toThrow(/not valid JSON/);
  });
});
