// The exact bytes that digests and signatures are made of. docs/reference/audit.md describes the same for
// whoever writes another verifier: a change here is a new name in the first field, never an edit.
import { createHash } from "node:crypto";
import type { AuditAnchor, AuditChainEntry, AuditRow } from "./audit-types.ts";

const ROW_NAME = "cynosure.audit.row/1";
const LINK_NAME = "cynosure.audit.link/1";
const ANCHOR_NAME = "cynosure.audit.anchor/1";

/** `previousSha256` of the first entry. */
export const NOTHING_BEFORE = "0".repeat(64);

type Field = string | number | null;

const NULL = Buffer.from([0x00]);

/** Null: 00. Text: 01, length in bytes (32 bits, big endian), UTF-8. Whole number: 02, 64 bits, signed, big endian. */
function encodeField(field: Field): Buffer {
  if (field === null) return NULL;
  if (typeof field === "number") {
    const number = Buffer.alloc(9);
    number[0] = 0x02;
    number.writeBigInt64BE(BigInt(field), 1);
    return number;
  }
  const text = Buffer.from(field, "utf8");
  const head = Buffer.alloc(5);
  head[0] = 0x01;
  head.writeUInt32BE(text.length, 1);
  return Buffer.concat([head, text]);
}

export const encodeFields = (fields: readonly Field[]): Buffer => Buffer.concat(fields.map(encodeField));

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** Over every column of the row. */
export const digestRow = (row: AuditRow): string =>
  sha256(encodeFields([ROW_NAME, row.seq, row.atMs, row.principal, row.correlationId, row.action, row.resourceId, row.beforeSha256, row.afterSha256]));

/** Over the entry and, by `previousSha256`, over everything before it. */
export const digestLink = (entry: Omit<AuditChainEntry, "sha256">): string =>
  sha256(encodeFields([LINK_NAME, entry.position, entry.seq, entry.atMs, entry.rowSha256, entry.previousSha256]));

/** What an anchor's signature is over. */
export const anchorBytes = (anchor: Omit<AuditAnchor, "signature">): Buffer =>
  encodeFields([ANCHOR_NAME, anchor.installationId, anchor.position, anchor.sha256, anchor.count, anchor.atMs, anchor.publicKey]);
