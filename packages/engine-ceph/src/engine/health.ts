// The last look before a change counts as delivered: Ceph itself says HEALTH_OK, and everything the plan
// placed is there. HEALTH_OK alone is not enough: a cluster without OSDs says so too.
import type { EngineCall } from "@cynosure/engine";
import { doneVoid, waiting, type EngineAction, type StepResult } from "@cynosure/model";
import { awaitAnswer, hostsRunning } from "./cluster-link.ts";
import { readStatus, type ClusterStatus } from "./cluster-status.ts";

interface Expected {
  readonly osds: number;
  readonly placementGroups: number;
  readonly monitors: number;
  readonly managers: number;
  readonly metadataServers: number;
}

/** What is missing, in words; null when nothing is. */
export function missing(status: ClusterStatus, expected: Expected): string | null {
  const parts: string[] = [];
  if (status.monitorsInQuorum < expected.monitors) parts.push(`${status.monitorsInQuorum} of ${expected.monitors} monitors in quorum`);
  if (status.osdsUp < expected.osds) parts.push(`${status.osdsUp} of ${expected.osds} OSDs up`);
  if (status.osdsIn < expected.osds) parts.push(`${status.osdsIn} of ${expected.osds} OSDs in`);
  if (!status.hasManager) parts.push("no active manager");
  else if (status.managerStandbys + 1 < expected.managers) parts.push("no standby manager");
  if (!status.hasActiveMds) parts.push("no active metadata server");
  else if (status.mdsStandbys + 1 < expected.metadataServers) parts.push("no standby metadata server");
  if (status.placementGroups < expected.placementGroups) parts.push(`${status.placementGroups} of ${expected.placementGroups} placement groups known`);
  if (status.placementGroupsClean < status.placementGroups) parts.push(`${status.placementGroupsClean} of ${status.placementGroups} placement groups clean`);
  if (status.health !== "HEALTH_OK") parts.push(status.checks.length > 0 ? `${status.health}: ${status.checks.map((check) => `${check.code} (${check.summary})`).join(", ")}` : status.health);
  return parts.length === 0 ? null : parts.join("; ");
}

export async function awaitHealth(call: EngineCall, action: EngineAction): Promise<StepResult> {
  const status = await readStatus(call);
  if (!status.ok) return awaitAnswer(status, "monitors to answer");
  const number = (key: string): number => Number(action.params[key] ?? 0);
  const expected: Expected = {
    osds: number("osdCount"),
    placementGroups: number("placementGroups"),
    monitors: hostsRunning(call, "monitor").length,
    managers: hostsRunning(call, "manager").length,
    metadataServers: hostsRunning(call, "mds").length,
  };
  const waitingOn = missing(status.value, expected);
  return waitingOn === null ? doneVoid : waiting(waitingOn, 250);
}
