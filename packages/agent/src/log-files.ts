// Logs of daemons, preparation and the agent itself: appended by their writers, kept small by the agent.
// A log over its limit is copied to `<name>.1` and emptied in place, so its writer needs no signal.
// Between two looks (10 s) a log may outgrow its limit by what was written meanwhile.
import { closeSync, copyFileSync, mkdirSync, openSync, readdirSync, statSync, truncateSync } from "node:fs";
import { join } from "node:path";

export const logSizeBytesMax = 8 * 1024 * 1024;

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

export function boundLogs(stateDir: string, sizeBytesMax: number = logSizeBytesMax): void {
  let names: readonly string[];
  try {
    names = readdirSync(join(stateDir, "log")).filter((name) => name.endsWith(".log"));
  } catch {
    return;
  }
  for (const name of names) {
    const path = join(stateDir, "log", name);
    try {
      if (statSync(path).size <= sizeBytesMax) continue;
      try {
        copyFileSync(path, `${path}.1`);
      } finally {
        // On a full disk the copy fails and emptying is what helps.
        truncateSync(path, 0);
      }
    } catch {
      continue;
    }
  }
}
