// A write, and what is shown while the engine goes on with it: one line that redraws itself on a terminal, plain lines elsewhere.
import type { PathRequest } from "@cynosure/sdk";
import { createLogUpdate } from "log-update";
import type { WriteProgress } from "../connect-paths.ts";
import { formatElapsed } from "../progress/render-progress.ts";
import type { EngineContext } from "./engine-context.ts";

/** Null when the write was accepted and is not waited for: that has been said then. */
export async function followWrite(context: EngineContext, request: PathRequest, title: string): Promise<{ readonly body: unknown } | null> {
  const { calls, output, signal, noWait } = context;
  const view = createView(output.notes, title, Date.now());
  try {
    const { body, operationId, warnings } = await calls.write(request, { signal, noWait, onProgress: (progress) => view.show(progress) });
    view.finish();
    for (const warning of warnings) output.note(`warning: ${warning}`);
    if (operationId === null) return { body };
    output.result({ operationId }, [`accepted; follow it with: cynosure operation watch ${operationId}`]);
    return null;
  } finally {
    view.finish();
  }
}

interface WriteView {
  show(progress: WriteProgress): void;
  finish(): void;
}

function createView(stream: NodeJS.WriteStream, title: string, startedAtMs: number): WriteView {
  const lineOf = ({ status, percentComplete }: WriteProgress): string => `${formatElapsed(Date.now() - startedAtMs)} ${title}: ${status}${percentComplete === null ? "" : `, ${Math.round(percentComplete)} %`}`;
  if (stream.isTTY) {
    const draw = createLogUpdate(stream);
    return { show: (progress) => draw(lineOf(progress).slice(0, (stream.columns || 80) - 1)), finish: () => draw.clear() };
  }
  let last = "";
  return {
    show: (progress) => {
      const state = `${progress.status} ${progress.percentComplete ?? ""}`;
      if (state !== last) stream.write(`${lineOf(progress)}\n`);
      last = state;
    },
    finish: () => {},
  };
}
