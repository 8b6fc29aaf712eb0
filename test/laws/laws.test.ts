// The three laws at each step of every registered workflow, and the registry test that makes them compulsory.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { routes } from "@cynosure/contract";
import type { OperationKind } from "@cynosure/model";
import { sharedTestPostgres } from "@cynosure/resource-store/testkit";
import { type CalmRun, createLawLedger, type CrashResult, failsCleanlyAtEveryStep, resumesAfterCrashAtEveryStep, runCalmly, survivesRepeatAtEveryStep } from "@cynosure/workflow/testkit";
import { type LawControlPlane, openLawControlPlane } from "./control-plane.ts";
import { type CrashRoom, openCrashRoom } from "./crash-subject.ts";
import { renderWorkflows } from "./reference-page.ts";
import { underTest } from "./subjects.ts";
import { endsAtOnce, startedBy, stepKinds, type WorkflowName, workflows } from "./workflows.ts";

const LAW_MS_MAX = 600_000;
const pagePath = new URL("../../docs/reference/workflows.md", import.meta.url);

const ledger = createLawLedger();
const calm = new Map<WorkflowName, CalmRun>();
const crashes = new Map<WorkflowName, CrashResult>();
let controlPlane: LawControlPlane;
let crashRoom: CrashRoom;

/** The workflow on which the crash law is seen to fail, on a control plane that is broken. */
const bucket = workflows.find(({ name }) => name === "create a bucket") ?? workflows[0];
const known = <T>(runs: ReadonlyMap<WorkflowName, T>, name: WorkflowName): T => {
  const run = runs.get(name);
  if (run === undefined) throw new Error(`"${name}" was not run: run the whole file`);
  return run;
};

beforeAll(async () => {
  const postgres = await sharedTestPostgres();
  crashRoom = await openCrashRoom(postgres, workflows[0]);
  controlPlane = await openLawControlPlane({
    databaseUrl: await postgres.createDatabase(),
    onLeaseLost: (reason) => {
      throw reason;
    },
  });
  for (const workflow of workflows) calm.set(workflow.name, await runCalmly(underTest(controlPlane, workflow)));
});
afterAll(async () => {
  crashRoom.close();
  await controlPlane.close();
});

describe("every step of every workflow", () => {
  it.each(workflows)("of $name fails cleanly", { timeout: LAW_MS_MAX }, async (workflow) => {
    const result = await failsCleanlyAtEveryStep(underTest(controlPlane, workflow), known(calm, workflow.name));
    ledger.record(workflow.name, "failsCleanlyAtEveryStep", result);
    expect(result.violations).toEqual([]);
  });

  it.each(workflows)("of $name survives a repeat", { timeout: LAW_MS_MAX }, async (workflow) => {
    const result = await survivesRepeatAtEveryStep(underTest(controlPlane, workflow), known(calm, workflow.name));
    ledger.record(workflow.name, "survivesRepeatAtEveryStep", result);
    expect(result.violations).toEqual([]);
  });

  it.concurrent.each(workflows)("of $name resumes after a crash", { timeout: LAW_MS_MAX }, async (workflow) => {
    const result = await resumesAfterCrashAtEveryStep(crashRoom.underTest(workflow), known(calm, workflow.name));
    process.stdout.write(`${workflow.name}: killed at ${result.printed.length} steps: ${result.printed.join(" ")}\n`);
    ledger.record(workflow.name, "resumesAfterCrashAtEveryStep", result);
    crashes.set(workflow.name, result);
    expect(result.violations).toEqual([]);
  });

  it.concurrent("is not proven to resume where steps are recorded before they are performed", { timeout: LAW_MS_MAX }, async () => {
    const result = await resumesAfterCrashAtEveryStep(crashRoom.underTest(bucket, { planted: "recordedBeforePerformed" }), known(calm, bucket.name));
    expect(result.violations.join("\n")).toMatch(/ends otherwise[^]*make bucket results happened 0 times/);
  });

  it.concurrent("is not proven to resume where a step has no crash point", { timeout: LAW_MS_MAX }, async () => {
    const result = await resumesAfterCrashAtEveryStep(crashRoom.underTest(bucket, { planted: "stepWithoutCrashPoint" }), known(calm, bucket.name));
    expect(result.violations).toEqual(["create a bucket: engine.act:sim.bucket:results is in the step log but no process was killed at it"]);
  });

  it("told nobody of a trouble that was not part of a law", () => {
    expect(controlPlane.troubles).toEqual([]);
  });
});

describe("the registry of workflows", () => {
  it("has no workflow that lacks one of the three laws at one of its steps", () => {
    expect(ledger.missing(workflows.map(({ name }) => ({ name, stepIds: known(calm, name).stepIds })))).toEqual([]);
  });

  it("names every operation that starts a plan: those and no others run long", () => {
    const running = routes.filter((route) => route.longRunning !== null && !endsAtOnce.includes(route.operationId)).map((route) => route.operationId);
    const registered = Object.entries(startedBy).flatMap(([operation, starts]) => (starts === "starts no plan" ? [] : [operation]));
    expect(registered.toSorted()).toEqual(running.toSorted());
    expect(new Set(Object.values(startedBy).flatMap((starts) => (starts === "starts no plan" ? [] : starts)))).toEqual(new Set(workflows.map(({ name }) => name)));
  });

  it("brings about every kind of step there is", async () => {
    const { rows } = await controlPlane.pool.query<{ kind: string }>("select distinct json_array_elements(plan -> 'steps') -> 'action' ->> 'kind' as kind from cynosure.plans");
    expect(rows.map((row) => row.kind).toSorted()).toEqual(Object.keys(stepKinds).toSorted());
  });

  it("brings about every kind of operation that has a plan, and every action of the simulated engine", async () => {
    const planned: Readonly<Record<OperationKind, boolean>> = { create: true, update: true, delete: true, action: false };
    const kinds = await controlPlane.pool.query<{ kind: string }>("select distinct kind from cynosure.operations where plan_id is not null");
    expect(kinds.rows.map((row) => row.kind).toSorted()).toEqual(Object.entries(planned).flatMap(([kind, isPlanned]) => (isPlanned ? [kind] : [])).toSorted());
    const actions = await controlPlane.pool.query<{ name: string }>("select distinct name from (select json_array_elements(plan -> 'steps') -> 'action' -> 'action' ->> 'name' as name from cynosure.plans) a where name is not null");
    expect(actions.rows.map((row) => row.name).toSorted()).toEqual((await actionsOfEngine()).toSorted());
  });

  it("is written down in docs/reference/workflows.md as it ran", () => {
    const page = renderWorkflows(workflows.map((workflow) => ({ workflow, calm: known(calm, workflow.name), crash: known(crashes, workflow.name) })));
    if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(pagePath, page);
    expect(existsSync(pagePath) ? readFileSync(pagePath, "utf8") : "").toBe(page);
  });
});

/** In its own words, when asked for one it does not know. */
async function actionsOfEngine(): Promise<string[]> {
  const [record] = (await controlPlane.pool.query<{ plan: Parameters<typeof controlPlane.engine.perform>[0] }>("select plan from cynosure.plans limit 1")).rows;
  if (record === undefined) throw new Error("no plan was stored");
  const answer = await controlPlane.engine.perform(record.plan, { name: "unknown", params: {} });
  const named = answer.kind === "failed" ? /It knows (.+)\.$/.exec(answer.error.message)?.[1] : undefined;
  return named?.split(", ") ?? [];
}
