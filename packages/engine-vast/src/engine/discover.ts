// Discovery: the management server looks for hosts on its networks until it has found all of the plan.
import { doneVoid, failed, type EngineAction, type StepResult } from "@cynosure/model";
import { parseNodes } from "../layout/action-params.ts";
import { hostsByIp, nodesWithAddresses } from "./cluster-row.ts";
import type { Context } from "./context.ts";
import { forgetTask, rememberTask, seeTask, waitForTask } from "./tasks.ts";

const TASK = "discover";

export async function discover(context: Context, action: EngineAction): Promise<StepResult> {
  const { vms, call } = context;
  const { nodes, missing } = nodesWithAddresses(call, parseNodes(action.params));
  if (missing.length > 0) return failed("MissingAddress", `${missing.join(", ")} have no address on the cluster network, so that discovery cannot tell them. See that these hosts were created.`);
  const known = await hostsByIp(vms);
  const unseen = nodes.filter(({ ip }) => !known.has(ip));
  if (unseen.length === 0) {
    await forgetTask(context, TASK);
    return doneVoid;
  }
  const names = unseen.map(({ hostId, ip }) => `${hostId} (${ip})`).join(", ");
  // A discovery that has ended without them may have come too early: it is begun again until the step's time is over.
  if ((await seeTask(context, TASK)).kind !== "running") await rememberTask(context, TASK, await vms.send({ method: "GET", path: "/hosts/discover", isRepeatable: false }));
  return waitForTask(`discovery of ${names}`);
}
