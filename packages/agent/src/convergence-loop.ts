// Look, think, act, again: drives the pure core until it has nothing to say, then sleeps until something
// happens. One pass at a time; only preparation runs beside it.
import type { ServedHostPlan } from "@cynosure/model";
import { createActionRunner } from "./actions.ts";
import type { ActionContext } from "./actions.ts";
import { planConvergence, prepareKey } from "./convergence.ts";
import type { Action, ConvergenceStep, PlanKeys } from "./convergence.ts";
import { boundLogs } from "./log-files.ts";
import { createObserver } from "./observation.ts";
import { planKeys } from "./plan-keys.ts";
import { isAlive } from "./process-table.ts";

/** How often the agent looks when nothing happens: recorded processes, and everything. */
export const lookAgain = { processesMs: 1000, everythingMs: 10_000 } as const;

export interface LoopView {
  readonly served: ServedHostPlan | null;
  readonly isConverged: boolean;
  readonly isHalting: boolean;
  readonly prepared: ReadonlySet<string>;
  readonly activity: string | null;
}

export interface ConvergenceLoop {
  accept(served: ServedHostPlan): void;
  kick(): void;
  /** Stops every daemon in order, later stages first; resolves when none is left. */
  halt(): Promise<void>;
  view(): LoopView;
  stop(): void;
}

export interface LoopOptions extends Omit<ActionContext, "kick"> {
  readonly served: ServedHostPlan | null;
  /** After each pass: there may be something to report. */
  readonly onPass: () => void;
}

const noKeys: PlanKeys = { fileSha256: new Map(), restartKey: new Map(), reloadKey: new Map() };

export function createConvergenceLoop(options: LoopOptions): ConvergenceLoop {
  const { memory } = options;
  const observer = createObserver(options.hostMarker);
  const busy = new Map<string, string>();
  let served = options.served;
  let keys = served === null ? noKeys : planKeys(served.plan);
  let timer: NodeJS.Timeout | undefined;
  let dueAtMs = Infinity;
  let isStopped = false;
  let isHalting = false;
  let onHalted: (() => void) | null = null;
  let prepared: ReadonlySet<string> = new Set();
  let last: ConvergenceStep = { actions: [], isConverged: false, wakeAtMs: null };
  let lastActions = "";
  let repeats = 0;
  let everythingAtMs = 0;
  let kicked = true;

  const runAt = (atMs: number): void => {
    if (isStopped || atMs >= dueAtMs) return;
    clearTimeout(timer);
    dueAtMs = atMs;
    timer = setTimeout(tick, Math.max(0, atMs - Date.now()));
  };
  const kick = (): void => {
    runAt(Date.now());
  };
  const runner = createActionRunner({ ...options, kick });
  const run = (action: Action): void => {
    const over = runner.run(action);
    if (over === null) return;
    busy.set(action.key, action.kind === "prepare" ? action.title : action.key);
    void over.then(() => {
      busy.delete(action.key);
      kick();
    });
  };
  const pass = (): void => {
    everythingAtMs = Date.now() + lookAgain.everythingMs;
    memory.flush();
    const observed = observer.observe(served?.plan ?? null, memory.current(), new Set(busy.keys()));
    prepared = new Set((served?.plan.daemons ?? []).filter((spec) => !busy.has(prepareKey(spec.id)) && spec.prepare.every((command) => observed.created.has(command.creates))).map((spec) => spec.id));
    last = planConvergence({ plan: served?.plan ?? null, keys, observed, state: memory.current(), nowMs: Date.now(), isHalting });
    for (const action of last.actions) run(action);
    const signature = last.actions.map((action) => `${action.kind} ${action.key}`).join("\n");
    // The same again means that it does not help (a process that cannot die, a disk that is full): slow down.
    repeats = signature !== "" && signature === lastActions ? repeats + 1 : 0;
    lastActions = signature;
    if (last.actions.length > 0) runAt(Date.now() + (repeats === 0 ? 0 : Math.min(1000, 20 * 2 ** Math.min(repeats, 6))));
    if (last.wakeAtMs !== null) runAt(last.wakeAtMs);
    if (isHalting && last.actions.length === 0 && last.isConverged) onHalted?.();
    options.onPass();
  };
  const tick = (): void => {
    dueAtMs = Infinity;
    const isQuiet = last.isConverged && !isHalting && served !== null && Date.now() < everythingAtMs && !hasLost(memory.current().daemons) && !kicked;
    kicked = false;
    if (isQuiet) {
      runAt(Date.now() + lookAgain.processesMs);
      return;
    }
    if (Date.now() >= everythingAtMs) boundLogs(options.stateDir);
    pass();
    runAt(Date.now() + lookAgain.processesMs);
  };
  const wake = (): void => {
    kicked = true;
    kick();
  };
  wake();
  return {
    accept: (next) => {
      served = next;
      keys = planKeys(next.plan);
      last = { ...last, isConverged: false };
      wake();
    },
    kick: wake,
    halt: () =>
      new Promise((resolve) => {
        isHalting = true;
        onHalted = resolve;
        if (served === null) resolve();
        wake();
      }),
    view: () => ({ served, isConverged: last.isConverged, isHalting, prepared, activity: activityOf(busy, last) }),
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}

const hasLost = (daemons: Readonly<Record<string, { readonly pid: number | null; readonly startTicks: number | null }>>): boolean =>
  Object.values(daemons).some(({ pid, startTicks }) => pid !== null && startTicks !== null && !isAlive({ pid, startTicks }));

function activityOf(busy: ReadonlyMap<string, string>, step: ConvergenceStep): string | null {
  const titles = [...busy.values(), ...step.actions.flatMap((action) => (action.kind === "start" ? [`start ${action.spec.id}`] : action.kind === "stop" ? [`stop ${action.id}`] : []))];
  return titles.length === 0 ? null : titles.slice(0, 4).join(", ");
}
