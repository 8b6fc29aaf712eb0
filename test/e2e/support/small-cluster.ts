// The smallest cluster `cynosure up` delivers, and what of it lives on this machine: read from /proc and the
// namespaces, never from our own records.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findOurProcesses, readProcessStat, removeLeftovers } from "@cynosure/machine";
import type { FoundProcess } from "@cynosure/machine";
import { installationId } from "@cynosure/model";
import type { Home } from "./cynosure.ts";

export const CLUSTER = "small";

/** Writes the requirement beside the data and answers its path. */
export function writeSmallRequirement(dir: string): string {
  mkdirSync(dir, { recursive: true });
  const path = join(dir, "small.yaml");
  writeFileSync(
    path,
    `apiVersion: cynosure/v1
kind: Requirement
name: ${CLUSTER}
sites:
  - name: here
    location: local
    hosts: { count: 3 }
    fileSystems:
      - { name: home, usableCapacityGB: 1, protocols: [nfs], protection: { hostFailures: 1 } }
    buckets:
      - { name: results, protection: { hostFailures: 1 } }
`,
    { mode: 0o644 },
  );
  return path;
}

/** Everything alive of the installation. */
export const processesOf = (home: Home): readonly FoundProcess[] => findOurProcesses(installationId(home.record().installationId));

const engineDaemon = /ceph-(mon|mgr|osd|mds) |radosgw |ganesha\.nfsd /;
export const daemonsOf = (home: Home): readonly FoundProcess[] => processesOf(home).filter((found) => engineDaemon.test(`${found.commandLine} `) && /-f |-F /.test(found.commandLine));

export const isStillThere = (found: FoundProcess): boolean => readProcessStat(found.pid)?.startTicks === found.startTicks;

/** User ids of a process as the machine sees them. */
export function uidOf(pid: number): number | null {
  try {
    return Number(/^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
  } catch {
    return null; // it has ended meanwhile
  }
}

/** For the end of a test, also of one that failed half-way: nothing of the installation goes on running. */
export async function endHome(home: Home): Promise<void> {
  // First those that would start again what is ended below.
  await home.endCommands();
  if (existsSync(join(home.dir, "installation.json"))) await removeLeftovers(home.leftovers().installationId);
  home.remove();
}
