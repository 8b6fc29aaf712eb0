// The birth of a cluster: created of all discovered hosts, watched through its states, resumed where it failed.
import { doneVoid, failed, retry, type EngineAction, type StepResult } from "@cynosure/model";
import { parseNodes, text } from "../layout/action-params.ts";
import { actionNames } from "../layout/names.ts";
import { hostsByIp, isInCluster, nodesWithAddresses, readCluster } from "./cluster-row.ts";
import type { Context } from "./context.ts";
import { idOf, textOf, type Row } from "./rows.ts";
import { rememberTask, seeTask, waitForTask } from "./tasks.ts";

const TASK = "cluster";
const RESUMED_AGAIN_MS = 2_000;
/** States of the document in which a cluster that was born is. */
const BORN = new Set(["ONLINE"]);

/** Without node arguments the cluster is made of all that was discovered: nobody else's may be among them. */
async function strangersOf({ vms, call }: Context): Promise<readonly string[]> {
  const discovered = call.layout.steps.find((step) => step.action.name === actionNames.discover);
  const own = new Set(nodesWithAddresses(call, parseNodes(discovered?.action.params ?? { nodes: [] })).nodes.map(({ ip }) => ip));
  return [...(await hostsByIp(vms))].filter(([ip, host]) => !own.has(ip) && !isInCluster(host)).map(([ip]) => ip);
}

async function create(context: Context, name: string): Promise<StepResult> {
  const strangers = await strangersOf(context);
  if (strangers.length > 0) return failed("StrangeHosts", `Discovery also found ${strangers.slice(0, 5).join(", ")}, which are not hosts of this cluster; a cluster is made of all hosts that are discovered. Take them off the network of ${name}, then write the cluster again.`);
  await rememberTask(context, TASK, await context.vms.send({ method: "POST", path: "/clusters/", json: { name } }));
  return waitForTask("the cluster to be created");
}

async function resume(context: Context, cluster: Row): Promise<StepResult> {
  const task = await seeTask(context, TASK);
  // It was resumed and has not moved yet.
  if (task.kind === "running") return waitForTask("the deployment, which was resumed");
  const reason = task.kind === "failed" ? task.reason : "the management server gave no reason";
  await rememberTask(context, TASK, await context.vms.send({ method: "PATCH", path: `/clusters/${idOf(cluster)}/resume_deploy/` }));
  return retry("ClusterDeployFailed", `The deployment of ${textOf(cluster, "name")} failed and is resumed: ${reason}. See the hosts it names.`, RESUMED_AGAIN_MS);
}

export async function createCluster(context: Context, action: EngineAction): Promise<StepResult> {
  const name = text(action.params, "name");
  const cluster = await readCluster(context.vms);
  if (cluster === null) return create(context, name);
  if (textOf(cluster, "name") !== name) return failed("AnotherCluster", `The management server has a cluster ${textOf(cluster, "name")} already, and is to have ${name}. One server manages one cluster.`);
  const state = textOf(cluster, "state");
  if (BORN.has(state)) return doneVoid;
  if (state === "FAILED") return resume(context, cluster);
  return waitForTask(`the cluster to be ONLINE: it is ${state}`);
}
