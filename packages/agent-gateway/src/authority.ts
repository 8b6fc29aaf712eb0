// The installation's own small certificate authority (ECDSA P-256): one key file, short-lived agent
// certificates, server certificates for the gateway and the ARM endpoint. It answers who a certificate
// belongs to; whether that host may still come in is the gateway's question.
import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, X509Certificate } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { chmodSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "@cynosure/model";
import { readCertificateRequest, writeCertificate } from "./certificate.ts";
import type { AlternativeName } from "./certificate.ts";
import { identityUri, parseIdentityUri } from "./host-identity.ts";
import type { HostIdentity } from "./host-identity.ts";

const dayMs = 24 * 3600 * 1000;
/** Clocks of hosts differ: certificates are valid a little before they were made. */
const clockSkewMsMax = 5 * 60 * 1000;
export const authorityLifetimeMs = 3650 * dayMs;
export const agentLifetimeMs = 30 * dayMs;
export const serverLifetimeMs = 90 * dayMs;

export interface IssuedServerCertificate {
  readonly certificatePem: string;
  readonly keyPem: string;
  readonly notAfterMs: number;
}

export interface IssuedAgentCertificate {
  readonly certificatePem: string;
  readonly notAfterMs: number;
}

export interface Authority {
  /** What everyone pins. */
  readonly caPem: string;
  /** A fresh key with a certificate for these names, for example `localhost` and `127.0.0.1`. */
  issueServerCertificate(request: { readonly commonName: string; readonly dnsNames: readonly string[]; readonly ipAddresses: readonly string[]; readonly lifetimeMs?: number }): IssuedServerCertificate;
  /** Null when the request is no P-256 certificate request signed by its own key. Names inside it are ignored. */
  issueAgentCertificate(requestPem: string, identity: HostIdentity, lifetimeMs?: number): IssuedAgentCertificate | null;
  /** The host a certificate (DER) of ours speaks for at this moment; null for every other certificate. */
  identify(certificateDer: Uint8Array): HostIdentity | null;
}

/** Where the authority lives: a directory of its own (0700), or key and certificate given, for example from a vault. */
export type AuthoritySource = { readonly pkiDir: string } | { readonly caKeyPem: string; readonly caCertificatePem: string };

export function createAuthority(source: AuthoritySource, clock: Pick<Clock, "now">): Authority {
  const { key, certificatePem } = "pkiDir" in source ? openPkiDir(source.pkiDir, clock.now()) : { key: createPrivateKey(source.caKeyPem), certificatePem: source.caCertificatePem };
  const certificate = new X509Certificate(certificatePem);
  const publicKey = createPublicKey(key);
  if (!certificate.checkPrivateKey(key)) throw new Error("the authority's key and certificate do not belong together; restore both from the same backup");
  const issuer = commonNameOf(certificate);
  const issue = (subject: string, role: "server" | "client", names: readonly AlternativeName[], subjectKey: KeyObject, notAfterMs: number): string =>
    writeCertificate({ subject, issuer, role, names, notBeforeMs: clock.now() - clockSkewMsMax, notAfterMs, publicKey: subjectKey, signingKey: key, signingPublicKey: publicKey });
  return {
    caPem: certificatePem,
    issueServerCertificate: ({ commonName, dnsNames, ipAddresses, lifetimeMs = serverLifetimeMs }) => {
      const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
      const notAfterMs = clock.now() + lifetimeMs;
      const names = [...dnsNames.map((value) => ({ kind: "dns", value }) as const), ...ipAddresses.map((value) => ({ kind: "ip", value }) as const)];
      return { certificatePem: issue(commonName, "server", names, pair.publicKey, notAfterMs), keyPem: pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString(), notAfterMs };
    },
    issueAgentCertificate: (requestPem, identity, lifetimeMs = agentLifetimeMs) => {
      const subjectKey = readCertificateRequest(requestPem);
      if (subjectKey === null) return null;
      const notAfterMs = clock.now() + lifetimeMs;
      return { certificatePem: issue(identity.hostId, "client", [{ kind: "uri", value: identityUri(identity) }], subjectKey, notAfterMs), notAfterMs };
    },
    identify: (der) => identify(der, certificate, clock.now()),
  };
}

function identify(der: Uint8Array, authority: X509Certificate, nowMs: number): HostIdentity | null {
  try {
    const certificate = new X509Certificate(der);
    // The handshake has checked this too; a kept-alive connection can outlive its certificate, so every request asks again.
    if (!certificate.verify(authority.publicKey) || certificate.validFromDate.getTime() > nowMs || certificate.validToDate.getTime() <= nowMs) return null;
    const uri = /^URI:(\S+)$/.exec(certificate.subjectAltName ?? "")?.[1];
    return uri === undefined ? null : parseIdentityUri(uri);
  } catch {
    return null;
  }
}

const commonNameOf = (certificate: X509Certificate): string => /^CN=(.+)$/m.exec(certificate.subject)?.[1] ?? "";

/** Key and certificate are one file, put in place by link(2): of two control planes that start together one wins and both use it. */
function openPkiDir(pkiDir: string, nowMs: number): { key: KeyObject; certificatePem: string } {
  mkdirSync(pkiDir, { recursive: true, mode: 0o700 });
  chmodSync(pkiDir, 0o700);
  const path = join(pkiDir, "authority.pem");
  try {
    return readAuthorityFile(path);
  } catch (error) {
    if (!isErrno(error, "ENOENT")) throw error;
  }
  const draft = join(pkiDir, `.authority.${randomBytes(6).toString("hex")}`);
  writeFileSync(draft, newAuthority(nowMs), { mode: 0o600, flag: "wx" });
  try {
    linkSync(draft, path);
  } catch (error) {
    if (!isErrno(error, "EEXIST")) throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  return readAuthorityFile(path);
}

function readAuthorityFile(path: string): { key: KeyObject; certificatePem: string } {
  const text = readFileSync(path, "utf8");
  const certificatePem = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----\n?/.exec(text)?.[0];
  if (certificatePem === undefined) throw new Error(`${path} holds no certificate; restore it, or remove it to make a new authority (every host then has to join again)`);
  chmodSync(path, 0o600);
  return { key: createPrivateKey(text), certificatePem };
}

function newAuthority(nowMs: number): string {
  const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const commonName = `Cynosure installation authority ${randomBytes(4).toString("hex")}`;
  const certificatePem = writeCertificate({
    subject: commonName, issuer: commonName, role: "authority", names: [], notBeforeMs: nowMs - clockSkewMsMax, notAfterMs: nowMs + authorityLifetimeMs,
    publicKey: pair.publicKey, signingKey: pair.privateKey, signingPublicKey: pair.publicKey,
  });
  return pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString() + certificatePem;
}

const isErrno = (error: unknown, code: string): boolean => error instanceof Error && "code" in error && error.code === code;
