// The crash proof: for each seed one random plan on a real PostgreSQL; control planes are killed at every
// named crash point in turn, each time another one goes on, and at the end the database itself is asked
// whether every effect happened, in order, and was completed exactly once.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { openPool } from "@cynosure/resource-store";
import type { TestPostgres } from "@cynosure/resource-store/testkit";
import { crashPoints } from "@cynosure/workflow";
import { createRandom, createRandomPlan } from "./random-plan.ts";

const controlPlaneFile = fileURLToPath(new URL("control-plane.ts", import.meta.url));
/** A control plane that neither ends nor dies within this is itself the failure. */
const CHILD_MS_MAX = 60_000;

export interface ChildEnd {
  readonly code: number | null;
  readonly signal: string | null;
  readonly output: string;
}

export interface Child {
  readonly pid: number;
  readonly ended: Promise<ChildEnd>;
  kill(): void;
}

export function startControlPlane(url: string, seed: number | "prepare", crashSpecification = ""): Child {
  const child = spawn(process.execPath, [controlPlaneFile, url, String(seed), crashSpecification], { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString("utf8")));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString("utf8")));
  const bound = setTimeout(() => child.kill("SIGKILL"), CHILD_MS_MAX);
  const ended = once(child, "exit").then((): ChildEnd => {
    clearTimeout(bound);
    return { code: child.exitCode, signal: child.signalCode, output };
  });
  return { pid: child.pid ?? 0, ended, kill: () => void child.kill("SIGKILL") };
}

/** A database with all tables made, to be copied per seed. */
export async function prepareTemplate(postgres: TestPostgres): Promise<string> {
  const url = await postgres.createDatabase();
  const end = await startControlPlane(url, "prepare").ended;
  if (end.code !== 0) throw new Error(`The proof's database could not be prepared: ${end.output}`);
  return url;
}

export interface SeedResult {
  readonly seed: number;
  readonly steps: number;
  /** Crash points at which a control plane really died. */
  readonly killedAt: readonly string[];
  /** What does not hold; empty when the proof succeeded. */
  readonly violations: readonly string[];
}

export async function proveSeed(postgres: TestPostgres, template: string, seed: number): Promise<SeedResult> {
  const url = await postgres.createDatabase(template);
  const random = createRandom(seed ^ 0x5eed);
  const killedAt: string[] = [];
  const violations: string[] = [];
  for (const point of crashPoints) {
    const end = await startControlPlane(url, seed, specificationFor(point, random)).ended;
    const diedAt = /^killed at (\S+)$/m.exec(end.output)?.[1];
    if (end.signal === "SIGKILL" && diedAt !== undefined) killedAt.push(diedAt);
    else if (end.code !== 0) violations.push(`the control plane to be killed at ${point} ended with ${end.code ?? end.signal}: ${end.output}`);
  }
  const last = await startControlPlane(url, seed).ended;
  if (last.code !== 0) violations.push(`the last control plane ended with ${last.code ?? last.signal}: ${last.output}`);
  violations.push(...(await findViolations(url, seed)));
  return { seed, steps: createRandomPlan(seed).plan.steps.length, killedAt, violations };
}

/** Points that come up often are also killed at later; a point that does not come up must not let the plan run to its end. */
function specificationFor(point: string, random: (below: number) => number): string {
  if (point === "start.beforeCommit") return `${point},start.afterCommit`; // an earlier one may have started the plan
  if (point.startsWith("start.") || point.startsWith("fail.")) return point;
  if (point.startsWith("takeover.")) return `${point},step.afterBegin#2`;
  return `${point}#${1 + random(2)},complete.afterCommit#3`;
}

/** Two control planes share a plan; one is killed in the middle, the other goes on. */
export async function proveSharing(postgres: TestPostgres, template: string, seed: number): Promise<SeedResult> {
  const url = await postgres.createDatabase(template);
  const doomed = startControlPlane(url, seed, "step.afterPerform#3");
  const survivor = startControlPlane(url, seed);
  const [first, second] = await Promise.all([doomed.ended, survivor.ended]);
  const violations = second.code === 0 ? [] : [`the surviving control plane ended with ${second.code ?? second.signal}: ${second.output}`];
  violations.push(...(await findViolations(url, seed)));
  return { seed, steps: createRandomPlan(seed).plan.steps.length, killedAt: first.signal === "SIGKILL" ? ["step.afterPerform"] : [], violations };
}

interface StepFacts {
  readonly step_id: string;
  readonly status: string;
  readonly depends_on: readonly string[];
  readonly effects: number;
  readonly first_effect: string | null;
  readonly completions: number;
  readonly completed: string | null;
}

const factsSql = `select s.step_id, s.status, s.depends_on,
    (select count(*)::int from proof.effects e where e.step_id = s.step_id) as effects,
    (select min(tick) from proof.effects e where e.step_id = s.step_id) as first_effect,
    (select count(*)::int from proof.completions c where c.step_id = s.step_id) as completions,
    (select max(tick) from proof.completions c where c.step_id = s.step_id) as completed
  from cynosure.plan_steps s where s.plan_id = $1`;

async function findViolations(url: string, seed: number): Promise<string[]> {
  const { plan, operation, isToFail } = createRandomPlan(seed);
  const pool = openPool(url, { connectionsMax: 1 });
  try {
    const { rows } = await pool.query<StepFacts>(factsSql, [plan.id]);
    const { rows: ends } = await pool.query<{ plan: string; operation: string }>(
      "select p.status as plan, o.status as operation from cynosure.plans p join cynosure.operations o on o.plan_id = p.id where p.id = $1 and o.id = $2",
      [plan.id, operation.id],
    );
    const wanted = isToFail ? "Failed" : "Succeeded";
    const found = ends.length === 1 && ends[0]?.plan === wanted && ends[0].operation === wanted ? [] : [`plan and operation should be ${wanted}, found ${JSON.stringify(ends)}`];
    if (rows.length !== plan.steps.length) found.push(`${plan.steps.length} steps planned, ${rows.length} stored`);
    return [...found, ...rows.flatMap((row) => violationsOf(row, rows, isToFail))];
  } finally {
    await pool.end();
  }
}

function violationsOf(step: StepFacts, all: readonly StepFacts[], isToFail: boolean): string[] {
  const found: string[] = [];
  const isEnded = step.status === "done" || (isToFail && (step.status === "failed" || step.status === "canceled"));
  if (!isEnded) found.push(`${step.step_id} was left ${step.status}`);
  if (step.status === "done" && step.effects < 1) found.push(`${step.step_id} is done without effect`);
  if (step.completions !== (step.status === "done" ? 1 : 0)) found.push(`${step.step_id} (${step.status}) was completed ${step.completions} times`);
  for (const name of step.depends_on) {
    const before = all.find((each) => each.step_id === name);
    if (step.first_effect !== null && !(before?.completed !== null && before !== undefined && BigInt(before.completed) < BigInt(step.first_effect))) {
      found.push(`${step.step_id} had its effect before ${name} was completed`);
    }
  }
  return found;
}
