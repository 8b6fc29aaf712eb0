// What is wrong with the machine, as findings a person can act on: each names the thing, the reason and
// the remedy. Looks, never changes anything but the throw-away probes of rungs.ts.
import { accessSync, constants, existsSync, readFileSync, statfsSync } from "node:fs";
import { freemem, totalmem } from "node:os";
import { findHostImage } from "./host-image/build.ts";
import type { Installation } from "./installation.ts";
import { findInstallationIds, findLeftovers, isNothingLeft } from "./leftovers.ts";
import type { Leftovers } from "./leftovers.ts";
import { describeSystem, installCommand, listMissingPackages } from "./packages.ts";
import { locatePostgres } from "./postgres-binaries.ts";
import { probeRungs, userNamespaceSettings } from "./rungs.ts";
import type { RungLetter, RungProbe } from "./rungs.ts";

export interface DoctorFinding {
  /** Stable, for scripts: `node-version`, `disk-space`, … */
  readonly id: string;
  /** `unknown`: the look itself failed, which says nothing about the others. */
  readonly severity: "ok" | "info" | "warning" | "error" | "unknown";
  readonly message: string;
  /** What to do about it; null when nothing needs doing. */
  readonly remedy: string | null;
}

export interface DoctorReport {
  readonly system: string;
  readonly rung: RungLetter;
  readonly probes: readonly RungProbe[];
  readonly findings: readonly DoctorFinding[];
  readonly leftovers: readonly Leftovers[];
}

export interface DoctorOptions {
  readonly installation: Installation | null;
  /** The image a first start would need. */
  readonly imageName: string;
  readonly supportedRungs: readonly RungLetter[];
  /** The installation's control plane runs now: what it holds is not left over. */
  readonly isRunning: boolean;
}

const NODE_MAJOR_MIN = 24;
const DISK_FREE_BYTES_MIN = 6e9;
const MEMORY_FREE_BYTES_MIN = 3e9;

export async function examineMachine(options: DoctorOptions): Promise<DoctorReport> {
  const { chosen, probes } = await probeRungs(options.supportedRungs, { hasImage: options.installation !== null && findHostImage(options.installation.imagesDir, options.imageName) !== null });
  const leftovers = findInstallationIds()
    .map(findLeftovers)
    .filter((left) => !isNothingLeft(left));
  const findings = [
    look("node-version", nodeVersion),
    look("postgres", postgres),
    look("disk-space", () => diskSpace(options.installation?.homeDir ?? ".")),
    look("memory", memory),
    rung(chosen, probes),
    look("packages", () => packages(chosen.rung, options)),
    look("user-namespaces", userNamespaces),
    look("fuse", fuse),
    ...leftovers.map((left) => leftover(left, options)),
  ];
  return { system: describeSystem(), rung: chosen.rung, probes, findings, leftovers };
}

const finding = (id: string, severity: DoctorFinding["severity"], message: string, remedy: string | null = null): DoctorFinding => ({ id, severity, message, remedy });

/** One that breaks off hides no other. */
export function look(id: string, at: () => DoctorFinding): DoctorFinding {
  try {
    return at();
  } catch (error) {
    return finding(id, "unknown", `could not be found out: ${error instanceof Error ? error.message : String(error)}`, "see that the user who runs this may read what is named");
  }
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;

function nodeVersion(): DoctorFinding {
  const major = Number(process.versions.node.split(".")[0]);
  if (major >= NODE_MAJOR_MIN) return finding("node-version", "ok", `Node ${process.versions.node}`);
  return finding("node-version", "error", `Node ${process.versions.node} runs, and ${NODE_MAJOR_MIN} is needed`, "npm ci brings it; start through npm or the cynosure command");
}

function postgres(): DoctorFinding {
  try {
    return finding("postgres", "ok", `embedded PostgreSQL in ${locatePostgres().root}`);
  } catch (error) {
    return finding("postgres", "error", error instanceof Error ? error.message : String(error), "npm ci, or set DATABASE_URL");
  }
}

function diskSpace(dir: string): DoctorFinding {
  const stats = statfsSync(existsSync(dir) ? dir : ".");
  const freeBytes = stats.bavail * stats.bsize;
  if (freeBytes >= DISK_FREE_BYTES_MIN) return finding("disk-space", "ok", `${gigabytes(freeBytes)} free at ${dir}`);
  return finding("disk-space", "error", `${gigabytes(freeBytes)} free at ${dir}; a cluster with its image takes about ${gigabytes(DISK_FREE_BYTES_MIN)}`, "free some space, or set CYNOSURE_HOME to a roomier disk");
}

function memory(): DoctorFinding {
  const available = /^MemAvailable:\s+(\d+) kB/m.exec(existsSync("/proc/meminfo") ? readFileSync("/proc/meminfo", "utf8") : "")?.[1];
  const freeBytes = available === undefined ? freemem() : Number(available) * 1024;
  const message = `${gigabytes(freeBytes)} of ${gigabytes(totalmem())} memory available`;
  if (freeBytes >= MEMORY_FREE_BYTES_MIN) return finding("memory", "ok", message);
  return finding("memory", "warning", `${message}; eight hosts use up to ${gigabytes(MEMORY_FREE_BYTES_MIN)} under load`, "end other programs, or ask for fewer hosts");
}

function rung(chosen: RungProbe, probes: readonly RungProbe[]): DoctorFinding {
  const passed = probes.filter((probe) => probe.rung < chosen.rung).map((probe) => `${probe.rung}: ${probe.state === "unavailable" ? probe.reason : "not supported yet"}`);
  const message = `rung ${chosen.rung}, ${chosen.name}: ${chosen.reason}${passed.length === 0 ? "" : ` (${passed.join("; ")})`}`;
  return finding("rung", chosen.rung === "d" ? "warning" : "ok", message, chosen.rung === "d" ? "start as root on a Linux machine to get real hosts" : null);
}

function packages(letter: RungLetter, options: DoctorOptions): DoctorFinding {
  const hostImage = options.installation === null || findHostImage(options.installation.imagesDir, options.imageName) === null;
  const missing = listMissingPackages(letter, { hostImage });
  if (missing.length === 0) return finding("packages", "ok", "no package is missing");
  return finding("packages", "warning", `missing: ${missing.map((one) => `${one.name} (${one.why})`).join(", ")}`, `npm start installs them when allowed, or: ${installCommand(missing.map((one) => one.name))}`);
}

function userNamespaces(): DoctorFinding {
  const settings = userNamespaceSettings();
  if (settings === "") return finding("user-namespaces", "ok", "no setting forbids user namespaces");
  return finding("user-namespaces", "info", `unprivileged user namespaces are restricted${settings}`, "only rung b needs them");
}

function fuse(): DoctorFinding {
  try {
    accessSync("/dev/fuse", constants.R_OK | constants.W_OK);
    return finding("fuse", "ok", "/dev/fuse can be used");
  } catch {
    return finding("fuse", "info", "/dev/fuse is missing or not ours to open", "only mounting a file system on this machine needs it; verification does not");
  }
}

function leftover(left: Leftovers, options: DoctorOptions): DoctorFinding {
  const counts = [`${left.processes.length} processes`, `${left.networkNamespaces.length} network namespaces`, `${left.mounts.length} mounts`, `${left.runtimeDirs.length} runtime directories`].join(", ");
  const isOwn = options.installation?.id === left.installationId;
  if (isOwn && options.isRunning) return finding("running", "info", `installation ${left.installationId} (this one) runs: ${counts}`);
  const onlyRuntime = left.processes.length === 0 && left.networkNamespaces.length === 0 && left.mounts.length === 0;
  const whose = isOwn ? "this installation" : "another installation, which may be in use from its own checkout";
  return finding("leftovers", onlyRuntime ? "info" : "warning", `installation ${left.installationId} (${whose}) has ${counts}`, isOwn ? "npm start adopts them; cynosure up --fresh ends them" : "stop it from its own checkout");
}
