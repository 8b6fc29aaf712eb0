// The first file of the agent's process. It only sees to it that the process runs from compiled code:
// loading TypeScript leaves its stripper (12 MB) in memory for good. Normally the cache was filled once
// per installation (`--fill-cache`, see compile-cache.ts); where it was not, the process fills one of its
// own and replaces itself. The agent itself is in serve.ts.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { flushCompileCache } from "node:module";
import { join } from "node:path";

const stateDirFlag = process.argv.indexOf("--state-dir");
const stateDir = (stateDirFlag < 0 ? undefined : process.argv[stateDirFlag + 1]) ?? "/var/lib/cynosure";

/** Same pid, same children, new image; returns only when this runtime cannot do that. */
function replaceProcess(extra: Readonly<Record<string, string>>): void {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries({ ...process.env, ...extra })) if (value !== undefined) environment[name] = value;
  process.execve?.(process.execPath, [process.execPath, ...process.execArgv, ...process.argv.slice(1)], environment);
}

/** Tells a cache of these sources and this runtime from any other. */
function stampName(): string {
  const sources = readdirSync(import.meta.dirname).map((name) => `${name} ${String(statSync(join(import.meta.dirname, name)).mtimeMs)}`);
  return `filled-${createHash("sha256").update([process.version, ...sources].join("\n")).digest("hex").slice(0, 16)}`;
}

async function fillCache(stamp: string): Promise<void> {
  const { loadHandlers } = await import("./serve.ts");
  // What the first request would load; without that engine there is nothing to compile.
  await loadHandlers().catch(() => undefined);
  flushCompileCache();
  writeFileSync(stamp, "");
}

async function runFromCompiledCode(): Promise<void> {
  const given = process.env["NODE_COMPILE_CACHE"] ?? "";
  const own = join(stateDir, "agent/compile-cache");
  if (process.env["CYNOSURE_AGENT_REPLACED"] === "1" || (given !== "" && existsSync(join(given, stampName())))) return;
  mkdirSync(own, { recursive: true, mode: 0o700 });
  if (given === own) {
    await fillCache(join(own, stampName()));
    replaceProcess({ CYNOSURE_AGENT_REPLACED: "1" });
  } else replaceProcess({ NODE_COMPILE_CACHE: own });
}

if (process.argv.includes("--fill-cache")) {
  const cache = process.env["NODE_COMPILE_CACHE"] ?? "";
  if (!existsSync(join(cache, stampName()))) await fillCache(join(cache, stampName()));
  process.exit(0);
}
try {
  await runFromCompiledCode();
} catch (error) {
  // A full or read-only disk must not keep the agent from its daemons.
  process.stderr.write(`running with uncompiled code, which works and needs 12 MB more: ${String(error)}\n`);
}
const { serve } = await import("./serve.ts");
await serve(stateDir);
