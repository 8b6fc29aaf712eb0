// Periodic reconcilers of the control plane: each runs alone, again `everyMs` after it ended, until stopped.
// A failure is logged and the next round tries again; one slow task never holds up another.
import type { Clock } from "@cynosure/model";

export interface BackgroundTask {
  readonly name: string;
  readonly everyMs: number;
  run(signal: AbortSignal): Promise<void>;
}

export interface BackgroundTasks {
  /** Resolves when every task has ended. */
  stop(): Promise<void>;
}

export function startBackgroundTasks(tasks: readonly BackgroundTask[], clock: Clock, logError: (task: string, error: unknown) => void): BackgroundTasks {
  const controller = new AbortController();
  const { signal } = controller;
  const loop = async (task: BackgroundTask): Promise<void> => {
    while (!signal.aborted) {
      try {
        await task.run(signal);
      } catch (error) {
        if (!signal.aborted) logError(task.name, error);
      }
      await clock.sleep(task.everyMs, signal).catch(() => {}); // an aborted sleep only means stop
    }
  };
  const loops = tasks.map(loop);
  return {
    async stop() {
      controller.abort(new Error("the control plane stops"));
      await Promise.all(loops);
    },
  };
}
