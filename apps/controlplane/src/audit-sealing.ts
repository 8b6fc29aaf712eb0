// Seals the audit log while this process leads: the key and the anchors are files of the data directory, for
// whoever has the database alone must not be able to make them.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createAuditSealer, generateAnchorKeyPem, openAnchorFile, openAnchorSigner } from "@cynosure/audit";
import type { AuditSealer } from "@cynosure/audit";
import type { Installation } from "@cynosure/machine";
import type { Clock } from "@cynosure/model";
import type { Store } from "@cynosure/resource-store";
import type { BackgroundTask } from "./background-tasks.ts";
import { writeWhole } from "./control-plane-record.ts";
import { readOrCreate } from "./secrets.ts";

/** One question to the database when there is nothing to seal. */
const SEAL_EVERY_MS = 1_000;

export interface AuditSealing {
  readonly task: BackgroundTask;
  /** Seals and anchors what is left; only who leads does. */
  finish(): Promise<void>;
}

export function sealAudit({ installation, store, clock }: { readonly installation: Installation; readonly store: Store; readonly clock: Clock }): AuditSealing {
  const signer = openAnchorSigner(readOrCreate(join(installation.pkiDir, "audit-anchor.pem"), generateAnchorKeyPem));
  const publicPath = join(installation.pkiDir, "audit-anchor.pub.pem");
  if (!existsSync(publicPath)) writeWhole(publicPath, signer.publicKeyPem);
  const sealer: AuditSealer = createAuditSealer({
    store: store.audit,
    file: openAnchorFile(join(installation.homeDir, "audit-anchors.jsonl")),
    signer,
    installationId: installation.id,
    nowMs: () => clock.now(),
  });
  return { task: { name: "seal the audit log", everyMs: SEAL_EVERY_MS, run: (signal) => sealer.round(signal) }, finish: () => sealer.finish() };
}
