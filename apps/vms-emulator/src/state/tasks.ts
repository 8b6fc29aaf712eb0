// Work that takes its time: a vtask is RUNNING until its delay is over, goes step by step, and ends as its work says.
// A task can be told to stay as it is, or to fail, by a fault.
import type { Row, Store, StoredRow } from "./store.ts";

export type TaskState = "RUNNING" | "COMPLETED" | "FAILED" | "UNKNOWN" | "TIMEOUT" | "PARTIALLY_COMPLETED";

/** `failed` ends a task; `partly` lets it go on and end as PARTIALLY_COMPLETED. */
export type StepResult = { readonly kind: "done" } | { readonly kind: "failed"; readonly reason: string } | { readonly kind: "partly"; readonly reason: string };

export const DONE: StepResult = { kind: "done" };

export interface TaskWork {
  readonly name: string;
  /** At equal distances; what one changes is seen before the next begins. */
  readonly steps: readonly { readonly message: string; run(): StepResult }[];
  onFailed?(reason: string): void;
}

export type TaskFault = { readonly kind: "stuckTask" } | { readonly kind: "failTask"; readonly reason?: string };

export interface Tasks {
  /** The object that answers hand out as `async_task`. */
  start(work: TaskWork): Row;
  /** Runs a failed one again; false when it is not known how. */
  retry(id: string): boolean;
  close(): void;
}

/** Tasks are forgotten beyond this number, oldest first. */
const TASKS_MAX = 5_000;
const TIMEOUT_SECONDS = 3_600;

export function createTasks(options: { readonly store: Store; readonly taskMs: number; nowMs(): number; takeFault(): TaskFault | null }): Tasks {
  const { store } = options;
  const timers = new Set<NodeJS.Timeout>();
  const works = new Map<string, TaskWork>();
  let isClosed = false;

  const later = (delayMs: number, run: () => void): void => {
    if (isClosed) return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      run();
    }, delayMs);
    timers.add(timer);
  };
  const end = (row: StoredRow, state: TaskState): void => {
    const nowMs = options.nowMs();
    Object.assign(row, { state, end_time: new Date(nowMs).toISOString(), execution_time: Math.round((nowMs - Date.parse(String(row["start_time"]))) / 1_000) });
    store.touch();
  };
  const say = (row: StoredRow, message: string): void => {
    if (Array.isArray(row["messages"])) row["messages"].push(message);
    store.touch();
  };
  const run = (row: StoredRow, work: TaskWork, fault: TaskFault | null): void => {
    const pauseMs = options.taskMs / Math.max(1, work.steps.length);
    let isPartial = false;
    const step = (at: number): void => {
      // Somebody may have set its state by hand.
      if (row["state"] !== "RUNNING" || fault?.kind === "stuckTask") return;
      const current = work.steps[at];
      if (current === undefined) return end(row, isPartial ? "PARTIALLY_COMPLETED" : "COMPLETED");
      const result: StepResult = fault?.kind === "failTask" ? { kind: "failed", reason: fault.reason ?? "failed on request" } : current.run();
      say(row, result.kind === "done" ? current.message : `${current.message}: ${result.reason}`);
      if (result.kind === "failed") {
        work.onFailed?.(result.reason);
        return end(row, "FAILED");
      }
      isPartial ||= result.kind === "partly";
      if (at + 1 === work.steps.length) return end(row, isPartial ? "PARTIALLY_COMPLETED" : "COMPLETED");
      later(pauseMs, () => step(at + 1));
    };
    later(pauseMs, () => step(0));
  };

  return {
    start(work) {
      const row = store.insert("vtasks", { name: work.name, state: "RUNNING", start_time: new Date(options.nowMs()).toISOString(), end_time: null, execution_time: 0, timeout_in_seconds: TIMEOUT_SECONDS, messages: [], info: {} });
      works.set(String(row.id), work);
      const [oldest] = store.rows("vtasks");
      if (oldest !== undefined && store.rows("vtasks").length > TASKS_MAX) {
        store.remove("vtasks", oldest.id);
        works.delete(String(oldest.id));
      }
      run(row, work, options.takeFault());
      return { id: row.id, name: work.name, state: "RUNNING" };
    },
    retry(id) {
      const row = store.find("vtasks", id);
      const work = works.get(id);
      if (row === null || work === undefined || row["state"] === "RUNNING") return false;
      Object.assign(row, { state: "RUNNING", messages: [], end_time: null, start_time: new Date(options.nowMs()).toISOString() });
      run(row, work, options.takeFault());
      return true;
    },
    close() {
      isClosed = true;
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}

/** Tasks that a stop has cut off do not go on by themselves. */
export function endInterrupted(store: Store): void {
  for (const row of store.rows("vtasks")) if (row["state"] === "RUNNING") Object.assign(row, { state: "FAILED", messages: ["interrupted by a restart"] });
}
