// The control plane's compiled code, made once per state of its sources: a process that finds it never loads the compiler
// that takes the types away, which costs 23 MiB for as long as the process lives, and starts in half the time.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, globSync, mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CONTROL_PLANE_NODE_FLAGS } from "./node-flags.ts";

/** Told to a control plane's process: it loads its code and ends. */
export const COMPILE_ONLY = "--compile-only";

const codeDir = (projectDir: string): string => join(projectDir, "node_modules/.cache/cynosure-control-plane");

/** Node looks each file up by its contents: code of other sources is never run. */
export const controlPlaneCodeEnvironment = (projectDir: string): Readonly<Record<string, string>> => ({ NODE_COMPILE_CACHE: codeDir(projectDir) });

/** Tells code of these sources and this runtime from any other. */
function stampName(projectDir: string): string {
  const sources = globSync(["packages/*/src/**/*.ts", "apps/controlplane/src/**/*.ts"], { cwd: projectDir }).sort();
  const state = sources.map((path) => `${path} ${statSync(join(projectDir, path)).mtimeMs}`);
  return `filled-${createHash("sha256").update([process.version, ...state].join("\n")).digest("hex").slice(0, 16)}`;
}

export interface FillOptions {
  readonly projectDir: string;
  /** Called when there is something to compile, for people who wait. */
  readonly onBegin: () => void;
}

/** Call it before a control plane starts. Where it fails (a read-only checkout) the control plane starts from its sources, as always. */
export async function fillControlPlaneCode({ projectDir, onBegin }: FillOptions): Promise<void> {
  const dir = codeDir(projectDir);
  const stamp = join(dir, stampName(projectDir));
  if (existsSync(stamp)) return;
  onBegin();
  const child = spawn(process.execPath, [...CONTROL_PLANE_NODE_FLAGS, join(projectDir, "apps/controlplane/src/main.ts"), COMPILE_ONLY], { stdio: "ignore", env: { ...process.env, ...controlPlaneCodeEnvironment(projectDir) } });
  const isFilled = await new Promise<boolean>((resolve) => {
    child.once("error", () => resolve(false));
    child.once("exit", (code) => resolve(code === 0));
  });
  if (!isFilled) return;
  try {
    mkdirSync(dir, { recursive: true });
    for (const older of globSync("filled-*", { cwd: dir })) rmSync(join(dir, older));
    writeFileSync(stamp, "");
  } catch {
    // The next start compiles again.
  }
}
