// Faults on request: which strikes a call, and which the next task. One that is to strike some times is then gone.
import type { Fault } from "../options.ts";
import type { TaskFault } from "../state/tasks.ts";

export interface Faults {
  set(faults: readonly Fault[]): void;
  list(): readonly Fault[];
  /** Of a call that comes. */
  takeForCall(method: string, path: string): readonly Exclude<Fault, TaskFault>[];
  /** Tasks begin within a call: it says first which. */
  enterCall(method: string, path: string): void;
  takeForTask(): TaskFault | null;
}

interface Armed {
  readonly fault: Fault;
  left: number;
}

export function createFaults(initial: readonly Fault[]): Faults {
  let armed: Armed[] = [];
  let current = { method: "", path: "" };
  const arm = (faults: readonly Fault[]): void => {
    armed = faults.map((fault) => ({ fault, left: fault.times ?? Number.POSITIVE_INFINITY }));
  };
  arm(initial);
  const isTaskFault = (fault: Fault): fault is Fault & TaskFault => fault.kind === "stuckTask" || fault.kind === "failTask";
  const strikes = ({ fault, left }: Armed, method: string, path: string): boolean => left > 0 && (fault.method === undefined || fault.method.toUpperCase() === method) && (fault.path === undefined || path.startsWith(fault.path));
  return {
    set: arm,
    list: () => armed.filter(({ left }) => left > 0).map(({ fault }) => fault),
    takeForCall(method, path) {
      const struck = armed.filter((each) => !isTaskFault(each.fault) && strikes(each, method, path));
      for (const each of struck) each.left -= 1;
      return struck.flatMap(({ fault }) => (isTaskFault(fault) ? [] : [fault]));
    },
    enterCall: (method, path) => {
      current = { method, path };
    },
    takeForTask() {
      const found = armed.find((each) => isTaskFault(each.fault) && strikes(each, current.method, current.path));
      if (found === undefined || !isTaskFault(found.fault)) return null;
      found.left -= 1;
      return found.fault;
    },
  };
}
