// What a set of processes costs, from /proc: proportional memory (shared pages counted once over all) and
// processor time. Processes are found by the installation id in their environment, or as children of such
// (PostgreSQL's own processes overwrite theirs), never from our own list.
import { readdirSync, readFileSync } from "node:fs";

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

function figureOf(pid: number): ProcessFigure | null {
  const rollup = readOrNull(`/proc/${pid}/smaps_rollup`);
  const stat = readOrNull(`/proc/${pid}/stat`);
  const commandLine = readOrNull(`/proc/${pid}/cmdline`);
  if (rollup === null || stat === null || commandLine === null) return null;
  const pssKiB = Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0);
  // Fields after the parenthesised name: utime and stime are the 12th and 13th.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = Number(fields[11]) + Number(fields[12]);
  return { pid, commandLine: commandLine.replaceAll("\0", " ").trim(), pssBytes: pssKiB * 1024, cpuSeconds: ticks / TICKS_PER_SECOND };
}

const parentOf = (pid: number): number => Number(/^PPid:\s+(\d+)/m.exec(readOrNull(`/proc/${pid}/status`) ?? "")?.[1] ?? 0);

/** All processes whose environment carries the installation id, with all their descendants. */
export function processesOf(installationId: string): ProcessFigure[] {
  const marker = `CYNOSURE_INSTALLATION=${installationId}`;
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map(Number);
  const parents = new Map(pids.map((pid) => [pid, parentOf(pid)]));
  const marked = new Set(pids.filter((pid) => readOrNull(`/proc/${pid}/environ`)?.split("\0").includes(marker) ?? false));
  const isOurs = (pid: number): boolean => pid > 1 && (marked.has(pid) || isOurs(parents.get(pid) ?? 0));
  return pids.filter(isOurs).map(figureOf).filter((figure): figure is ProcessFigure => figure !== null);
}

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
