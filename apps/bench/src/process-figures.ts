// What a set of processes costs, from /proc: proportional memory (shared pages counted once over all) and
// processor time. Which processes are ours is the machine room's word, by installation id and descent.
import { readFileSync } from "node:fs";
import { findOurProcesses, type FoundProcess } from "@cynosure/machine";
import { installationId } from "@cynosure/model";

/** USER_HZ of Linux: the unit of times in /proc/PID/stat. */
const TICKS_PER_SECOND = 100;

export interface ProcessFigure {
  readonly pid: number;
  readonly commandLine: string;
  readonly pssBytes: number;
  readonly cpuSeconds: number;
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null; // the process ended between listing and reading
  }
}

function figureOf({ pid, commandLine }: FoundProcess): ProcessFigure | null {
  const rollup = readOrNull(`/proc/${pid}/smaps_rollup`);
  const stat = readOrNull(`/proc/${pid}/stat`);
  if (rollup === null || stat === null) return null;
  const pssKiB = Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0);
  // Fields after the parenthesised name: utime and stime are the 12th and 13th.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = Number(fields[11]) + Number(fields[12]);
  return { pid, commandLine, pssBytes: pssKiB * 1024, cpuSeconds: ticks / TICKS_PER_SECOND };
}

/** All processes of the installation; PostgreSQL's, which overwrite their environment, are found as descendants. */
export const processesOf = (id: string): ProcessFigure[] =>
  findOurProcesses(installationId(id))
    .map(figureOf)
    .filter((figure): figure is ProcessFigure => figure !== null);

export type Role = "controlPlane" | "postgres" | "agent" | "hostRuntime" | "daemon" | "relay" | "other";

export function roleOf(figure: ProcessFigure): Role {
  const line = figure.commandLine;
  if (line.includes("apps/controlplane/")) return "controlPlane";
  if (/(^|\/)postgres(:| |$)/.test(line)) return "postgres";
  if (line.includes("relay-child")) return "relay";
  if (/^\S*(bwrap|sh|env|sleep) /.test(line)) return "hostRuntime";
  if (line.includes("packages/agent/src/main.ts")) return "agent";
  if (/\b(ceph-(mon|mgr|osd|mds)|radosgw|ganesha\.nfsd)\b/.test(line)) return "daemon";
  return "other";
}
