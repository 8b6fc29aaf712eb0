// Which client certificates are ARM's (arm-rpc §17): its own published list. Any entry that is valid at this
// moment is trusted, by all of its bytes; names and issuers of a certificate are not looked at.
import type { Clock } from "@cynosure/model";
import { KeptDocument } from "./kept-document.ts";

interface ListedCertificate {
  readonly der: Buffer;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

export interface ClientCertificates {
  isTrusted(der: Uint8Array): boolean;
  /** False until the list was read once: then nobody can be told from anybody. */
  isKnown(): boolean;
  /** Why this is not ready, or null. */
  trouble(): string | null;
  refreshWhenDue(): Promise<void>;
}

const NAME = "the list of ARM's client certificates";

/** Entries that cannot be read are passed over: one of them must not take the trust from the others. */
export function parseCertificateList(document: unknown): readonly ListedCertificate[] {
  const entries = typeof document === "object" && document !== null && "clientCertificates" in document ? document.clientCertificates : undefined;
  if (!Array.isArray(entries)) throw new Error(`${NAME} has no member 'clientCertificates' that is a list`);
  return entries.flatMap((entry: unknown) => {
    if (typeof entry !== "object" || entry === null) return [];
    const { certificate, notBefore, notAfter } = entry as Readonly<Record<string, unknown>>; // checked below
    if (typeof certificate !== "string" || typeof notBefore !== "string" || typeof notAfter !== "string") return [];
    const listed = { der: Buffer.from(certificate, "base64"), notBeforeMs: Date.parse(notBefore), notAfterMs: Date.parse(notAfter) };
    return listed.der.length === 0 || Number.isNaN(listed.notBeforeMs) || Number.isNaN(listed.notAfterMs) ? [] : [listed];
  });
}

export function createClientCertificates(options: { readonly clock: Clock; load(): Promise<unknown> }): ClientCertificates {
  const { clock } = options;
  const list = new KeptDocument({ name: NAME, clock, load: async () => parseCertificateList(await options.load()) });
  const valid = (): readonly ListedCertificate[] => {
    const nowMs = clock.now();
    return (list.value ?? []).filter(({ notBeforeMs, notAfterMs }) => notBeforeMs <= nowMs && nowMs < notAfterMs);
  };
  return {
    isTrusted: (der) => valid().some((listed) => listed.der.equals(der)),
    isKnown: () => list.value !== null,
    trouble: () => list.trouble() ?? (valid().length > 0 ? null : `${NAME} holds ${(list.value ?? []).length === 0 ? "none" : "none that is valid now"}`),
    refreshWhenDue: () => list.refreshWhenDue(),
  };
}
