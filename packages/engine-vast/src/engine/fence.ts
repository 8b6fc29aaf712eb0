// Refuses executors whose epoch was passed. The vendor's API knows no epochs, so the highest one is kept with the cluster's
// outputs: a request that an old executor has sent already still arrives, and finds that actions look before they act.
import type { EngineCall } from "@cynosure/engine";
import { failed, type StepResult } from "@cynosure/model";

const EPOCH_OUTPUT = "vast-executor-epoch";

/** Null when the caller may act. */
export async function refuseStale({ vault, executorEpoch, clusterKey }: EngineCall): Promise<StepResult | null> {
  const seen = Number((await vault.readOutput(EPOCH_OUTPUT)) ?? 0);
  if (executorEpoch < seen) return failed("StaleExecutor", `Executor epoch ${executorEpoch} was replaced by ${seen} for ${clusterKey}. Another control plane does this work now.`);
  if (executorEpoch > seen) await vault.putOutput(EPOCH_OUTPUT, String(executorEpoch));
  return null;
}
