// Cutting a full host plan down to what is in force at one stage. Pure; used by the executor when it
// publishes, by the agent when it converges, and by tests.
import type { DaemonSpec, HostPlan } from "./host-plan.ts";

/** The host plan as published for `stage` under `generation`: what belongs to later stages is left out. */
export function hostPlanAtStage(full: HostPlan, stage: number, generation: number): HostPlan {
  return {
    ...full,
    generation,
    stage,
    files: full.files.filter((file) => file.stage <= stage),
    daemons: full.daemons.filter((daemon) => Math.min(daemon.prepareStage, daemon.stage) <= stage),
  };
}

/** True when the daemon should be running under this plan, not only prepared. */
export const shouldRun = (daemon: DaemonSpec, plan: HostPlan): boolean => daemon.stage <= plan.stage;
