// Making the cluster's secrets: cephx keys in Ceph's own format, the S3 user's key, identifiers. All of it
// before any host plan is served and without asking a cluster that does not exist yet.
import { randomBytes, randomInt, randomUUID } from "node:crypto";
import type { EngineCall } from "@cynosure/engine";
import { doneVoid, type EngineAction, type StepResult } from "@cynosure/model";
import { parseKeys } from "../layout/action-params.ts";
import { FSID_OUTPUT, S3_ACCESS_KEY_SECRET, S3_SECRET_KEY_SECRET, keySecret, osdUuidOutput } from "../layout/names.ts";

const KEY_BYTES = 16;

/** A cephx secret: type 1 (AES), creation time, length, key; base64. */
export function createCephxKey(nowMs: number = Date.now()): string {
  const head = Buffer.alloc(12);
  head.writeUInt16LE(1, 0);
  head.writeUInt32LE(Math.floor(nowMs / 1_000), 2);
  head.writeUInt32LE((nowMs % 1_000) * 1_000_000, 6);
  head.writeUInt16LE(KEY_BYTES, 10);
  return Buffer.concat([head, randomBytes(KEY_BYTES)]).toString("base64");
}

const letters = (alphabet: string, length: number): string => Array.from({ length }, () => alphabet[randomInt(alphabet.length)] ?? "").join("");
const UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

export async function ensureKeys(call: EngineCall, action: EngineAction): Promise<StepResult> {
  const { vault } = call;
  const { entities, osdIds } = parseKeys(action.params);
  for (const entity of entities) await vault.ensureSecret(keySecret(entity), () => createCephxKey());
  await vault.ensureSecret(S3_ACCESS_KEY_SECRET, () => letters(UPPER, 20));
  await vault.ensureSecret(S3_SECRET_KEY_SECRET, () => letters(UPPER + UPPER.toLowerCase(), 40));
  // Identifiers are no secrets, but only a secret is created once however many callers race: outputs copy it.
  for (const name of [FSID_OUTPUT, ...osdIds.map(osdUuidOutput)]) await vault.putOutput(name, await vault.ensureSecret(name, () => randomUUID()));
  return doneVoid;
}
