// The export for an auditor: JSON lines, in the order header, anchors, entries, rows, end. The end counts what
// came before, so that a file cut off on its way does not pass for a short one.
import type { AuditAnchor, AuditChainEntry, AuditRow } from "./audit-types.ts";
import { asAnchor, asEntry, asRow, parseObject } from "./read-values.ts";
import { AuditVerifier } from "./verifier.ts";
import type { Verdict, VerifierOptions } from "./verifier.ts";

export const EXPORT_FORMAT = "cynosure.audit.export/1";

export interface ExportHeader {
  readonly takenAtMs: number;
  /** Rows before were left out; null: none. */
  readonly fromMs: number | null;
  readonly toMs: number | null;
  /** For reading along; whom to trust is known from elsewhere. */
  readonly publicKeys: readonly string[];
}

export interface ExportCounts {
  readonly anchors: number;
  readonly entries: number;
  readonly rows: number;
}

const line = (kind: string, members: object): string => `${JSON.stringify({ kind, ...members })}\n`;

export const headerLine = (header: ExportHeader): string => line("header", { format: EXPORT_FORMAT, ...header });
export const anchorLine = (anchor: AuditAnchor): string => line("anchor", anchor);
export const entryLine = (entry: AuditChainEntry): string => line("entry", entry);
export const rowLine = (row: AuditRow): string => line("row", row);
export const endLine = (counts: ExportCounts): string => line("end", counts);

/** Not an export at all; what was tampered with is a finding instead. */
export class NotAnExportError extends Error {}

function readHeader(text: string): ExportHeader {
  const members = parseObject(text);
  if (members?.["kind"] !== "header" || members["format"] !== EXPORT_FORMAT) throw new NotAnExportError(`the first line is no header of format ${EXPORT_FORMAT}`);
  const { takenAtMs, fromMs = null, toMs = null } = members;
  if (typeof takenAtMs !== "number" || !(fromMs === null || typeof fromMs === "number") || !(toMs === null || typeof toMs === "number")) throw new NotAnExportError("the header lacks the time it was taken at");
  return { takenAtMs, fromMs, toMs, publicKeys: [] };
}

/** Verifies an export against the key and the anchors from outside. */
export async function verifyExport(lines: AsyncIterable<string>, options: Pick<VerifierOptions, "trustedPublicKeys"> & { readonly outsideAnchors: readonly AuditAnchor[] }): Promise<Verdict> {
  let verifier: AuditVerifier | null = null;
  const counts = { anchors: 0, entries: 0, rows: 0 };
  let number = 0;
  let hasEnd = false;
  for await (const text of lines) {
    number += 1;
    if (verifier === null) {
      verifier = new AuditVerifier({ ...readHeader(text), trustedPublicKeys: options.trustedPublicKeys });
      for (const anchor of options.outsideAnchors) verifier.addOutsideAnchor(anchor);
      continue;
    }
    if (hasEnd) verifier.addDamage(`line ${number} comes after the end`);
    else hasEnd = addLine(verifier, text, number, counts);
  }
  if (verifier === null) throw new NotAnExportError("the file is empty");
  if (!hasEnd) verifier.addDamage(`the file was cut off after line ${number}: its last line is missing`);
  return verifier.finish();
}

/** True for the last line. */
function addLine(verifier: AuditVerifier, text: string, number: number, counts: { anchors: number; entries: number; rows: number }): boolean {
  const members = parseObject(text) ?? {};
  const [anchor, entry, row] = [members["kind"] === "anchor" ? asAnchor(members) : null, members["kind"] === "entry" ? asEntry(members) : null, members["kind"] === "row" ? asRow(members) : null];
  if (anchor !== null) {
    verifier.addAnchor(anchor);
    counts.anchors += 1;
  } else if (entry !== null) {
    // Rows are looked up as they come: an entry after them would miss its row.
    if (counts.rows > 0) verifier.addDamage(`line ${number} is out of order: entries come before rows`);
    else verifier.addEntry(entry);
    counts.entries += 1;
  } else if (row !== null) {
    verifier.addRow(row);
    counts.rows += 1;
  } else if (members["kind"] === "end") {
    for (const name of ["anchors", "entries", "rows"] as const) {
      if (members[name] !== counts[name]) verifier.addDamage(`the file has ${counts[name]} ${name}, its end says ${String(members[name])}`);
    }
    return true;
  } else verifier.addDamage(`line ${number} is neither anchor, entry, row nor end`);
  return false;
}
