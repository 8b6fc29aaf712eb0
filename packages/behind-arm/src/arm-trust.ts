// Trust as it was configured, with the documents it rests on: what a listener authenticates by, whether it is
// ready, and the asking again. Files of pinned authorities are read by the composition root.
import type { Authenticate } from "@cynosure/http-server";
import type { Clock } from "@cynosure/model";
import { createArmAuthenticate } from "./arm-authentication.ts";
import { createClientCertificates } from "./client-certificates.ts";
import type { ClientCertificateTrust, SignedTokenTrust } from "./configuration.ts";
import type { DocumentSource, FetchDocument } from "./fetch-document.ts";
import { createSignedTokens } from "./signed-tokens.ts";

export interface ArmTrustOptions {
  readonly clientCertificates: ClientCertificateTrust | null;
  readonly signedTokens: SignedTokenTrust | null;
  readonly clock: Clock;
  readonly fetchDocument: FetchDocument;
  /** PEM of a file that the configuration names. */
  readonly readPem: (file: string) => string;
}

export interface OpenArmTrust {
  readonly authenticate: Authenticate;
  readonly asksForClientCertificate: boolean;
  troubles(): readonly string[];
  /** To be called every minute; asks when an hour has passed, or the last time failed. */
  refresh(): Promise<void>;
}

export const REFRESH_LOOK_EVERY_MS = 60_000;

export function openArmTrust(options: ArmTrustOptions): OpenArmTrust {
  const { clientCertificates, signedTokens, clock, fetchDocument } = options;
  const sourceOf = (url: string, caFile: string | null): DocumentSource => ({ url, caPem: caFile === null ? null : options.readPem(caFile) });
  const list = clientCertificates === null ? null : sourceOf(clientCertificates.metadataUrl, clientCertificates.caFile);
  const certificates = list === null ? null : createClientCertificates({ clock, load: () => fetchDocument(list) });
  const tokens = signedTokens === null ? null : createSignedTokens({ issuer: signedTokens.issuer, audiences: signedTokens.audiences, clock, loadKeys: keysOf(signedTokens, sourceOf(signedTokens.issuer, signedTokens.caFile).caPem, fetchDocument) });
  const kept = [certificates, tokens].filter((each) => each !== null);
  return {
    authenticate: createArmAuthenticate({ certificates, tokens }),
    asksForClientCertificate: certificates !== null,
    troubles: () => kept.map((each) => each.trouble()).filter((trouble) => trouble !== null),
    refresh: async () => {
      const failed = (await Promise.allSettled(kept.map((each) => each.refreshWhenDue()))).filter((outcome) => outcome.status === "rejected");
      if (failed.length > 0) throw new AggregateError(failed.map(({ reason }) => reason as unknown), failed.map(({ reason }) => String(reason)).join("; "));
    },
  };
}

/** Asked anew each time: an issuer may move its keys. */
function keysOf(trust: SignedTokenTrust, caPem: string | null, fetchDocument: FetchDocument): () => Promise<unknown> {
  if (trust.keysUrl !== null) {
    const url = trust.keysUrl;
    return () => fetchDocument({ url, caPem });
  }
  return async () => {
    const configuration = await fetchDocument({ url: `${trust.issuer.replace(/\/+$/, "")}/.well-known/openid-configuration`, caPem });
    const url = typeof configuration === "object" && configuration !== null && "jwks_uri" in configuration ? configuration.jwks_uri : undefined;
    if (typeof url !== "string" || !url.startsWith("https://")) throw new Error(`the OpenID configuration of ${trust.issuer} names no jwks_uri that starts with https://`);
    return fetchDocument({ url, caPem });
  };
}
