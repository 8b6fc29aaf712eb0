// Waits until the engine itself reports that all is well, by a report younger than this start: what the
// store remembers of an earlier run proves nothing.
import { setTimeout as sleep } from "node:timers/promises";
import type { Cluster } from "@cynosure/sdk";
import type { Arm } from "../arm.ts";
import { CommandError, ExitCode } from "../exit-code.ts";
import type { LiveView } from "../progress/live-view.ts";
import { findCluster } from "./deliver.ts";

const POLL_MS = 300;
const HEALTH_MS_MAX = 180_000;

export interface HealthWait {
  readonly arm: Arm;
  readonly clusterName: string;
  readonly notBeforeMs: number;
  readonly isSimulated: boolean;
  readonly isEmulated?: boolean | undefined;
  readonly view: LiveView;
  readonly nowMs: () => number;
  readonly signal: AbortSignal;
}

/** The cluster once it is healthy. */
export async function waitForHealth(wait: HealthWait): Promise<Cluster> {
  const startedAtMs = wait.nowMs();
  for (;;) {
    const cluster = await findCluster(wait.arm, wait.clusterName);
    if (cluster === null) throw new CommandError(ExitCode.notFound, `cluster ${wait.clusterName} is gone`);
    const health = cluster.properties.health;
    const isFresh = health !== undefined && Date.parse(health.observedAt) >= wait.notBeforeMs;
    if (isFresh && health.ok && (cluster.properties.endpoints ?? []).length > 0) return cluster;
    const said = !isFresh ? "the first health report" : `health: ${health.status} ${health.checks.map((check) => check.summary).join("; ")}`.trimEnd();
    if (wait.nowMs() - startedAtMs > HEALTH_MS_MAX) throw new CommandError(ExitCode.failed, `cluster ${wait.clusterName} is not healthy after ${HEALTH_MS_MAX} ms: still waiting for ${said}`);
    wait.view.show({ title: `cluster ${wait.clusterName}`, isSimulated: wait.isSimulated, isEmulated: wait.isEmulated, nowMs: wait.nowMs(), startedAtMs, hosts: [], steps: [], waitingOn: said });
    await sleep(POLL_MS, undefined, { signal: wait.signal });
  }
}
