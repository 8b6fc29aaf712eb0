// The trust edge of the agent: a served plan is checked once, here, before anything believes it. Shape,
// limits, and that every path stays in the host's state directory. Says what is wrong, or answers the plan.
import { resolve } from "node:path";
import type { HostPlan, ServedHostPlan } from "@cynosure/model";

export const hostPlanLimits = { filesMax: 500, daemonsMax: 200, disksMax: 100, fileCharsMax: 1024 * 1024, argumentsMax: 500, timeoutMsMax: 3600_000 } as const;

export type PlanCheck = { readonly ok: true; readonly served: ServedHostPlan } | { readonly ok: false; readonly generation: number; readonly executorEpoch: number; readonly problem: string };

type Check = (value: unknown, at: string) => string | null;
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === "object" && value !== null && !Array.isArray(value);

const text = (lengthMax: number, pattern = /^[^\0]*$/): Check => (value, at) => (typeof value === "string" && value.length <= lengthMax && pattern.test(value) ? null : `${at} is not text as expected`);
const integer = (min: number, max: number): Check => (value, at) => (Number.isSafeInteger(value) && Number(value) >= min && Number(value) <= max ? null : `${at} is not an integer from ${String(min)} to ${String(max)}`);
const oneOf = (...allowed: readonly string[]): Check => (value, at) => (typeof value === "string" && allowed.includes(value) ? null : `${at} is not one of ${allowed.join(", ")}`);
const list = (item: Check, itemsMax: number): Check => (value, at) => {
  if (!Array.isArray(value) || value.length > itemsMax) return `${at} is not a list of at most ${String(itemsMax)}`;
  for (const [index, each] of value.entries()) {
    const problem = item(each, `${at}[${String(index)}]`);
    if (problem !== null) return problem;
  }
  return null;
};
const record = (required: Readonly<Record<string, Check>>, optional: Readonly<Record<string, Check>> = {}): Check => (value, at) => {
  if (!isObject(value)) return `${at} is not an object`;
  for (const name of Object.keys(value)) if (required[name] === undefined && optional[name] === undefined) return `${at}.${name} is unknown to this agent`;
  for (const [name, check] of Object.entries({ ...required, ...optional })) {
    if (value[name] === undefined && optional[name] !== undefined) continue;
    const problem = check(value[name], `${at}.${name}`);
    if (problem !== null) return problem;
  }
  return null;
};
const textMap: Check = (value, at) => {
  if (!isObject(value)) return `${at} is not an object`;
  return Object.entries(value).every(([name, each]) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && typeof each === "string" && !each.includes("\0")) ? null : `${at} holds something else than environment variables`;
};

const anyText = text(hostPlanLimits.fileCharsMax);
const path = text(4096, /^\/[^\0\n]*$/);
const argv: Check = (value, at) => list(text(64 * 1024), hostPlanLimits.argumentsMax)(value, at) ?? (Array.isArray(value) && value.length > 0 ? null : `${at} is empty`);
const timeout = integer(1, hostPlanLimits.timeoutMsMax);
const stage = integer(0, 1000);
const command = record({ argv, creates: path, timeoutMsMax: timeout });
const daemon = record(
  {
    id: text(100, /^[A-Za-z0-9][A-Za-z0-9._-]*$/), kind: text(100), prepareStage: stage, stage, prepare: list(command, 50), argv, env: textMap,
    reads: list(path, 100), stopSignal: oneOf("SIGTERM", "SIGINT", "SIGKILL"), stopTimeoutMsMax: timeout,
  },
  { reload: record({ paths: list(path, 100), signal: oneOf("SIGHUP") }), ready: record({ tcpPort: integer(1, 65535) }) },
);
const plan = record({
  clusterKey: text(2000), hostId: text(100), generation: integer(1, Number.MAX_SAFE_INTEGER), stage, image: record({ name: text(200) }),
  files: list(record({ path, mode: integer(0, 0o777), stage, text: anyText }), hostPlanLimits.filesMax),
  disks: list(record({ name: text(200), path, sizeBytes: integer(0, Number.MAX_SAFE_INTEGER) }), hostPlanLimits.disksMax),
  daemons: list(daemon, hostPlanLimits.daemonsMax),
});
const served = record({ executorEpoch: integer(0, Number.MAX_SAFE_INTEGER), plan });

export function checkServedPlan(value: unknown, host: { readonly clusterKey: string; readonly hostId: string; readonly stateDir: string }): PlanCheck {
  const problem = served(value, "served");
  // `as`: the line above has looked at every property.
  const checked = problem === null ? (value as ServedHostPlan) : null;
  const wrong = problem ?? (checked === null ? null : checkContent(checked.plan, host));
  if (checked !== null && wrong === null) return { ok: true, served: checked };
  const numbers = readNumbers(value);
  return { ok: false, ...numbers, problem: `host plan ${String(numbers.generation)} is refused: ${wrong ?? "unreadable"}` };
}

/** The numbers of a plan that is wrong otherwise, so that the refusal can name it. */
function readNumbers(value: unknown): { generation: number; executorEpoch: number } {
  const outer = isObject(value) ? value : {};
  const inner = isObject(outer["plan"]) ? outer["plan"] : {};
  const whole = (number: unknown): number => (Number.isSafeInteger(number) && Number(number) >= 0 ? Number(number) : 0);
  return { generation: whole(inner["generation"]), executorEpoch: whole(outer["executorEpoch"]) };
}

function checkContent(plan: HostPlan, host: { readonly clusterKey: string; readonly hostId: string; readonly stateDir: string }): string | null {
  if (plan.clusterKey !== host.clusterKey || plan.hostId !== host.hostId) return `it is for ${plan.hostId} of ${plan.clusterKey}, this is ${host.hostId} of ${host.clusterKey}`;
  const twice = firstDuplicate(plan.daemons.map((each) => each.id)) ?? firstDuplicate(plan.files.map((each) => each.path)) ?? firstDuplicate(plan.disks.map((each) => each.path));
  if (twice !== null) return `${twice} is in it twice`;
  const written = [...plan.files.map((each) => each.path), ...plan.disks.map((each) => each.path).filter((each) => !isDevicePath(each)), ...plan.daemons.flatMap((each) => each.prepare.map((command) => command.creates))];
  for (const each of written) if (!isInside(each, host.stateDir)) return `${each} is not below ${host.stateDir}, or is the agent's own; plans write there only`;
  return null;
}

const firstDuplicate = (values: readonly string[]): string | null => values.find((value, index) => values.indexOf(value) !== index) ?? null;

/** A drive of the machine: never made, never written by the agent. */
export const isDevicePath = (each: string): boolean => each.startsWith("/dev/") && resolve(each) === each;

/** Normalised, below the state directory, and not what the agent itself lives from. */
export function isInside(each: string, stateDir: string): boolean {
  if (resolve(each) !== each || !each.startsWith(`${stateDir}/`)) return false;
  const relative = each.slice(stateDir.length + 1);
  return relative !== "boot.json" && relative !== "agent" && !relative.startsWith("agent/");
}
