// Running one bounded command and reading what it says. For daemons see process.ts.
import { spawn } from "node:child_process";

export interface RunOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  readonly stdin?: string | Uint8Array;
  readonly timeoutMsMax?: number;
  readonly signal?: AbortSignal;
  /** Called with each line of standard output and error as it comes. */
  readonly onLine?: (line: string) => void;
}

export interface RunResult {
  /** Exit status; 128 + signal number style is not used: `signal` says it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stdoutBytes: Buffer;
  readonly stderr: string;
  readonly timedOut: boolean;
}

const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;
const KILL_GRACE_MS = 3_000;

/** Runs a command to its end. Rejects only when it cannot be started; a failure is a result. */
export function run(argv: readonly [string, ...string[]], options: RunOptions = {}): Promise<RunResult> {
  const [command, ...args] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: [options.stdin === undefined ? "ignore" : "pipe", "pipe", "pipe"],
      cwd: options.cwd,
      env: options.env === undefined ? process.env : { ...process.env, ...options.env },
    });
    const stdout = new OutputCollector(options.onLine);
    const stderr = new OutputCollector(options.onLine);
    let timedOut = false;
    let killTimer: NodeJS.Timeout | undefined;
    // First asked, so that a command can end its own children; then made to.
    const end = (): void => {
      child.kill("SIGTERM");
      killTimer ??= setTimeout(() => child.kill("SIGKILL"), KILL_GRACE_MS);
    };
    const timer = setTimeout(() => {
      timedOut = true;
      end();
    }, options.timeoutMsMax ?? 120_000);
    if (options.signal?.aborted === true) end();
    options.signal?.addEventListener("abort", end, { once: true });
    const settle = (): void => {
      clearTimeout(timer);
      clearTimeout(killTimer);
      options.signal?.removeEventListener("abort", end);
    };
    child.stdout?.on("data", (chunk: Buffer) => stdout.add(chunk));
    child.stderr?.on("data", (chunk: Buffer) => stderr.add(chunk));
    // A child that ends without reading its input is not an error of ours.
    child.stdin?.on("error", () => {});
    child.stdin?.end(options.stdin);
    child.once("error", (cause) => {
      settle();
      reject(new Error(`cannot run ${command}: ${cause.message}`, { cause }));
    });
    child.once("close", (code, signal) => {
      settle();
      if (options.signal?.aborted === true) {
        reject(new Error(`${command} was told to stop`, { cause: options.signal.reason }));
        return;
      }
      const bytes = stdout.finish();
      resolve({ code, signal, stdoutBytes: bytes, stdout: bytes.toString("utf8"), stderr: stderr.finish().toString("utf8"), timedOut });
    });
  });
}

/** As `run`, but a non-zero end is an error that quotes what the command said. */
export async function runOrThrow(argv: readonly [string, ...string[]], options: RunOptions = {}): Promise<RunResult> {
  const result = await run(argv, options);
  if (result.code === 0) return result;
  const end = result.timedOut ? `did not end within ${options.timeoutMsMax ?? 120_000} ms` : `ended with ${result.code ?? result.signal}`;
  const said = (result.stderr.trim() || result.stdout.trim()).split("\n").slice(-8).join("\n");
  throw new Error(`${argv.join(" ")} ${end}${said === "" ? "" : `: ${said}`}`);
}

class OutputCollector {
  readonly #chunks: Buffer[] = [];
  #sizeBytes = 0;
  #rest = "";
  readonly #onLine: ((line: string) => void) | undefined;

  constructor(onLine: ((line: string) => void) | undefined) {
    this.#onLine = onLine;
  }

  add(chunk: Buffer): void {
    this.#sizeBytes += chunk.length;
    if (this.#sizeBytes <= OUTPUT_BYTES_MAX) this.#chunks.push(chunk);
    if (this.#onLine === undefined) return;
    // Progress meters end their lines with a carriage return.
    const lines = (this.#rest + chunk.toString("utf8")).split(/[\r\n]+/);
    this.#rest = lines.pop() ?? "";
    for (const line of lines) if (line !== "") this.#onLine(line);
  }

  finish(): Buffer {
    if (this.#rest !== "") this.#onLine?.(this.#rest);
    this.#rest = "";
    return Buffer.concat(this.#chunks);
  }
}
