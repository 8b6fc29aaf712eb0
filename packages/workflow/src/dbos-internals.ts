// The two things we need of DBOS that its public types do not offer: giving a dead executor's workflows
// back to the queue, and claiming queued ones at once instead of at the next poll. The version is pinned
// exactly; what is reached for is checked at launch, so an upgrade that moves it fails at start, not later.
import { DBOSExecutor } from "@dbos-inc/dbos-sdk/internal/dbos-executor";
import { wfQueueRunner } from "@dbos-inc/dbos-sdk/internal/wfqueue";
import type { WorkflowQueue } from "@dbos-inc/dbos-sdk";

interface QueuePoller {
  pollQueue(executor: DBOSExecutor, queue: WorkflowQueue): Promise<boolean>;
}

export interface DbosInternals {
  /** Gives back every workflow the executor had begun; whoever polls next runs it. */
  recover(executorId: string): Promise<void>;
  /** Claims and starts what is queued. DBOS logs errors; they are tried again at its own poll. */
  claim(queue: WorkflowQueue): Promise<void>;
}

export function reachDbosInternals(): DbosInternals {
  const executor = DBOSExecutor.globalInstance;
  // `pollQueue` is private to TypeScript only; the check below is what makes this cast true.
  const poller = wfQueueRunner as unknown as Partial<QueuePoller>;
  if (executor === undefined || typeof executor.recoverPendingWorkflows !== "function" || typeof poller.pollQueue !== "function") {
    throw new Error("This release of DBOS has moved what recovery needs: pin the version named in packages/workflow/package.json.");
  }
  const { pollQueue } = poller;
  return {
    async recover(executorId) {
      await executor.recoverPendingWorkflows([executorId]);
    },
    async claim(queue) {
      await pollQueue.call(wfQueueRunner, executor, queue);
    },
  };
}
