// Running one of Ceph's own tools: fixed program, arguments from an allow-list, bounded time and output.
import { spawn } from "node:child_process";
import { toolEnvironment } from "./host-place.ts";
import { HostRequestError } from "./host-request-error.ts";

export interface ToolResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const OUTPUT_CHARS_MAX = 200_000;
const KILL_AFTER_MS = 500;

export function runTool(program: string, args: readonly string[], timeoutMsMax: number, env: Readonly<Record<string, string>> = {}, signal?: AbortSignal): Promise<ToolResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], env: { ...toolEnvironment(), ...env } });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => (stdout = (stdout + chunk.toString()).slice(0, OUTPUT_CHARS_MAX)));
    child.stderr.on("data", (chunk: Buffer) => (stderr = (stderr + chunk.toString()).slice(-OUTPUT_CHARS_MAX)));
    const stop = (): void => {
      child.kill("SIGTERM");
      setTimeout(() => child.kill("SIGKILL"), KILL_AFTER_MS).unref();
    };
    const timer = setTimeout(stop, timeoutMsMax);
    signal?.addEventListener("abort", stop, { once: true });
    child.on("error", (error) => {
      clearTimeout(timer);
      reject(new HostRequestError("ToolFailed", `${program} could not be started: ${error.message}`, error));
    });
    child.on("close", (code) => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", stop);
      resolve({ code: code ?? -1, stdout, stderr });
    });
  });
}

export async function mustRunTool(program: string, args: readonly string[], timeoutMsMax: number, env: Readonly<Record<string, string>> = {}, signal?: AbortSignal): Promise<string> {
  const result = await runTool(program, args, timeoutMsMax, env, signal);
  if (result.code === 0) return result.stdout;
  throw new HostRequestError("ToolFailed", `${program} ${args[0] ?? ""} ended with ${result.code}: ${lastLines(result.stderr)}`);
}

export const lastLines = (text: string): string => text.trim().split("\n").slice(-3).join(" ").slice(-500);
