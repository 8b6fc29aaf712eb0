// Logs that somebody else appends to (daemons, PostgreSQL, the control plane itself), kept small. A log over its
// limit is copied to `<name>.1` and emptied in place, so its writer needs no signal; it must append (O_APPEND).
// Between two looks a log may outgrow its limit by what was written meanwhile.
import { copyFileSync, readdirSync, statSync, truncateSync } from "node:fs";
import { join } from "node:path";

export const logSizeBytesMax = 8 * 1024 * 1024;

/** Every `*.log` of the directory; one that cannot be looked at is left alone. */
export function boundLogs(directory: string, sizeBytesMax: number = logSizeBytesMax): void {
  let names: readonly string[];
  try {
    names = readdirSync(directory).filter((name) => name.endsWith(".log"));
  } catch {
    return;
  }
  for (const name of names) {
    const path = join(directory, name);
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
