// The agent's memory while it runs: one value, replaced by pure transitions, written to disk each time.
// A full disk is not fatal: memory goes on, the trouble is reported, and writing is tried again. What must
// not happen without a written record (a spawn) asks `replace` whether it was written.
import type { AgentState } from "./agent-state.ts";
import type { StateFiles } from "./state-file.ts";

export interface StateHolder {
  current(): AgentState;
  /** True when the new state is on disk. */
  replace(next: AgentState): boolean;
  /** Tries again what could not be written. */
  flush(): void;
  trouble(): string | null;
}

export function createStateHolder(files: StateFiles): StateHolder {
  let state = files.readState();
  let trouble: string | null = null;
  const write = (): boolean => {
    try {
      files.writeState(state);
      trouble = null;
    } catch (error) {
      trouble = `${files.directory} cannot be written (${describeError(error)}); no daemon is started until it can`;
    }
    return trouble === null;
  };
  return {
    current: () => state,
    replace: (next) => {
      if (next === state) return trouble === null;
      state = next;
      return write();
    },
    flush: () => {
      if (trouble !== null) write();
    },
    trouble: () => trouble,
  };
}

const reasons: Readonly<Record<string, string>> = { ENOSPC: "no space left: free some or grow the disk", EROFS: "the file system is read-only", EACCES: "permission denied", ENOENT: "not found in the host image", EDQUOT: "over quota" };

export function describeError(error: unknown): string {
  const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : null;
  return code === null ? (error instanceof Error ? error.message : "unknown reason") : `${code}: ${reasons[code] ?? "see the agent's log"}`;
}
