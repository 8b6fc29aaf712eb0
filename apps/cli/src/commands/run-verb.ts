// Runs one command made from the verb table: builds the request, sends it, follows a long-running one to its
// end, and prints the answer. Knows shapes (one thing, a list, an operation), not resource types.
import { readFileSync } from "node:fs";
import { parse as parseYaml, stringify } from "yaml";
import type { CliVerb } from "@cynosure/sdk";
import { cliVerbs } from "@cynosure/sdk";
import type { Arm } from "../arm.ts";
import { CommandError, ExitCode } from "../exit-code.ts";
import type { Output } from "../output.ts";
import { formatTable } from "../output.ts";
import { followOperation } from "../progress/follow-operation.ts";
import { createLiveView } from "../progress/live-view.ts";
import { requestOf } from "./verb-arguments.ts";
import type { SessionDefaults } from "./verb-arguments.ts";

const BODY_BYTES_MAX = 1024 * 1024;
const COLUMNS_SHOWN_MAX = 6;
const COLUMNS_WIDTH_MAX = 100;

export interface VerbContext {
  readonly arm: Arm;
  readonly output: Output;
  readonly signal: AbortSignal;
}

export async function runVerb(context: VerbContext, verb: CliVerb, positional: string | undefined, options: Readonly<Record<string, unknown>>): Promise<void> {
  const { arm, output } = context;
  const request = requestOf(verb, positional, options, sessionDefaults(arm), bodyGiven(options));
  const ifMatch = options["ifMatch"];
  const answer = await arm.sendAny(verb.operationId, request.parameters, request.body, typeof ifMatch === "string" ? { "if-match": ifMatch } : {});
  if (!verb.longRunning) {
    output.result(answer.body ?? null, describeBody(answer.body));
    return;
  }
  const name = Object.values(request.parameters).at(-1) ?? "";
  if (answer.operationId !== null && options["wait"] === false) {
    output.result({ operationId: answer.operationId }, [`accepted; follow it with: cynosure operation watch ${answer.operationId}`]);
    return;
  }
  if (answer.operationId !== null) await follow(context, request.parameters["clusterName"] ?? null, answer.operationId, `${verb.verb} ${verb.noun} ${name}`);
  const show = cliVerbs.find((each) => each.noun === verb.noun && each.verb === "show");
  if (verb.verb === "delete" || show === undefined) {
    output.result({ operationId: answer.operationId, status: "Succeeded" }, [`${verb.noun} ${name}: ${verb.verb} done`]);
    return;
  }
  const after = await arm.sendAny(show.operationId, request.parameters, undefined, {});
  output.result(after.body ?? null, describeBody(after.body));
}

export const sessionDefaults = (arm: Arm): SessionDefaults => ({ subscriptionId: arm.scope.subscriptionId, resourceGroupName: arm.scope.resourceGroupName, location: arm.scope.location, scope: subscriptionScope(arm) });

/** What --body names; undefined without it. */
export const bodyGiven = (options: Readonly<Record<string, unknown>>): unknown => (typeof options["body"] === "string" ? readBody(options["body"]) : undefined);

/** Where roles are given unless told otherwise. */
export const subscriptionScope = (arm: Arm): string => `/subscriptions/${arm.scope.subscriptionId}`;

/** Shows progress on the terminal until the operation ended. */
export async function follow(context: VerbContext, clusterName: string | null, operationId: string, title: string): Promise<void> {
  const { arm, output, signal } = context;
  const view = createLiveView(output.notes);
  const startedAtMs = Date.now();
  try {
    await followOperation({ arm, clusterName, operationId, title, ...(await realityOf(arm, clusterName)), view, startedAtMs, nowMs: () => Date.now(), signal });
  } finally {
    view.finish();
  }
}

async function realityOf(arm: Arm, clusterName: string | null): Promise<{ readonly isSimulated: boolean; readonly isEmulated: boolean }> {
  if (clusterName === null) return { isSimulated: false, isEmulated: false };
  const { subscriptionId, resourceGroupName } = arm.scope;
  const answer = await arm.send("Clusters_Get", { subscriptionId, resourceGroupName, clusterName }, undefined).catch(() => null); // being deleted, or not made yet
  return { isSimulated: answer?.body.properties.isSimulated ?? false, isEmulated: answer?.body.properties.isEmulated ?? false };
}

/** JSON is YAML too, so one reader serves both. */
export function readBody(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path === "-" ? 0 : path, "utf8");
  } catch (cause) {
    throw new CommandError(ExitCode.usage, `--body ${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
  if (Buffer.byteLength(text) > BODY_BYTES_MAX) throw new CommandError(ExitCode.usage, `--body ${path} is over ${BODY_BYTES_MAX} bytes`);
  try {
    return parseYaml(text, { maxAliasCount: 32 });
  } catch (cause) {
    throw new CommandError(ExitCode.usage, `--body ${path} is neither JSON nor YAML: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

export const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

export function describeBody(body: unknown): string[] {
  if (isRecord(body) && Array.isArray(body["value"]) && Object.keys(body).every((key) => key === "value" || key === "nextLink")) return describeList(body["value"].filter(isRecord));
  if (body === undefined || body === null) return [];
  return stringify(body, { lineWidth: 0 }).trimEnd().split("\n");
}

/** Name first, then the plain values that the items have, as many as fit. */
function describeList(items: readonly Record<string, unknown>[]): string[] {
  if (items.length === 0) return ["none"];
  const rows = items.map((item): Record<string, unknown> => {
    // What has neither a name nor properties is a flat row, such as an audit record.
    const properties = isRecord(item["properties"]) ? item["properties"] : item["name"] === undefined ? item : {};
    const { provisioningState, state, ...rest } = properties;
    return { name: item["name"], provisioningState, state, location: item["location"], ...rest };
  });
  const isPlain = (value: unknown): boolean => typeof value === "string" || typeof value === "number" || typeof value === "boolean";
  const keys = [...new Set(rows.flatMap((row) => Object.keys(row).filter((key) => isPlain(row[key]))))];
  const chosen: string[] = [];
  let width = 0;
  for (const key of keys) {
    const own = Math.max(key.length, ...rows.map((row) => cell(row[key]).length)) + 2;
    if (chosen.length === COLUMNS_SHOWN_MAX || width + own > COLUMNS_WIDTH_MAX) continue;
    chosen.push(key);
    width += own;
  }
  // Nothing that fits a table, as with what a caller may do.
  if (chosen.length === 0) return stringify(items, { lineWidth: 0 }).trimEnd().split("\n");
  return formatTable(chosen, rows.map((row) => chosen.map((key) => cell(row[key]))));
}

const cell = (value: unknown): string => (typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : "");
