// The first file of the agent's process. It only sees to it that the process runs from compiled code:
// loading TypeScript leaves its stripper (12 MB) in memory for good, so the process replaces itself by
// one that finds everything in the compile cache. The agent itself is in serve.ts.
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { flushCompileCache } from "node:module";
import { createHash } from "node:crypto";
import { join } from "node:path";

const stateDirFlag = process.argv.indexOf("--state-dir");
const stateDir = (stateDirFlag < 0 ? undefined : process.argv[stateDirFlag + 1]) ?? "/var/lib/cynosure";
const cache = join(stateDir, "agent/compile-cache");

/** Same pid, same children, new image; returns only when this runtime cannot do that. */
function replaceProcess(extra: Readonly<Record<string, string>>): void {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries({ ...process.env, ...extra })) if (value !== undefined) environment[name] = value;
  try {
    process.execve?.(process.execPath, [process.execPath, ...process.execArgv, ...process.argv.slice(1)], environment);
  } catch (error) {
    process.stderr.write(`running with uncompiled code, which works and needs 12 MB more: ${String(error)}\n`);
  }
}

function sourceStamp(): string {
  const sources = readdirSync(import.meta.dirname).map((name) => `${name} ${String(statSync(join(import.meta.dirname, name)).mtimeMs)}`);
  return createHash("sha256").update([process.version, import.meta.dirname, ...sources].join("\n")).digest("hex").slice(0, 16);
}

async function fillCache(): Promise<void> {
  const stamp = join(cache, `filled-${sourceStamp()}`);
  if (existsSync(stamp)) return;
  const { loadHandlers } = await import("./serve.ts");
  // What the first request would load; a host without that engine has nothing to compile.
  await loadHandlers().catch(() => undefined);
  flushCompileCache();
  writeFileSync(stamp, "");
  replaceProcess({ CYNOSURE_AGENT_REPLACED: "1" });
}

if (process.env["CYNOSURE_AGENT_REPLACED"] !== "1") {
  try {
    mkdirSync(cache, { recursive: true, mode: 0o700 });
    if (process.env["NODE_COMPILE_CACHE"] === cache) await fillCache();
    else replaceProcess({ NODE_COMPILE_CACHE: cache });
  } catch (error) {
    // A full or read-only disk must not keep the agent from its daemons.
    process.stderr.write(`no compile cache in ${cache}: ${String(error)}\n`);
  }
}
const { serve } = await import("./serve.ts");
await serve(stateDir);
