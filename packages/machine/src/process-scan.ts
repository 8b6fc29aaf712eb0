// Finding processes by what they carry, not by a list of ours: /proc is the only witness that survives a
// crash of whoever kept the list.
import { readFileSync, readdirSync } from "node:fs";
import type { InstallationId } from "@cynosure/model";
import { INSTALLATION_VARIABLE, readProcessStat } from "./process.ts";
import type { ProcessStat } from "./process.ts";

export interface FoundProcess extends ProcessStat {
  readonly commandLine: string;
}

export function listProcesses(): readonly ProcessStat[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.map((pid) => readProcessStat(Number(pid))).filter((stat) => stat !== null && stat.state !== "Z" && stat.state !== "X") as ProcessStat[];
}

/** Processes whose environment holds exactly this entry. Those of other users show only to root. */
export function findProcessesByEnvironment(variable: string, value: string): readonly FoundProcess[] {
  const entry = `\0${variable}=${value}\0`;
  return listProcesses()
    .filter((stat) => `\0${readProc(stat.pid, "environ")}\0`.includes(entry))
    .map(withCommandLine);
}

/**
 * Everything alive that belongs to an installation: marked processes and all their descendants, which may
 * have cleaned their environment.
 */
export const findOurProcesses = (id: InstallationId): readonly FoundProcess[] => findProcessTrees(INSTALLATION_VARIABLE, id);

/** Processes whose environment holds exactly this entry, and all their descendants. */
export const findProcessTrees = (variable: string, value: string): readonly FoundProcess[] => withDescendants(new Set(findProcessesByEnvironment(variable, value).map((stat) => stat.pid)));

/** Every installation id some process here carries. */
export function listInstallationIds(): ReadonlySet<string> {
  const pattern = new RegExp(`(?:^|\\0)${INSTALLATION_VARIABLE}=([0-9a-f]{8})(?:\\0|$)`);
  return new Set(listProcesses().map((stat) => pattern.exec(readProc(stat.pid, "environ"))?.[1]).filter((id) => id !== undefined));
}

/** The process id inside the innermost PID namespace. */
export function readInnermostPid(pid: number): number | null {
  const line = /^NSpid:\s+(.+)$/m.exec(readProc(pid, "status"))?.[1];
  return line === undefined ? null : Number(line.trim().split(/\s+/).at(-1));
}

function withDescendants(roots: ReadonlySet<number>): readonly FoundProcess[] {
  const all = listProcesses();
  const found = new Set(roots);
  for (let grew = true; grew; ) {
    grew = false;
    for (const stat of all) {
      if (found.has(stat.pid) || !found.has(stat.ppid)) continue;
      found.add(stat.pid);
      grew = true;
    }
  }
  return all.filter((stat) => found.has(stat.pid)).map(withCommandLine);
}

const withCommandLine = (stat: ProcessStat): FoundProcess => ({ ...stat, commandLine: readProc(stat.pid, "cmdline").replaceAll("\0", " ").trim() || `[${stat.comm}]` });

function readProc(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "utf8");
  } catch {
    return "";
  }
}
