// Where the control planes of a data directory listen. `control-plane.json` is the one that leads; each
// process also has a file of its own in `control-planes/`. Written by control planes, read by clients.
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { isProcessAlive } from "./process.ts";
import type { ProcessIdentity } from "./process.ts";

export interface ControlPlaneRecord {
  readonly url: string;
  readonly port: number;
  readonly caPath: string;
  /** Null after an orderly stop. */
  readonly pid: number | null;
  readonly startTicks: number | null;
  readonly bootId: string | null;
  /** The process as the database knows it: its executor ids begin with this name. */
  readonly processName: string;
  readonly installationId: string;
  readonly rung: string;
  readonly tenantId: string;
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly location: string;
}

const ownFile = (homeDir: string, pid: number): string => join(homeDir, "control-planes", `${pid}.json`);

/** Says that this process serves; what killed ones left behind goes. */
export function announceControlPlane(homeDir: string, record: ControlPlaneRecord & { readonly pid: number }): void {
  const path = ownFile(homeDir, record.pid);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  for (const { file, record: known } of readAll(homeDir)) if (known === null || !isAlive(known)) rmSync(file, { force: true });
  writeControlPlaneRecord(path, record);
}

export function withdrawControlPlane(homeDir: string, pid: number): void {
  rmSync(ownFile(homeDir, pid), { force: true });
}

export function writeControlPlaneRecord(path: string, record: ControlPlaneRecord): void {
  const fresh = `${path}.${process.pid}.new`;
  writeFileSync(fresh, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o644 });
  renameSync(fresh, path);
}

/** The control planes of a data directory that live now. */
export const listControlPlanes = (homeDir: string): readonly ControlPlaneRecord[] => readAll(homeDir).flatMap(({ record }) => (record !== null && isAlive(record) ? [record] : []));

/** Null after an orderly stop. */
export function processOfRecord(record: Pick<ControlPlaneRecord, "pid" | "startTicks" | "bootId">): ProcessIdentity | null {
  const { pid, startTicks, bootId } = record;
  return pid === null || startTicks === null || bootId === null ? null : { pid, startTicks, bootId };
}

function isAlive(record: ControlPlaneRecord): boolean {
  const identity = processOfRecord(record);
  return identity !== null && isProcessAlive(identity);
}

function readAll(homeDir: string): { readonly file: string; readonly record: ControlPlaneRecord | null }[] {
  const dir = join(homeDir, "control-planes");
  let names: string[];
  try {
    names = readdirSync(dir).filter((name) => /^\d+\.json$/.test(name));
  } catch {
    return []; // nobody has announced itself
  }
  return names.map((name) => ({ file: join(dir, name), record: readOne(join(dir, name)) }));
}

function readOne(file: string): ControlPlaneRecord | null {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as ControlPlaneRecord; // written whole by writeControlPlaneRecord
  } catch {
    return null; // gone meanwhile, or not ours
  }
}
