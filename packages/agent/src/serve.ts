// The agent's process: signals, and the handlers of the engines it knows. SIGTERM and SIGINT end the
// agent and leave its daemons running; SIGUSR2 stops all daemons in order, then the agent, with exit code
// 0. Everything else is in agent.ts.
import { startAgent } from "./agent.ts";
import type { Agent } from "./agent.ts";
import { agentHaltedExitCode } from "./command.ts";
import { readIdentity } from "./identity.ts";
import type { HostHandler, HostHandlers } from "./request-loop.ts";

const log = (line: string): void => {
  process.stderr.write(`${new Date().toISOString()} ${line}\n`);
};

/** Loaded when the first request comes: a host that is asked nothing stays small. */
export async function loadHandlers(): Promise<HostHandlers> {
  const { createCephHostHandlers } = await import("@cynosure/engine-ceph/host");
  cephHandlers ??= createCephHostHandlers();
  return cephHandlers;
}
let cephHandlers: Readonly<Record<string, HostHandler>> | null = null;

export async function serve(stateDir: string): Promise<void> {
  let agent: Agent | null = null;
  let isHaltAsked = process.env["CYNOSURE_HALT"] === "1";
  const haltIfAsked = (): void => {
    if (!isHaltAsked) return;
    log("stopping all daemons in order");
    // A host that never joined runs nothing, and waits for its boot file for ever.
    if (agent === null && readIdentity(stateDir) === null) process.exit(agentHaltedExitCode);
    void agent?.halt().then(() => process.exit(agentHaltedExitCode));
  };
  for (const name of ["SIGTERM", "SIGINT"] as const) {
    process.on(name, () => {
      log(`${name}: the agent ends, its daemons go on`);
      process.exit(name === "SIGTERM" ? 143 : 130);
    });
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
}
