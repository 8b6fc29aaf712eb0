// The sealed audit log: what digests are made of, the chain, its signed anchors, the sealer that makes them and
// the verifier that finds what was tampered with. Knows no database and no API.
export { generateAnchorKeyPem, openAnchorSigner, publicKeyOfPem, isSignedBy, type AnchorSigner } from "./anchors.ts";
export { openAnchorFile, parseAnchorLines, type AnchorFile } from "./anchor-file.ts";
export type { AuditAnchor, AuditChainEntry, AuditRow } from "./audit-types.ts";
export { anchorBytes, digestLink, digestRow, NOTHING_BEFORE } from "./canonical.ts";
export { linkRows } from "./chain.ts";
export { anchorLine, endLine, entryLine, headerLine, NotAnExportError, rowLine, verifyExport, type ExportCounts, type ExportHeader } from "./export-file.ts";
export type { Finding, FindingKind } from "./findings.ts";
export { createAuditSealer, type AuditSealer, type SealStore, type SealerOptions } from "./sealer.ts";
export { AuditVerifier, type Verdict, type VerifierOptions } from "./verifier.ts";
