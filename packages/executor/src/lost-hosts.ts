// Before daemons of one host are stopped, and while a host does not answer, hosts of the same plan that lost
// their power unasked are brought back: a plan goes one failure domain at a time, and a second one that fell by
// itself counts. Which hosts there should be is the plan's; whether they are on is asked of the substrate.
import type { HostId, HostPlan, StepResult } from "@cynosure/model";
import { hostPlanChange, isDisruptive, waiting } from "@cynosure/model";
import type { Store } from "@cynosure/resource-store";
import type { Substrate, SubstrateCall } from "@cynosure/substrate";

const LOOK_AGAIN_MS = 1_000;

export interface LostHostsInput {
  readonly substrate: Substrate;
  readonly call: SubstrateCall;
  readonly hostIds: readonly HostId[];
  /** What waits for them, for people: `daemons of host-2 to be stopped`. */
  readonly before: string;
}

/** Null when all of them are on. A host that somebody switched off stays off, and is waited for. */
export async function bringBackLostHosts({ substrate, call, hostIds, before }: LostHostsInput): Promise<StepResult | null> {
  const off = (await substrate.observe(call.clusterKey)).filter((host) => hostIds.includes(host.hostId) && host.power === "off");
  if (off.length === 0) return null;
  for (const host of off.filter((each) => each.wantedPower === "on")) {
    const result = await substrate.power(call, host.hostId, "on");
    if (result.kind === "failed" || result.kind === "retry") return result;
  }
  return waiting(`${off.map((host) => host.hostId).join(", ")} to be on again before ${before}`, LOOK_AGAIN_MS);
}

/** True when taking this plan up stops something that runs under the one published now. */
export async function stopsDaemons(store: Store, next: HostPlan): Promise<boolean> {
  const published = await store.hosts.readPublished(next.clusterKey, next.hostId);
  return published !== null && isDisruptive(hostPlanChange(published.plan, next));
}
