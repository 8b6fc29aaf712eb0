// Taking hosts out of the cluster: a rehearsal first, which alone may say no; then their data is moved away and they go.
import { doneVoid, failed, retry, type EngineAction, type HostId, type StepResult } from "@cynosure/model";
import { parseDecommission } from "../layout/action-params.ts";
import { hostsByIp, isInCluster } from "./cluster-row.ts";
import type { Context } from "./context.ts";
import { asRow, idOf, textOf, type Row } from "./rows.ts";
import { forgetTask, rememberTask, seeTask, waitForTask } from "./tasks.ts";
import { detailOf, VmsRefusal } from "./vms.ts";

const AGAIN_MS = 2_000;
const REFUSED_STATUS = 409;

/** Boxes of hosts that are in the cluster still; a box and its host have one serial number. */
async function boxesOf({ vms, call }: Context, hostIds: readonly HostId[]): Promise<{ readonly boxes: readonly Row[]; readonly unknown: readonly HostId[] }> {
  const hosts = await hostsByIp(vms);
  const bySerial = new Map((await vms.list("/eboxes/")).map((box) => [textOf(box, "sn"), box]));
  const seen = hostIds.map((hostId) => ({ hostId, host: hosts.get(call.addresses[hostId] ?? "") }));
  const present = seen.filter(({ host }) => isInCluster(host)).map(({ hostId, host }) => ({ hostId, box: bySerial.get(textOf(host ?? {}, "sn")) }));
  return { boxes: present.flatMap(({ box }) => (box === undefined ? [] : [box])), unknown: present.filter(({ box }) => box === undefined).map(({ hostId }) => hostId) };
}

/** Null when the cluster can do without them. */
async function rehearse({ vms }: Context, ids: readonly number[]): Promise<StepResult | null> {
  const request = { method: "POST", path: "/eboxes/decommission/dry-run/", json: { ids } };
  const answer = await vms.ask(request);
  if (answer.status >= 300 && answer.status !== REFUSED_STATUS) throw new VmsRefusal(request, answer);
  if (asRow(answer.body)["success"] === true) return null;
  return failed("DecommissionRefused", `The cluster cannot do without these hosts: ${detailOf(answer.body)}`);
}

export async function decommission(context: Context, action: EngineAction): Promise<StepResult> {
  const { hostIds, isDryRun } = parseDecommission(action.params);
  const key = `decommission-${hostIds.join("-")}`;
  const task = await seeTask(context, key);
  if (task.kind === "running") return waitForTask(`data to be moved away from ${hostIds.join(", ")}`);
  const { boxes, unknown } = await boxesOf(context, hostIds);
  if (unknown.length > 0) return failed("UnknownBox", `${unknown.join(", ")} are in the cluster, and no box has their serial number: they are no boxes of drives and compute, and cannot be decommissioned as such.`);
  if (boxes.length === 0) {
    await forgetTask(context, key);
    return doneVoid;
  }
  if (task.kind === "failed") {
    await rememberTask(context, key, await context.vms.send({ method: "POST", path: "/eboxes/decommission/resume/" }));
    return retry("DecommissionFailed", `Taking ${hostIds.join(", ")} out failed and is resumed: ${task.reason}`, AGAIN_MS);
  }
  const ids = boxes.map((box) => Number(idOf(box)));
  const refused = await rehearse(context, ids);
  if (refused !== null || isDryRun) return refused ?? doneVoid;
  await rememberTask(context, key, await context.vms.send({ method: "POST", path: "/eboxes/decommission/", json: { ids } }));
  return waitForTask(`data to be moved away from ${hostIds.join(", ")}`);
}
