// Nodes that came after the cluster's birth: each is added, then the layout of the data is expanded over their drives once.
import { doneVoid, failed, retry, type EngineAction, type StepResult } from "@cynosure/model";
import { parseNodes } from "../layout/action-params.ts";
import { hostsByIp, isInCluster, nodesWithAddresses, readCluster, type Node } from "./cluster-row.ts";
import type { Context } from "./context.ts";
import { idOf, textOf } from "./rows.ts";
import { forgetTask, rememberTask, seeTask, waitForTask } from "./tasks.ts";

const EXPAND_TASK = "expand";
/** Set before the first node is added, so that a crash in between forgets no expansion. */
const EXPAND_OUTPUT = "vast-expand-wanted";
const AGAIN_MS = 2_000;

const addTask = ({ ip }: Node): string => `add-${ip}`;

async function add(context: Context, node: Node): Promise<StepResult> {
  const { vms, vault } = context;
  const cluster = await readCluster(vms);
  const cluster_id = cluster === null ? undefined : Number(idOf(cluster));
  if (node.kind === "ebox") await vault.putOutput(EXPAND_OUTPUT, "yes");
  const request = node.kind === "ebox" ? { path: "/eboxes/add/", json: { enode_ip: node.ip, cluster_id } } : { path: "/cnodes/", json: { ip: node.ip, cluster_id } };
  await rememberTask(context, addTask(node), await vms.send({ method: "POST", ...request }));
  return waitForTask(`${node.hostId} (${node.ip}) to join the cluster`);
}

/** Null when it is in the cluster. */
async function join(context: Context, node: Node): Promise<StepResult | null> {
  const key = addTask(node);
  const task = await seeTask(context, key);
  if (task.kind === "running") return waitForTask(`${node.hostId} (${node.ip}) to join the cluster`);
  if (task.kind === "failed") {
    await forgetTask(context, key);
    return retry("AddNodeFailed", `${node.hostId} (${node.ip}) could not be added: ${task.reason}. See that the host is well.`, AGAIN_MS);
  }
  if (task.kind === "completed") {
    // It ended after the hosts were read: looked at anew, the node is in the cluster, or was taken out since.
    await forgetTask(context, key);
    return waitForTask(`${node.hostId} (${node.ip}) to join the cluster`);
  }
  return add(context, node);
}

async function expand(context: Context): Promise<StepResult> {
  const { vms, vault } = context;
  if ((await vault.readOutput(EXPAND_OUTPUT)) !== "yes") return doneVoid;
  const task = await seeTask(context, EXPAND_TASK);
  const cluster = await readCluster(vms);
  if (cluster === null) return failed("NoCluster", "The management server has no cluster to expand.");
  if (task.kind === "running" || textOf(cluster, "expansion_state") === "IN_PROGRESS") return waitForTask(`the expansion over the new drives: ${textOf(cluster, "expansion_phase_description")}`);
  if (task.kind === "completed") {
    await vault.putOutput(EXPAND_OUTPUT, "");
    await forgetTask(context, EXPAND_TASK);
    return doneVoid;
  }
  await rememberTask(context, EXPAND_TASK, await vms.send({ method: "POST", path: `/clusters/${idOf(cluster)}/expand/`, json: {} }));
  return task.kind === "failed" ? retry("ExpansionFailed", `The expansion over the new drives failed and is begun again: ${task.reason}`, AGAIN_MS) : waitForTask("the expansion over the new drives");
}

export async function joinNodes(context: Context, action: EngineAction): Promise<StepResult> {
  const { nodes, missing } = nodesWithAddresses(context.call, parseNodes(action.params));
  if (missing.length > 0) return failed("MissingAddress", `${missing.join(", ")} have no address on the cluster network and cannot be added.`);
  const hosts = await hostsByIp(context.vms);
  for (const node of nodes) {
    if (isInCluster(hosts.get(node.ip))) continue;
    const result = await join(context, node);
    if (result !== null) return result;
  }
  return expand(context);
}
