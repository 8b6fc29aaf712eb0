// One installation: its id, its directories, and the rules their paths keep. Everything it starts or
// makes on the machine carries the id, so that two checkouts never meet.
import { accessSync, constants, existsSync, linkSync, lstatSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { installationId } from "@cynosure/model";
import type { InstallationId } from "@cynosure/model";
import { isErrno } from "./process.ts";

export interface Installation {
  readonly id: InstallationId;
  /** `.cynosure` of the checkout, or CYNOSURE_HOME. */
  readonly homeDir: string;
  /** Sockets; lives on a tmpfs and is gone after a reboot. */
  readonly runtimeDir: string;
  readonly postgresDir: string;
  readonly imagesDir: string;
  readonly hostsDir: string;
  readonly pkiDir: string;
  readonly logsDir: string;
  readonly controlPlaneFile: string;
  /** Bound into every host: holds `gateway.sock`. Never removed while hosts live. */
  readonly gatewaySocketDir: string;
}

export interface OpenInstallationOptions {
  readonly homeDir: string;
  /** Default: `images` below the home directory. */
  readonly imageCacheDir?: string;
  /** Default: where the installation has its sockets already, else the first of `listRuntimeBases` that is ours to write. */
  readonly runtimeBaseDir?: string;
  readonly xdgRuntimeDir?: string;
  /** Default true. Who only looks makes no directory that would then lie about. */
  readonly makesRuntimeDir?: boolean;
}

/** Linux refuses a longer socket path. */
export const SOCKET_PATH_BYTES_MAX = 107;

/** Opens the installation of a home directory, making both when they are not there. */
export function openInstallation(options: OpenInstallationOptions): Installation {
  mkdirSync(options.homeDir, { recursive: true, mode: 0o700 });
  const homeDir = realpathSync(options.homeDir);
  const id = readOrCreateId(homeDir);
  const runtimeDir = join(runtimeBase(options, id), "cynosure", id);
  const gatewaySocketDir = join(runtimeDir, "gateway");
  checkSocketPath(join(gatewaySocketDir, "gateway.sock"));
  const paths = {
    postgresDir: join(homeDir, "postgres"),
    imagesDir: options.imageCacheDir ?? join(homeDir, "images"),
    hostsDir: join(homeDir, "hosts"),
    pkiDir: join(homeDir, "pki"),
    logsDir: join(homeDir, "logs"),
  };
  const runtimeDirs = options.makesRuntimeDir === false ? [] : [runtimeDir, gatewaySocketDir];
  for (const dir of [paths.hostsDir, paths.pkiDir, paths.logsDir, ...runtimeDirs]) mkdirSync(dir, { recursive: true, mode: 0o700 });
  return { id, homeDir, runtimeDir, gatewaySocketDir, controlPlaneFile: join(homeDir, "control-plane.json"), ...paths };
}

/** Refuses a socket path before the kernel does it with a bare EINVAL. */
export function checkSocketPath(path: string): void {
  const bytes = Buffer.byteLength(path);
  if (bytes > SOCKET_PATH_BYTES_MAX) throw new Error(`the socket path ${path} takes ${bytes} bytes and Linux allows ${SOCKET_PATH_BYTES_MAX}; set XDG_RUNTIME_DIR to a shorter directory`);
}

/** Where runtime directories may lie, best first: root's /run, XDG_RUNTIME_DIR as given here, a private directory below /tmp. */
export function listRuntimeBases(xdgRuntimeDir: string | undefined): readonly string[] {
  const uid = process.getuid?.() ?? 0;
  return [...(uid === 0 ? ["/run"] : []), ...(xdgRuntimeDir === undefined || xdgRuntimeDir === "" ? [] : [xdgRuntimeDir]), `/tmp/cynosure-${uid}`];
}

function runtimeBase(options: OpenInstallationOptions, id: InstallationId): string {
  if (options.runtimeBaseDir !== undefined) return options.runtimeBaseDir;
  const bases = listRuntimeBases(options.xdgRuntimeDir);
  // Living hosts look for the gateway where it was when they started, also when this session's environment names another place.
  const base = bases.find((one) => existsSync(join(one, "cynosure", id))) ?? bases.slice(0, -1).find(isWritable) ?? bases.at(-1) ?? "/tmp";
  if (base !== bases.at(-1)) return base;
  mkdirSync(base, { recursive: true, mode: 0o700 });
  const stat = lstatSync(base);
  if (!stat.isDirectory() || stat.uid !== process.getuid?.() || (stat.mode & 0o077) !== 0) throw new Error(`${base} is not a directory of ours alone; remove it or set XDG_RUNTIME_DIR`);
  return base;
}

function isWritable(dir: string): boolean {
  try {
    accessSync(dir, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

interface IdFile {
  readonly id: string;
  readonly homeDir: string;
}

function readOrCreateId(homeDir: string): InstallationId {
  const file = join(homeDir, "installation.json");
  const known = readIdFile(file);
  if (known !== null && !isCopyOfLiving(known, homeDir)) return installationId(known.id);
  if (known !== null) rmSync(file);
  const fresh = join(homeDir, `.installation-${randomBytes(6).toString("hex")}`);
  const content: IdFile = { id: randomBytes(4).toString("hex"), homeDir };
  writeFileSync(fresh, `${JSON.stringify(content)}\n`, { mode: 0o600 });
  try {
    // A link appears whole or not at all, and only for the first of two that try.
    linkSync(fresh, file);
  } catch (error) {
    if (!isErrno(error, "EEXIST")) throw error;
  } finally {
    rmSync(fresh, { force: true });
  }
  const chosen = readIdFile(file);
  if (chosen === null) throw new Error(`${file} cannot be read back; check that ${homeDir} is writable`);
  return installationId(chosen.id);
}

function readIdFile(file: string): IdFile | null {
  if (!existsSync(file)) return null;
  const value: unknown = JSON.parse(readFileSync(file, "utf8"));
  if (typeof value !== "object" || value === null || !("id" in value) || typeof value.id !== "string" || !/^[0-9a-f]{8}$/.test(value.id)) throw new Error(`${file} does not hold an installation id; restore it, or remove the directory to start afresh`);
  return { id: value.id, homeDir: "homeDir" in value && typeof value.homeDir === "string" ? value.homeDir : "" };
}

/** A directory that was copied, not moved, must not claim the processes of the one it was copied from. */
function isCopyOfLiving(known: IdFile, homeDir: string): boolean {
  if (known.homeDir === homeDir || known.homeDir === "") return false;
  return readIdFile(join(known.homeDir, "installation.json"))?.id === known.id;
}
