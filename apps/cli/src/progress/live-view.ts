// Where progress is written: a block that redraws itself on a terminal, plain lines elsewhere. It takes the
// stream as an argument; with --json that is standard error, so that standard output stays one JSON line.
import { createLogUpdate } from "log-update";
import type { WriteStream } from "node:tty";
import { describeChanges } from "./plain-progress.ts";
import type { ProgressState } from "./progress-state.ts";
import { renderProgress } from "./render-progress.ts";

const COLUMNS_DEFAULT = 80;
const ROWS_DEFAULT = 24;

export interface LiveView {
  show(state: ProgressState): void;
  /** Ends the block: what went well makes room for what follows, what did not stays on the screen. */
  finish(): void;
}

export function createLiveView(stream: NodeJS.WriteStream): LiveView {
  return stream.isTTY ? createTerminalView(stream) : createPlainView(stream);
}

function createTerminalView(stream: WriteStream): LiveView {
  const draw = createLogUpdate(stream);
  let isGoodSoFar = true;
  return {
    show(state) {
      isGoodSoFar = state.steps.every((step) => step.status === "done");
      draw(renderProgress(state, { columns: stream.columns || COLUMNS_DEFAULT, rows: stream.rows || ROWS_DEFAULT }).join("\n"));
    },
    finish() {
      if (isGoodSoFar) draw.clear();
      draw.done();
    },
  };
}

function createPlainView(stream: NodeJS.WritableStream): LiveView {
  let last: ProgressState | null = null;
  return {
    show(state) {
      for (const line of describeChanges(last, state)) stream.write(`${line}\n`);
      last = state;
    },
    finish() {},
  };
}
