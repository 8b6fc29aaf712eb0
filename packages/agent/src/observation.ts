// Looking at the host: files, disks, markers, processes and ports, as the pure core wants them. Contents
// of unchanged files are not read twice. Nothing is changed here.
import { existsSync, lstatSync, readFileSync, statSync } from "node:fs";
import type { HostPlan } from "@cynosure/model";
import type { AgentState } from "./agent-state.ts";
import type { HostObservation, SeenProcess } from "./convergence.ts";
import { ownPlace } from "./own-place.ts";
import { sha256 } from "./plan-keys.ts";
import { isAlive, readListeningPorts, scanProcesses } from "./process-table.ts";

interface KnownFile {
  readonly stamp: string;
  readonly sha256: string;
}

export interface Observer {
  observe(plan: HostPlan | null, state: AgentState, busy: ReadonlySet<string>): HostObservation;
}

export function createObserver(hostMarker: string): Observer {
  const known = new Map<string, KnownFile>();
  return {
    observe: (plan, state, busy) => {
      const marked = scanProcesses(hostMarker, process.pid);
      // A daemon that overwrote its environment is still the one we recorded.
      const recorded: readonly SeenProcess[] = Object.values(state.daemons).flatMap((record) => {
        if (record.pid === null || record.startTicks === null || marked.processes.some((each) => each.pid === record.pid)) return [];
        const process = { daemonId: record.id, pid: record.pid, startTicks: record.startTicks, isLeader: true };
        return isAlive(process) ? [process] : [];
      });
      return {
        files: new Map((plan?.files ?? []).map((file) => [file.path, lookAtFile(known, file.path)])),
        disks: new Map((plan?.disks ?? []).map((disk) => [disk.path, lookAtDisk(disk.path)])),
        created: new Set((plan?.daemons ?? []).flatMap((spec) => spec.prepare.map((command) => command.creates)).filter((path) => existsSync(path))),
        processes: [...marked.processes, ...recorded],
        prepares: marked.prepares,
        listeningPorts: Object.values(state.daemons).some((record) => record.phase === "started") ? readListeningPorts(ownPlace?.address) : new Set(),
        busy,
      };
    },
  };
}

function lookAtFile(known: Map<string, KnownFile>, path: string): { sha256: string; mode: number } | null {
  try {
    const stat = lstatSync(path);
    // A link or a directory in its place is not the file of the plan: it is replaced, or refuses to be.
    if (!stat.isFile()) return null;
    const stamp = `${String(stat.ino)} ${String(stat.size)} ${String(stat.mtimeMs)} ${String(stat.ctimeMs)}`;
    const before = known.get(path);
    const digest = before?.stamp === stamp ? before.sha256 : sha256(readFileSync(path));
    known.set(path, { stamp, sha256: digest });
    return { sha256: digest, mode: stat.mode & 0o7777 };
  } catch {
    return null;
  }
}

function lookAtDisk(path: string): { sizeBytes: number; isDevice: boolean } | null {
  try {
    const stat = statSync(path);
    return stat.isFile() || stat.isBlockDevice() ? { sizeBytes: stat.size, isDevice: stat.isBlockDevice() } : null;
  } catch {
    return null;
  }
}
