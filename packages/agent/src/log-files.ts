// Logs of daemons, preparation and the agent itself: appended by their writers, kept small by the agent, which
// looks every 10 s.
import { closeSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
// Only this file of the machine room: an agent stays small.
import { boundLogs as boundLogsIn } from "@cynosure/machine/log-files";

export const logPath = (stateDir: string, name: string): string => join(stateDir, "log", `${name}.log`);

/** An open file to hand to a child as stdout and stderr; null when it cannot be opened: a daemon matters more than its log. */
export function openLog(stateDir: string, name: string): number | null {
  try {
    mkdirSync(join(stateDir, "log"), { recursive: true, mode: 0o755 });
    return openSync(logPath(stateDir, name), "a", 0o640);
  } catch {
    return null;
  }
}

export function closeLog(log: number | null): void {
  if (log !== null) closeSync(log);
}

/** Keeps all of them small (machine/log-files). */
export const boundLogs = (stateDir: string): void => boundLogsIn(join(stateDir, "log"));
