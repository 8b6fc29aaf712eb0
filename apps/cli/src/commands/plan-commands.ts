// Plans for people: `cluster plan` shows what a write would do and does nothing; `plan show` shows a plan that was
// decided, with the state of its steps. They join the commands made from the verb table.
import type { Command } from "commander";
import { isEmptyDiff, renderPlanDiff, wrap } from "@cynosure/model";
import type { CliVerb, ClusterPlan, PlanSummary } from "@cynosure/sdk";
import { CommandError, ExitCode } from "../exit-code.ts";
import { describePlan } from "../up/describe-delivery.ts";
import type { WithContext } from "./cluster-commands.ts";
import { verbCommand } from "./resource-commands.ts";
import type { VerbContext } from "./run-verb.ts";
import { bodyGiven, sessionDefaults } from "./run-verb.ts";
import { requestOf } from "./verb-arguments.ts";

type Options = Readonly<Record<string, unknown>>;

export function extendPlanCommands(program: Command, withContext: WithContext): void {
  const [preview, previewVerb] = verbCommand(program, "cluster", "plan");
  preview
    .description("Shows what a write of the cluster would do, without doing it. Of a cluster that is there, what no flag names stays as it is; --body is the whole.")
    .action((name: string | undefined) => withContext((context) => previewWrite(context, previewVerb, name, preview.opts<Record<string, unknown>>())));
  const [show, showVerb] = verbCommand(program, "plan", "show");
  show
    .description("Shows one plan with the state of its steps; without a name the one being executed, or executed last.")
    .action((name: string | undefined) => withContext((context) => showPlan(context, showVerb, name, show.opts<Record<string, unknown>>())));
}

/** The cluster as it is, or null when it is not there. */
async function readCurrent({ arm }: VerbContext, parameters: Readonly<Record<string, string>>): Promise<unknown> {
  try {
    return (await arm.sendAny("Clusters_Get", parameters, undefined, {})).body;
  } catch (error) {
    if (error instanceof CommandError && error.httpStatus === 404) return null;
    throw error;
  }
}

async function previewWrite(context: VerbContext, verb: CliVerb, name: string | undefined, options: Options): Promise<void> {
  const { arm, output } = context;
  const session = sessionDefaults(arm);
  const { parameters } = requestOf({ ...verb, flags: [] }, name, options, session, undefined);
  const clusterName = parameters["clusterName"] ?? "";
  const given = bodyGiven(options);
  const base = given ?? (await readCurrent(context, parameters));
  const body = wantedBody(base, clusterName, () => requestOf(verb, name, options, session, base ?? undefined).body);
  const summary = (await arm.sendAny(verb.operationId, parameters, body, {})).body as PlanSummary; // the answer's type in the contract
  output.result(summary, [...describePlan(summary, clusterName), "", ...describeDifference(summary, clusterName), "", ...closingLines(summary, given !== undefined, clusterName)]);
}

/** Whoever means a cluster that is there names nothing but the change, so a name that is not there must be said. */
function wantedBody(base: unknown, clusterName: string, build: () => unknown): unknown {
  try {
    return build();
  } catch (cause) {
    if (base !== null || !(cause instanceof CommandError)) throw cause;
    throw new CommandError(ExitCode.usage, `there is no cluster ${clusterName} yet; ${cause.message}`, { cause });
  }
}

function describeDifference({ parentPlanId, diff, steps }: PlanSummary, clusterName: string): string[] {
  if (parentPlanId === undefined) return wrap(`There is no cluster ${clusterName} yet: all of this is new.`, "");
  if (!isEmptyDiff(diff)) return ["What is different from the target plan", ...renderPlanDiff(diff)];
  if (steps.length === 0) return wrap(`Nothing is different from the target plan: ${clusterName} stays as it is.`, "");
  return wrap("Nothing is different from the target plan; the steps finish what it left undone.", "");
}

/** The command stands on a line of its own, to be copied. */
function closingLines({ parentPlanId, diff, steps }: PlanSummary, isWhole: boolean, clusterName: string): string[] {
  if (parentPlanId !== undefined && isEmptyDiff(diff) && steps.length === 0) return ["Nothing was done. What was done last:", `  cynosure plan show --cluster ${clusterName}`];
  return ["Nothing was done. To do it, with the same flags:", `  cynosure cluster ${parentPlanId === undefined || isWhole ? "create" : "update"} ${clusterName}`];
}

async function showPlan(context: VerbContext, verb: CliVerb, name: string | undefined, options: Options): Promise<void> {
  const { arm, output } = context;
  const { parameters } = requestOf({ ...verb, parameters: verb.parameters.filter(({ positional }) => !positional) }, undefined, options, sessionDefaults(arm), undefined);
  const clusterName = parameters["clusterName"] ?? "";
  const { properties } = (await arm.send("Clusters_Get", parameters, undefined)).body;
  const planName = name ?? (typeof options["name"] === "string" ? options["name"] : properties.targetPlanId);
  if (planName === undefined) throw new CommandError(ExitCode.notFound, `cluster ${clusterName} has no plan yet; try again in a moment`);
  const plan = (await arm.send("Plans_Get", { ...parameters, planName }, undefined)).body;
  output.result(plan, [...describePlan({ ...plan.properties, isSimulated: properties.isSimulated ?? false, isEmulated: properties.isEmulated }, clusterName), ...describeSteps(plan)]);
}

function describeSteps({ properties }: ClusterPlan): string[] {
  const rows = properties.steps.map((step) => ({
    status: step.status,
    took: step.startedAt === undefined || step.finishedAt === undefined ? "" : `${((Date.parse(step.finishedAt) - Date.parse(step.startedAt)) / 1000).toFixed(1)} s`,
    what: [step.title, step.error?.message ?? step.waitingOn].filter((text) => text !== undefined).join(": "),
  }));
  const all = [...(rows.length === 0 ? [] : [{ status: "step", took: "took", what: "what" }]), ...rows];
  const widthOf = (key: "status" | "took"): number => Math.max(...all.map((row) => row[key].length)) + 2;
  const operation = properties.operationId === undefined ? [] : [`  operation ${properties.operationId}`];
  return [...wrap(`${properties.comment}: ${properties.status}`, "  "), ...operation, ...all.flatMap((row) => wrap(row.what, "  ", row.status.padEnd(widthOf("status")) + row.took.padEnd(widthOf("took"))))];
}
