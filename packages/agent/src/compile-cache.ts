// The agent's compiled code, made once per installation and read by all its hosts: starting from it takes
// a quarter of the processor time and 12 MB less memory. It lies inside the project tree, so a host that
// sees the tree read-only, under another path, finds it there.
import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";

export const compileCacheDir = (projectDir: string): string => join(projectDir, "node_modules/.cache/cynosure-agent");

/** `PORTABLE`: entries are found by their path relative to the cache, so the tree may be mounted elsewhere. */
export const compileCacheEnvironment = (projectDir: string): Readonly<Record<string, string>> => ({
  NODE_COMPILE_CACHE: compileCacheDir(projectDir),
  NODE_COMPILE_CACHE_PORTABLE: "1",
});

/** Fills the cache unless it is up to date; call it before the first host starts. False when that failed: agents then fill one each. */
export async function fillAgentCache(nodePath: string, projectDir: string): Promise<boolean> {
  try {
    mkdirSync(compileCacheDir(projectDir), { recursive: true });
  } catch {
    return false; // a read-only checkout
  }
  const child = spawn(nodePath, ["--disable-warning=ExperimentalWarning", join(projectDir, "packages/agent/src/main.ts"), "--fill-cache"], { stdio: "ignore", env: { ...process.env, ...compileCacheEnvironment(projectDir) } });
  return new Promise((resolve) => {
    child.once("error", () => {
      resolve(false);
    });
    child.once("exit", (code) => {
      resolve(code === 0);
    });
  });
}
