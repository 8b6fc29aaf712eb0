// What carries an installation's id on this machine, found by looking at the machine: processes, network
// namespaces, mounts, runtime directories. Used by doctor, by clean-up and by the proof that nothing is left.
import { existsSync, readFileSync, readdirSync, rmSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { installationId } from "@cynosure/model";
import type { InstallationId } from "@cynosure/model";
import { listRuntimeBases } from "./installation.ts";
import type { Installation } from "./installation.ts";
import { findOurProcesses, listInstallationIds } from "./process-scan.ts";
import type { FoundProcess } from "./process-scan.ts";
import { identifyProcess, isErrno, stopProcess } from "./process.ts";
import { run } from "./run.ts";

export interface Leftovers {
  readonly installationId: InstallationId;
  readonly processes: readonly FoundProcess[];
  readonly networkNamespaces: readonly string[];
  readonly mounts: readonly string[];
  readonly runtimeDirs: readonly string[];
}

const NAMESPACE_DIR = "/run/netns";
const namespaceName = /^cyn-([0-9a-f]{8})-/;

const runtimeBases = (): readonly string[] => listRuntimeBases(process.env["XDG_RUNTIME_DIR"]).map((base) => join(base, "cynosure"));

export function findLeftovers(id: InstallationId): Leftovers {
  return {
    installationId: id,
    processes: findOurProcesses(id).filter((found) => found.pid !== process.pid),
    networkNamespaces: listDir(NAMESPACE_DIR).filter((name) => name.startsWith(`cyn-${id}-`)),
    mounts: readFileSync("/proc/self/mounts", "utf8").split("\n").map((line) => line.split(" ")[1] ?? "").filter((path) => path.includes(id)),
    runtimeDirs: runtimeBases().map((base) => join(base, id)).filter((dir) => existsSync(dir)),
  };
}

export const isNothingLeft = (left: Leftovers): boolean => left.processes.length === 0 && left.networkNamespaces.length === 0 && left.mounts.length === 0 && left.runtimeDirs.length === 0;

/** Every installation that something on this machine belongs to. */
export function findInstallationIds(): readonly InstallationId[] {
  const namespaces = listDir(NAMESPACE_DIR).map((name) => namespaceName.exec(name)?.[1]).filter((id) => id !== undefined);
  const runtimes = runtimeBases().flatMap((base) => listDir(base)).filter((name) => /^[0-9a-f]{8}$/.test(name));
  return [...new Set([...listInstallationIds(), ...namespaces, ...runtimes])].sort().map((id) => installationId(id));
}

/** Ends and removes all that `findLeftovers` names; data directories stay. Answers what resisted. */
export async function removeLeftovers(id: InstallationId): Promise<Leftovers> {
  await Promise.all(
    findLeftovers(id).processes.map(async (found) => {
      const identity = identifyProcess(found.pid);
      if (identity !== null) await stopProcess(identity, { signal: "SIGKILL", timeoutMsMax: 10_000 });
    }),
  );
  const left = findLeftovers(id);
  for (const name of left.networkNamespaces) await run(["ip", "netns", "del", name], { timeoutMsMax: 20_000 });
  for (const dir of left.runtimeDirs) rmSync(dir, { recursive: true, force: true });
  return findLeftovers(id);
}

/**
 * Removes the directory of sockets once nothing that lives could be using it: no process of the installation but
 * this one, no socket in it. A directory that is bound into a living host must stay, empty or not.
 */
export function removeUnusedRuntimeDir(installation: Installation): void {
  const left = findLeftovers(installation.id);
  if (left.processes.length > 0 || left.networkNamespaces.length > 0) return;
  for (const dir of [installation.gatewaySocketDir, installation.runtimeDir]) {
    try {
      rmdirSync(dir);
    } catch (error) {
      if (!isErrno(error, "ENOENT") && !isErrno(error, "ENOTEMPTY")) throw error;
    }
  }
}

function listDir(dir: string): readonly string[] {
  try {
    return readdirSync(dir);
  } catch {
    return [];
  }
}
