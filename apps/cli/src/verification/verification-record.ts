// Remembers, per cluster, what the last verification wrote, so that the next start can prove that the data
// came back. A file in the data directory; a record that cannot be read is an error, not a fresh start.
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { WrittenItem } from "./round-trip.ts";

export interface VerificationRecord {
  /** ARM id of the cluster the items are on. */
  readonly clusterId: string;
  readonly nfs: WrittenItem | null;
  readonly s3: WrittenItem | null;
}

const isItem = (value: unknown): value is WrittenItem | null =>
  value === null || (typeof value === "object" && "name" in value && typeof value.name === "string" && "sha256" in value && typeof value.sha256 === "string" && "sizeBytes" in value && typeof value.sizeBytes === "number");

export async function readVerificationRecord(path: string, clusterId: string): Promise<VerificationRecord | null> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
  const value: unknown = JSON.parse(text);
  if (typeof value !== "object" || value === null || !("clusterId" in value) || !("nfs" in value) || !("s3" in value) || !isItem(value.nfs) || !isItem(value.s3)) {
    throw new Error(`${path} is not a verification record; remove it to verify without looking for earlier data`);
  }
  return value.clusterId === clusterId ? { clusterId, nfs: value.nfs, s3: value.s3 } : null;
}

export async function writeVerificationRecord(path: string, record: VerificationRecord): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.new`, `${JSON.stringify(record)}\n`);
  await rename(`${path}.new`, path);
}

export const forgetVerificationRecord = (path: string): Promise<void> => rm(path, { force: true });
