// Commands about a cluster that are more than one request: waiting for it, its S3 keys, following an operation.
// They join the commands made from the verb table under the same nouns.
import { setTimeout as sleep } from "node:timers/promises";
import { isTerminalState } from "@cynosure/arm-protocol";
import type { Command } from "commander";
import type { ClusterPlan } from "@cynosure/sdk";
import { sendOrNull } from "../arm.ts";
import { CommandError, ExitCode } from "../exit-code.ts";
import { BETWEEN_PLANS_MS } from "../progress/follow-operation.ts";
import { nounCommand } from "./resource-commands.ts";
import type { VerbContext } from "./run-verb.ts";
import { follow } from "./run-verb.ts";

export type WithContext = (work: (context: VerbContext) => Promise<void>) => Promise<void>;

export function addClusterCommands(program: Command, withContext: WithContext): void {
  const cluster = nounCommand(program, "cluster");
  cluster
    .command("wait <name>")
    .description("Waits until no change of the cluster runs, showing progress; fails when the last one failed.")
    .action((name: string) => withContext((context) => waitForCluster(context, name)));
  cluster
    .command("s3-keys <name>")
    .description("Prints the S3 keys as ACCESS_KEY:SECRET, ready for curl --user.")
    .action((name: string) =>
      withContext(async (context) => {
        const { s3 } = (await context.arm.send("Clusters_ListCredentials", paramsOf(context, name), undefined)).body;
        context.output.result(s3, [`${s3.accessKeyId}:${s3.secretAccessKey}`]);
      }),
    );
  nounCommand(program, "operation")
    .command("watch <id>")
    .option("--cluster <name>", "Show the plan and the hosts of this cluster.")
    .description("Follows an operation to its end; fails when it fails.")
    .action((id: string, options: { cluster?: string }) =>
      withContext(async (context) => {
        await follow(context, options.cluster ?? null, id, `operation ${id}`);
        context.output.result({ operationId: id, status: "Succeeded" }, [`operation ${id}: Succeeded`]);
      }),
    );
}

const paramsOf = ({ arm }: VerbContext, clusterName: string) => ({ subscriptionId: arm.scope.subscriptionId, resourceGroupName: arm.scope.resourceGroupName, clusterName });

async function readTargetPlan(context: VerbContext, clusterName: string): Promise<{ plan: ClusterPlan | null; isSimulated: boolean; state: string | undefined }> {
  const params = paramsOf(context, clusterName);
  const { properties } = (await context.arm.send("Clusters_Get", params, undefined)).body;
  const plan = properties.targetPlanId === undefined ? null : await sendOrNull(context.arm, "Plans_Get", { ...params, planName: properties.targetPlanId }, undefined);
  return { plan, isSimulated: properties.isSimulated ?? false, state: properties.provisioningState };
}

async function waitForCluster(context: VerbContext, name: string): Promise<void> {
  let followed = "";
  for (;;) {
    const { plan, state } = await readTargetPlan(context, name);
    const operationId = plan?.properties.operationId;
    const isRunning = plan !== null && (plan.properties.status === "running" || plan.properties.status === "pending");
    if (operationId !== undefined && isRunning && operationId !== followed) {
      followed = operationId;
      await follow(context, name, operationId, `cluster ${name}`);
      continue;
    }
    if (isRunning) continue;
    if (!isTerminalState(state)) {
      await sleep(BETWEEN_PLANS_MS); // it has its plan in a moment
      continue;
    }
    if (state !== "Succeeded") throw new CommandError(ExitCode.failed, `cluster ${name} is ${state ?? "in no known state"}`, { operationId });
    context.output.result({ name, provisioningState: state }, [`cluster ${name}: ${state}`]);
    return;
  }
}
