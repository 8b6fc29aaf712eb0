// A certificate request (PKCS #10) for a fresh ECDSA P-256 key, written by hand: forty lines instead of a
// library in a process that has to stay small.
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from "node:crypto";

function node(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const length = body.length < 0x80 ? [body.length] : body.length < 0x100 ? [0x81, body.length] : [0x82, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}

const sequence = 0x30;
const commonName = Buffer.from([0x06, 0x03, 0x55, 0x04, 0x03]); // 2.5.4.3
const ecdsaWithSha256 = node(sequence, Buffer.from([0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02])); // 1.2.840.10045.4.3.2

export const makeKeyPem = (): string => generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ type: "pkcs8", format: "pem" }).toString();

/** The authority takes nothing but the key from it: the name is for people who look at it. */
export function makeCertificateRequest(keyPem: string, hostId: string): string {
  const key = createPrivateKey(keyPem);
  const subject = node(sequence, node(0x31, node(sequence, commonName, node(0x0c, Buffer.from(hostId, "utf8")))));
  const info = node(sequence, Buffer.from([0x02, 0x01, 0x00]), subject, createPublicKey(key).export({ type: "spki", format: "der" }), node(0xa0));
  const signature = sign("sha256", info, { key, dsaEncoding: "der" });
  const der = node(sequence, info, ecdsaWithSha256, node(0x03, Buffer.from([0]), signature));
  return `-----BEGIN CERTIFICATE REQUEST-----\n${(der.toString("base64").match(/.{1,64}/g) ?? []).join("\n")}\n-----END CERTIFICATE REQUEST-----\n`;
}
