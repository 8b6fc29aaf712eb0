// A certificate request as an agent would send it, for tests of the gateway alone.
import { generateKeyPairSync, sign } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { derBits, derInteger, derNode, derOid, derSequence, tag } from "../der.ts";
import { encodePem } from "../pem.ts";

export interface TestRequest {
  readonly keyPem: string;
  readonly csr: string;
}

export function makeCertificateRequest(options: { readonly commonName?: string; readonly namedCurve?: string; readonly signWith?: KeyObject } = {}): TestRequest {
  const pair = generateKeyPairSync("ec", { namedCurve: options.namedCurve ?? "P-256" });
  const subject = derSequence(derNode(tag.set, derSequence(derOid("2.5.4.3"), derNode(tag.utf8String, Buffer.from(options.commonName ?? "test")))));
  const info = derSequence(derInteger(Buffer.from([0])), subject, pair.publicKey.export({ type: "spki", format: "der" }), derNode(0xa0));
  const signature = sign("sha256", info, { key: options.signWith ?? pair.privateKey, dsaEncoding: "der" });
  const csr = encodePem("CERTIFICATE REQUEST", derSequence(info, derSequence(derOid("1.2.840.10045.4.3.2")), derBits(signature)));
  return { keyPem: pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString(), csr };
}
