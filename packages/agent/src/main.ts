// The agent's process. SIGTERM and SIGINT end the agent and leave its daemons running; SIGUSR2 stops all
// daemons in order, then the agent, with exit code 0. Everything else is in agent.ts.
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { flushCompileCache } from "node:module";
import { join } from "node:path";
import { HOST_STATE_DIR } from "@cynosure/model";
import { startAgent } from "./agent.ts";
import type { Agent } from "./agent.ts";
import { agentEnvironment, agentHaltedExitCode } from "./command.ts";
import { readIdentity } from "./identity.ts";
import { sha256 } from "./plan-keys.ts";
import type { HostHandler, HostHandlers } from "./request-loop.ts";
import { describeError } from "./state-holder.ts";

const log = (line: string): void => {
  process.stderr.write(`${new Date().toISOString()} ${line}\n`);
};

const stateDirFlag = process.argv.indexOf("--state-dir");
const stateDir = (stateDirFlag < 0 ? undefined : process.argv[stateDirFlag + 1]) ?? HOST_STATE_DIR;

/** Loading TypeScript for the first time leaves its stripper in memory for good; the compiled code is cached, so the
 *  process replaces itself once and the next image never loads it. A cache of other code or another Node is no help. */
function replaceByCompiled(): void {
  const environment = agentEnvironment(stateDir);
  const cache = environment["NODE_COMPILE_CACHE"] ?? "";
  const stamp = join(cache, `agent-${sha256(`${process.version} ${import.meta.dirname} ${sourceStamp()}`).slice(0, 16)}`);
  if (existsSync(stamp) || process.env["CYNOSURE_AGENT_REPLACED"] === "1" || process.execve === undefined) return;
  try {
    mkdirSync(cache, { recursive: true, mode: 0o700 });
    if (process.env["NODE_COMPILE_CACHE"] === cache) {
      flushCompileCache();
      writeFileSync(stamp, "");
    }
    // Without the cache in the environment this image filled none: the next one does.
    const isFilled = existsSync(stamp);
    process.execve(process.execPath, [process.execPath, ...process.execArgv, ...process.argv.slice(1)], { ...process.env, ...environment, ...(isFilled ? { CYNOSURE_AGENT_REPLACED: "1" } : {}) } as NodeJS.ProcessEnv & Record<string, string>);
  } catch (error) {
    log(`running with uncompiled code (${describeError(error)}); it works and needs 12 MB more`);
  }
}

function sourceStamp(): string {
  return readdirSync(import.meta.dirname).map((name) => `${name} ${String(statSync(join(import.meta.dirname, name)).mtimeMs)}`).join("\n");
}

/** Loaded when the first request comes. The name is a value so that a host without that engine still runs. */
async function loadHandlers(): Promise<HostHandlers> {
  const name = "@cynosure/engine-ceph/host";
  const loaded: unknown = await import(name);
  const create: unknown = typeof loaded === "object" && loaded !== null && "createCephHostHandlers" in loaded ? loaded.createCephHostHandlers : null;
  if (typeof create !== "function") throw new Error(`${name} offers no createCephHostHandlers`);
  // `as`: the seam between agent and engine; each entry is checked when it is called.
  return (await (create as () => unknown)()) as Readonly<Record<string, HostHandler>>;
}

replaceByCompiled();
for (const name of ["SIGTERM", "SIGINT"] as const) {
  process.on(name, () => {
    log(`${name}: the agent ends, its daemons go on`);
    process.exit(name === "SIGTERM" ? 143 : 130);
  });
}
let agent: Agent | null = null;
let isHaltAsked = process.env["CYNOSURE_HALT"] === "1";
function haltIfAsked(): void {
  if (!isHaltAsked) return;
  log("stopping all daemons in order");
  // A host that never joined runs nothing, and waits for its boot file for ever.
  if (agent === null && readIdentity(stateDir) === null) process.exit(agentHaltedExitCode);
  void agent?.halt().then(() => process.exit(agentHaltedExitCode));
}
process.on("SIGUSR2", () => {
  isHaltAsked = true;
  haltIfAsked();
});
process.on("uncaughtException", (error) => {
  // The supervisor starts a fresh agent, which adopts the daemons.
  log(`the agent ends on an unexpected error: ${error.stack ?? error.message}`);
  process.exit(70);
});
haltIfAsked();
agent = await startAgent({ stateDir, log, loadHandlers });
haltIfAsked();
