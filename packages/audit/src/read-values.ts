// Reads lines of an export and of an anchors file into values, or says that they are none. What is read may
// have been tampered with: nothing is taken for granted but that it is text.
import type { AuditAnchor, AuditChainEntry, AuditRow } from "./audit-types.ts";

type Members = Readonly<Record<string, unknown>>;

export function parseObject(line: string): Members | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Members) : null; // a non-null object that is no array has string keys
  } catch {
    return null;
  }
}

const isText = (value: unknown): value is string => typeof value === "string";
const isWhole = (value: unknown): value is number => typeof value === "number" && Number.isSafeInteger(value);
const isTextOrNull = (value: unknown): value is string | null => value === null || isText(value);

export function asRow({ seq, atMs, principal, correlationId, action, resourceId, beforeSha256 = null, afterSha256 = null }: Members): AuditRow | null {
  if (!isWhole(seq) || !isWhole(atMs) || !isText(principal) || !isText(correlationId) || !isText(action) || !isText(resourceId) || !isTextOrNull(beforeSha256) || !isTextOrNull(afterSha256)) return null;
  return { seq, atMs, principal, correlationId, action, resourceId, beforeSha256, afterSha256 };
}

export function asEntry({ position, seq, atMs, rowSha256, previousSha256, sha256 }: Members): AuditChainEntry | null {
  if (!isWhole(position) || !isWhole(seq) || !isWhole(atMs) || !isText(rowSha256) || !isText(previousSha256) || !isText(sha256)) return null;
  return { position, seq, atMs, rowSha256, previousSha256, sha256 };
}

export function asAnchor({ installationId, position, sha256, count, atMs, publicKey, signature }: Members): AuditAnchor | null {
  if (!isText(installationId) || !isWhole(position) || !isText(sha256) || !isWhole(count) || !isWhole(atMs) || !isText(publicKey) || !isText(signature)) return null;
  return { installationId, position, sha256, count, atMs, publicKey, signature };
}

export function readAnchor(line: string): AuditAnchor | null {
  const members = parseObject(line);
  return members === null ? null : asAnchor(members);
}
