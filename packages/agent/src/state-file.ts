// The agent's own files, below `<state directory>/agent` (0700): agent.json (processes), plan.json (the
// plan in force and the numbers below which everything is refused), identity.json. Each is replaced in one
// rename; a reader sees the old or the new one. What is lost with agent.json is found again by scanning.
import { closeSync, fchmodSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import type { ServedHostPlan } from "@cynosure/model";
import { emptyState } from "./agent-state.ts";
import type { AgentState } from "./agent-state.ts";

/** Writing, as an argument: tests run out of disk with it. */
export interface FileWriter {
  /** `isDurable`: on disk before this returns, also after a power cut. */
  replace(path: string, text: string, mode: number, isDurable: boolean): void;
}

export const systemFileWriter: FileWriter = {
  replace: (path, text, mode, isDurable) => {
    const draft = join(dirname(path), `.${path.slice(path.lastIndexOf("/") + 1)}.draft`);
    // A draft of a writer that died is overwritten; mode is set on the open file, whatever the umask.
    const file = openSync(draft, "w", mode);
    try {
      fchmodSync(file, mode);
      writeSync(file, text);
      if (isDurable) fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(draft, path);
    if (isDurable) syncDirectory(dirname(path));
  },
};

function syncDirectory(path: string): void {
  const directory = openSync(path, "r");
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}

/** The newest numbers this host has acted on: lower ones are refused for ever. */
export interface AcceptedPlan {
  readonly served: ServedHostPlan;
  readonly refused: { readonly generation: number; readonly executorEpoch: number; readonly error: string } | null;
}

export interface StateFiles {
  readonly directory: string;
  readState(): AgentState;
  writeState(state: AgentState): void;
  readPlan(): AcceptedPlan | null;
  writePlan(plan: AcceptedPlan): void;
}

export function openStateFiles(stateDir: string, writer: FileWriter): StateFiles {
  const directory = join(stateDir, "agent");
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const read = (name: string): unknown => {
    try {
      return JSON.parse(readFileSync(join(directory, name), "utf8")) as unknown;
    } catch {
      return null; // absent, or cut short by a power loss
    }
  };
  return {
    directory,
    // `as`: these files are 0600 and written by this code only; the version guards against another one's.
    readState: () => {
      const value = read("agent.json") as { version?: unknown; state?: AgentState } | null;
      return value?.version === 1 && value.state !== undefined ? value.state : emptyState;
    },
    writeState: (state) => {
      writer.replace(join(directory, "agent.json"), JSON.stringify({ version: 1, state }), 0o600, false);
    },
    readPlan: () => {
      const value = read("plan.json") as { version?: unknown; accepted?: AcceptedPlan } | null;
      return value?.version === 1 && value.accepted !== undefined ? value.accepted : null;
    },
    writePlan: (accepted) => {
      writer.replace(join(directory, "plan.json"), JSON.stringify({ version: 1, accepted }), 0o600, true);
    },
  };
}
