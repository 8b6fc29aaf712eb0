// What the local substrate remembers on disk: which clusters and hosts it made, the highest executor
// epoch seen, the processes to adopt. Records are replaced whole; a missing one means "not made".
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { randomBytes } from "node:crypto";
import type { ClusterKey, EndpointLayout, HostId } from "@cynosure/model";
import type { ProcessIdentity } from "@cynosure/machine";
import type { ClusterNames } from "./names.ts";

export interface ClusterRecord {
  readonly clusterKey: ClusterKey;
  readonly executorEpoch: number;
}

export interface HostRecord {
  readonly hostId: HostId;
  readonly index: number;
  readonly size: string;
  readonly failureDomain: string;
  readonly imageName: string;
  readonly diskPaths: readonly string[];
  readonly diskSizeBytes: number;
  /** What was asked for: a host that is off on purpose stays off when the others are resumed. */
  readonly wantedPower: "on" | "off";
  readonly link: "up" | "cut";
  /** The first process of the host's PID namespace; null when it never ran or was stopped. */
  readonly init: ProcessIdentity | null;
}

export interface EndpointRecord extends EndpointLayout {
  /** On 127.0.0.1; chosen once and kept. */
  readonly listenPort: number;
}

export interface EndpointsRecord {
  /** The control plane whose relays these are. */
  readonly owner: ProcessIdentity | null;
  readonly endpoints: readonly EndpointRecord[];
  /** Every port ever given to an endpoint name, also of withdrawn ones: published again it is where it was. */
  readonly ports: Readonly<Record<string, number>>;
}

// `as`: these files are written by this module alone; their versions change with it.
export const readClusterRecord = (cluster: ClusterNames): ClusterRecord | null => readRecord(cluster.recordFile) as ClusterRecord | null;
export const readHostRecord = (recordFile: string): HostRecord | null => readRecord(recordFile) as HostRecord | null;
export const readEndpointsRecord = (cluster: ClusterNames): EndpointsRecord => (readRecord(cluster.endpointsFile) as EndpointsRecord | null) ?? { owner: null, endpoints: [], ports: {} };

export function listHostRecords(cluster: ClusterNames): readonly HostRecord[] {
  const dir = join(cluster.dir, ".records");
  if (!existsSync(dir)) return [];
  const files = readdirSync(dir).filter((name) => name.endsWith(".json"));
  const records = files.map((name) => readHostRecord(join(dir, name))).filter((record) => record !== null);
  return records.sort((a, b) => a.index - b.index);
}

/** Every cluster with something on this machine. */
export function listClusterRecords(hostsDir: string): readonly ClusterRecord[] {
  if (!existsSync(hostsDir)) return [];
  return readdirSync(hostsDir).map((name) => readRecord(join(hostsDir, name, "cluster.json")) as ClusterRecord | null).filter((record) => record !== null);
}

export function writeRecord(file: string, value: unknown): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileAtomically(file, `${JSON.stringify(value, null, 2)}\n`, 0o600);
}

/** The file is the old or the new one, never a part. */
export function writeFileAtomically(file: string, text: string, mode: number): void {
  const fresh = `${file}.${randomBytes(4).toString("hex")}.new`;
  writeFileSync(fresh, text, { mode });
  renameSync(fresh, file);
}

export const removeFile = (file: string): void => rmSync(file, { force: true });

function readRecord(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR")) return null;
    throw new Error(`${file} cannot be read: ${String(error)}; remove it and the next run looks at the machine instead`, { cause: error });
  }
}
