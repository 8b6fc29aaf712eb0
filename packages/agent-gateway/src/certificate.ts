// Writing X.509 v3 certificates and reading certificate requests (PKCS #10), both ECDSA P-256 with
// SHA-256 only. Who may get a certificate is decided in authority.ts; nothing here reads a file or a clock.
import { createHash, createPublicKey, randomBytes, sign, verify, X509Certificate } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { derBits, derInteger, derNode, derOctets, derOid, derSequence, derTime, derTrue, readDerItems, tag } from "./der.ts";
import { decodePem, encodePem } from "./pem.ts";

const oid = {
  commonName: "2.5.4.3",
  ecdsaWithSha256: "1.2.840.10045.4.3.2",
  subjectKeyId: "2.5.29.14",
  keyUsage: "2.5.29.15",
  subjectAltName: "2.5.29.17",
  basicConstraints: "2.5.29.19",
  authorityKeyId: "2.5.29.35",
  extendedKeyUsage: "2.5.29.37",
  serverAuth: "1.3.6.1.5.5.7.3.1",
  clientAuth: "1.3.6.1.5.5.7.3.2",
} as const;

export type AlternativeName = { readonly kind: "uri" | "dns" | "ip"; readonly value: string };

export interface CertificateContent {
  readonly subject: string;
  readonly issuer: string;
  readonly role: "authority" | "server" | "client";
  readonly names: readonly AlternativeName[];
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  readonly publicKey: KeyObject;
  readonly signingKey: KeyObject;
  readonly signingPublicKey: KeyObject;
}

const spkiOf = (key: KeyObject): Buffer => key.export({ type: "spki", format: "der" });
const name = (commonName: string): Buffer => derSequence(derNode(tag.set, derSequence(derOid(oid.commonName), derNode(tag.utf8String, Buffer.from(commonName, "utf8")))));
const signatureAlgorithm = derSequence(derOid(oid.ecdsaWithSha256));

/** SHA-1 of the key bits names a key (RFC 5280, method 1); it is an index, not a protection. */
function keyId(key: KeyObject): Buffer {
  const bits = readDerItems(readDerItems(spkiOf(key))[0]?.body ?? Buffer.alloc(0))[1];
  return createHash("sha1").update(bits?.body.subarray(1) ?? Buffer.alloc(0)).digest();
}

function ipBytes(address: string): Buffer {
  const parts = address.split(".").map(Number);
  if (parts.length !== 4 || parts.some((part) => !Number.isInteger(part) || part < 0 || part > 255)) {
    throw new Error(`certificate address ${address} is not IPv4; name an IPv4 address or a DNS name`);
  }
  return Buffer.from(parts);
}

const generalName = (entry: AlternativeName): Buffer =>
  entry.kind === "ip" ? derNode(0x87, ipBytes(entry.value)) : derNode(entry.kind === "dns" ? 0x82 : 0x86, Buffer.from(entry.value, "latin1"));

const extension = (id: string, critical: boolean, value: Buffer): Buffer => derSequence(derOid(id), ...(critical ? [derTrue] : []), derOctets(value));

function extensions(content: CertificateContent): Buffer {
  const isAuthority = content.role === "authority";
  const list = [
    extension(oid.basicConstraints, true, isAuthority ? derSequence(derTrue, derInteger(Buffer.from([0]))) : derSequence()),
    // Authority: keyCertSign and cRLSign. Everyone else: digitalSignature.
    extension(oid.keyUsage, true, isAuthority ? derBits(Buffer.from([0x06]), 1) : derBits(Buffer.from([0x80]), 7)),
    extension(oid.subjectKeyId, false, derOctets(keyId(content.publicKey))),
    extension(oid.authorityKeyId, false, derSequence(derNode(0x80, keyId(content.signingPublicKey)))),
  ];
  if (!isAuthority) list.push(extension(oid.extendedKeyUsage, false, derSequence(derOid(content.role === "server" ? oid.serverAuth : oid.clientAuth))));
  if (content.names.length > 0) list.push(extension(oid.subjectAltName, false, derSequence(...content.names.map(generalName))));
  return derNode(0xa3, derSequence(...list));
}

/** The signed certificate as PEM. */
export function writeCertificate(content: CertificateContent): string {
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40; // positive and never short
  const body = derSequence(
    derNode(0xa0, derInteger(Buffer.from([2]))),
    derInteger(serial),
    signatureAlgorithm,
    name(content.issuer),
    derSequence(derTime(content.notBeforeMs), derTime(content.notAfterMs)),
    name(content.subject),
    spkiOf(content.publicKey),
    extensions(content),
  );
  const signature = sign("sha256", body, { key: content.signingKey, dsaEncoding: "der" });
  return encodePem("CERTIFICATE", derSequence(body, signatureAlgorithm, derBits(signature)));
}

/** The public key of a certificate request whose signature proves that the sender owns the private half; null for anything else. */
export function readCertificateRequest(pem: string): KeyObject | null {
  try {
    const der = decodePem("CERTIFICATE REQUEST", pem);
    if (der === null) return null;
    const outer = readDerItems(der);
    const [info, algorithm, signature, ...more] = readDerItems(outer[0]?.body ?? Buffer.alloc(0));
    if (outer.length !== 1 || outer[0]?.tag !== tag.sequence || info?.tag !== tag.sequence || algorithm === undefined || signature === undefined || more.length > 0) return null;
    if (!algorithm.raw.equals(signatureAlgorithm) || signature.tag !== tag.bitString || signature.body[0] !== 0) return null;
    const spki = readDerItems(info.body)[2];
    if (spki === undefined) return null;
    const key = createPublicKey({ key: spki.raw, format: "der", type: "spki" });
    if (key.asymmetricKeyType !== "ec" || key.asymmetricKeyDetails?.namedCurve !== "prime256v1") return null;
    return verify("sha256", info.raw, { key, dsaEncoding: "der" }, signature.body.subarray(1)) ? key : null;
  } catch {
    return null;
  }
}

export const publicKeySha256 = (key: KeyObject): string => createHash("sha256").update(spkiOf(key)).digest("hex");
export const certificateSha256 = (pem: string): string => createHash("sha256").update(new X509Certificate(pem).raw).digest("hex");
