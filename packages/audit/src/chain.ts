// Puts rows at the end of the chain: pure, so that store, sealer and verifier cannot disagree.
import type { AuditChainEntry, AuditRow } from "./audit-types.ts";
import { NOTHING_BEFORE, digestLink, digestRow } from "./canonical.ts";

export function linkRows(last: AuditChainEntry | null, rows: readonly AuditRow[]): readonly AuditChainEntry[] {
  let position = last?.position ?? 0;
  let previousSha256 = last?.sha256 ?? NOTHING_BEFORE;
  return rows.map((row) => {
    position += 1;
    const entry = { position, seq: row.seq, atMs: row.atMs, rowSha256: digestRow(row), previousSha256 };
    const sha256 = digestLink(entry);
    previousSha256 = sha256;
    return { ...entry, sha256 };
  });
}
