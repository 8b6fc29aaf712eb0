// What a live client's process is told on its standard input, as its first line, and what it says on its standard
// output, one line each. Keys go by the first, never on a command line.
import type { LiveSample, LiveTarget, LiveTotals } from "@cynosure/model";

export interface LiveOrder {
  readonly target: LiveTarget;
  readonly seed: string;
  /** It stops by itself after so long. */
  readonly runMsMax: number;
}

/** Once a second while it works, and once more at its end without a sample: cleaning up is no stall. */
export interface LiveWord {
  readonly sample: LiveSample | null;
  readonly totals: LiveTotals;
}
