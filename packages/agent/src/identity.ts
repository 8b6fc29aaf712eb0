// The host's identity: a key that never leaves the host and a certificate for it. Joining with the token
// of the boot file, renewing at two thirds of the certificate's life, joining again when a new token is
// there and the old identity is of no use.
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { placeText } from "@cynosure/model";
import { parseGatewayUrl, readBootFile } from "./boot-file.ts";
import { ownPlace } from "./own-place.ts";
import type { BootFile, GatewayAddress } from "./boot-file.ts";
import { makeCertificateRequest, makeKeyPem } from "./certificate-request.ts";
import { clientLimits, createGatewayClient } from "./gateway-client.ts";
import type { GatewayClient } from "./gateway-client.ts";
import { sha256 } from "./plan-keys.ts";
import type { FileWriter } from "./state-file.ts";

export interface Identity {
  readonly clusterKey: string;
  readonly hostId: string;
  readonly gatewayUrl: string;
  readonly caPem: string;
  /** Of the token that was, or is to be, used with this key. */
  readonly tokenSha256: string;
  readonly keyPem: string;
  /** Null until the join was answered: the key is kept, so that a join cut short can be repeated with it. */
  readonly certificatePem: string | null;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

export type JoinedIdentity = Identity & { readonly certificatePem: string };

export const identityPath = (stateDir: string): string => join(stateDir, "agent", "identity.json");

export function readIdentity(stateDir: string): Identity | null {
  try {
    // `as`: the file is 0600 and written by this code only.
    const value = JSON.parse(readFileSync(identityPath(stateDir), "utf8")) as { version?: unknown; identity?: Identity };
    return value.version === 1 && value.identity !== undefined ? value.identity : null;
  } catch {
    return null;
  }
}

const writeIdentity = (stateDir: string, writer: FileWriter, identity: Identity): void => {
  writer.replace(identityPath(stateDir), JSON.stringify({ version: 1, identity }), 0o600, true);
};

const hasCertificate = (identity: Identity | null): identity is JoinedIdentity => identity !== null && identity.certificatePem !== null;

/** The joined identity of this host. Rejects when there is none and joining did not succeed; may be called again.
 *  `isRefused`: the gateway does not accept the identity we have. */
export async function ensureIdentity(stateDir: string, writer: FileWriter, nowMs: number, isRefused: boolean): Promise<JoinedIdentity> {
  const known = readIdentity(stateDir);
  const read = readBootFile(stateDir);
  if (!read.ok) {
    // The boot file is needed to join, not to go on.
    if (hasCertificate(known)) return known;
    throw new Error(read.problem);
  }
  const { boot } = read;
  if (known !== null && (known.clusterKey !== boot.clusterKey || known.hostId !== boot.hostId)) {
    throw new Error(`${stateDir} belongs to ${known.hostId} of ${known.clusterKey}, the boot file is for ${boot.hostId} of ${boot.clusterKey}; give every host a directory of its own`);
  }
  const tokenIsNew = known?.tokenSha256 !== sha256(boot.joinToken);
  const isUsable = hasCertificate(known) && known.caPem === boot.caPem && known.notAfterMs > nowMs && !isRefused;
  if (hasCertificate(known) && (isUsable || !tokenIsNew)) {
    if (known.gatewayUrl === boot.gatewayUrl) return known;
    const moved = { ...known, gatewayUrl: boot.gatewayUrl };
    writeIdentity(stateDir, writer, moved);
    return moved;
  }
  return joinCluster(stateDir, writer, boot, known !== null && !tokenIsNew ? known : null);
}

async function joinCluster(stateDir: string, writer: FileWriter, boot: BootFile, pending: Identity | null): Promise<JoinedIdentity> {
  const { joinToken, ...place } = boot;
  const draft: Identity = pending ?? { ...place, tokenSha256: sha256(joinToken), keyPem: makeKeyPem(), certificatePem: null, notBeforeMs: 0, notAfterMs: 0 };
  if (pending === null) writeIdentity(stateDir, writer, draft);
  const client = createGatewayClient(addressOf(boot.gatewayUrl), { caPem: boot.caPem });
  try {
    const { clusterKey, hostId } = boot;
    const answer = await client.call({ method: "POST", path: "/v1/join", body: { clusterKey, hostId, token: joinToken, csr: makeCertificateRequest(draft.keyPem, hostId) }, timeoutMs: clientLimits.callMsMax });
    const joined = withCertificate(draft, answer.body);
    writeIdentity(stateDir, writer, joined);
    return joined;
  } finally {
    client.close();
  }
}

/** A new key and certificate for the same host, asked for with the old ones. */
export async function renewIdentity(stateDir: string, writer: FileWriter, client: GatewayClient, identity: JoinedIdentity): Promise<JoinedIdentity> {
  const keyPem = makeKeyPem();
  const answer = await client.call({ method: "POST", path: "/v1/renew", body: { csr: makeCertificateRequest(keyPem, identity.hostId) }, timeoutMs: clientLimits.callMsMax });
  const renewed = withCertificate({ ...identity, keyPem }, answer.body);
  writeIdentity(stateDir, writer, renewed);
  return renewed;
}

/** Two thirds of the way from issue to expiry. */
export const renewAtMs = (identity: Identity): number => identity.notBeforeMs + ((identity.notAfterMs - identity.notBeforeMs) * 2) / 3;

function withCertificate(identity: Identity, body: unknown): JoinedIdentity {
  const pem = typeof body === "object" && body !== null && "certificatePem" in body ? body.certificatePem : null;
  if (typeof pem !== "string") throw new Error("the gateway answered without a certificate");
  const certificate = new X509Certificate(pem);
  return { ...identity, certificatePem: pem, notBeforeMs: certificate.validFromDate.getTime(), notAfterMs: certificate.validToDate.getTime() };
}

export function addressOf(gatewayUrl: string): GatewayAddress {
  const address = parseGatewayUrl(placeText(ownPlace, gatewayUrl));
  if (address === null) throw new Error(`${gatewayUrl} is neither unix:/path nor https://host:port`);
  return address;
}
