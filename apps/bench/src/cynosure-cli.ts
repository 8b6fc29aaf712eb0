// Drives the product as a user does: starts `cynosure up` in a data directory of its own, waits for its
// "Ready." line, asks questions through the CLI, and stops it with Ctrl-C.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

const READY_TIMEOUT_MS_MAX = 600_000;
const COMMAND_TIMEOUT_MS_MAX = 60_000;
const OUTPUT_BYTES_MAX = 16 * 1024 * 1024;

export const checkoutDir = new URL("../../..", import.meta.url).pathname;
const bin = join(checkoutDir, "apps/cli/bin/cynosure.js");

export interface Installation {
  readonly env: NodeJS.ProcessEnv;
  readonly dataDir: string;
}

export interface RunningUp {
  readonly child: ChildProcess;
  /** From spawn to the line that says the cluster is verified and ready. */
  readonly readySeconds: number;
  /** Sends Ctrl-C and answers the final JSON line. */
  stop(): Promise<Record<string, unknown>>;
}

/** Starts `up` and resolves when it is ready; rejects with what it printed when it ends before. */
export async function startUp(installation: Installation, args: readonly string[]): Promise<RunningUp> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [bin, "up", "--yes", "--json", ...args], { env: installation.env, stdio: ["ignore", "pipe", "pipe"] });
  const ended = once(child, "exit");
  let answer = "";
  const notes: string[] = [];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (answer += text));
  const ready = new Promise<number>((resolve) => {
    createInterface({ input: child.stderr }).on("line", (line) => {
      notes.push(line);
      if (line.startsWith("Ready.")) resolve((performance.now() - startedAt) / 1000);
    });
  });
  const outcome = await Promise.race([ready, ended.then(() => null), new Promise<null>((resolve) => setTimeout(resolve, READY_TIMEOUT_MS_MAX, null).unref())]);
  if (outcome === null) {
    child.kill("SIGINT");
    throw new Error(`cynosure up did not become ready:\n${notes.slice(-20).join("\n")}\n${answer}`);
  }
  return {
    child,
    readySeconds: outcome,
    stop: async () => {
      child.kill("SIGINT");
      await ended;
      const line = answer.trim().split("\n").at(-1) ?? "{}";
      // The line is ours: one JSON object.
      return JSON.parse(line) as Record<string, unknown>;
    },
  };
}

/** One CLI command with `--json`; answers what it printed. */
export async function ask(installation: Installation, args: readonly string[]): Promise<unknown> {
  const { stdout } = await promisify(execFile)(process.execPath, [bin, ...args, "--json"], { env: installation.env, timeout: COMMAND_TIMEOUT_MS_MAX, maxBuffer: OUTPUT_BYTES_MAX });
  return JSON.parse(stdout);
}
