// The log of this package: one function, so that the composition root decides where lines go. DBOS prints
// whole stacks at `warn` by itself; here it gets a logger that keeps one line.
import type { DLogger } from "@dbos-inc/dbos-sdk";

export type LogLevel = "debug" | "info" | "warn" | "error";
export type Log = (level: LogLevel, message: string) => void;

const oneLine = (entry: unknown): string => {
  const text = entry instanceof Error ? entry.message : typeof entry === "string" ? entry : JSON.stringify(entry);
  return text.split("\n", 1)[0] ?? "";
};

export function toDbosLogger(log: Log): DLogger {
  return {
    debug: (entry) => log("debug", oneLine(entry)),
    info: (entry) => log("debug", oneLine(entry)),
    warn: (entry) => log("warn", oneLine(entry)),
    error: (entry) => log("error", oneLine(entry)),
  };
}
