// Keeps a delivered cluster's control plane running for as long as its user stays: one that ends without
// having been asked is started again on the same data. Storage goes on meanwhile; what it misses is the relays,
// the watch over hosts and the API. A control plane that ends again and again is not hidden: bounded, then said.
import { CommandError, ExitCode } from "../exit-code.ts";
import type { ControlPlaneHandle } from "./control-plane-process.ts";

/** More starts than this within the span mean that starting is not the remedy. */
export const STARTS_MAX = 5;
const SPAN_MS = 10 * 60_000;

export interface KeepInput {
  readonly first: ControlPlaneHandle;
  start(): Promise<ControlPlaneHandle>;
  /** Settles when the user wants to go. */
  readonly untilAborted: Promise<void>;
  readonly nowMs: () => number;
  readonly note: (line: string) => void;
  /** Hears of every control plane that took over, so that the last one can be stopped. */
  readonly onStarted: (handle: ControlPlaneHandle) => void;
}

/** Returns when the user wants to go; throws when the control plane does not stay up, or cannot be started. */
export async function keepControlPlane(input: KeepInput): Promise<void> {
  const { untilAborted, nowMs, note } = input;
  let current = input.first;
  let starts: readonly number[] = [];
  for (;;) {
    const why = await Promise.race([untilAborted.then(() => "aborted" as const), current.ended.then(() => "ended" as const)]);
    if (why === "aborted") return;
    const now = nowMs();
    starts = [...starts.filter((at) => now - at < SPAN_MS), now];
    if (starts.length > STARTS_MAX) {
      throw new CommandError(ExitCode.failed, `the control plane ended ${starts.length} times within ${SPAN_MS / 60_000} minutes; hosts go on running. Look into logs/control-plane.log of the data directory, then start again`, { code: "ControlPlaneEnded" });
    }
    note(`The control plane (pid ${current.process.pid}) ended unexpectedly; starting it again (hosts go on running)`);
    current = await input.start();
    input.onStarted(current);
    note(`Control plane is ready again: ${current.record.url} (pid ${current.process.pid})`);
  }
}
