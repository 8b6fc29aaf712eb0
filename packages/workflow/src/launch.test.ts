import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { operationId, planId, stepId } from "@cynosure/model";
import { anOperation, aPlan, testCluster } from "@cynosure/resource-store/testkit";
import { createCrashPoint, sweepSteps, type StepRun } from "./index.ts";
import { dropEndedWorkflows } from "./sweeper.ts";
import { openTestWorkflows, type TestWorkflows } from "./testkit/index.ts";

describe("the workflow engine of one control plane", () => {
  let opened: TestWorkflows;
  beforeAll(async () => {
    opened = await openTestWorkflows();
  });
  afterAll(() => opened.close());

  const start = async (name: string, steps: Record<string, string[]>): Promise<void> => {
    const { store } = opened;
    const { key } = testCluster(name);
    await store.transaction(async (tx) => {
      await store.operations.insert(anOperation(`${name}-op`, key), tx);
      await store.plans.start(aPlan(name, key, steps), { steps: [] }, operationId(`${name}-op`), tx);
    });
  };
  const runAndComplete = async ({ planId: plan, stepId: step }: StepRun): Promise<void> => {
    await opened.store.steps.begin(plan, step);
    await opened.store.steps.complete(plan, step);
  };
  const untilPlanEnds = async (name: string): Promise<void> => {
    while ((await opened.store.plans.status(planId(name))) === "Running") await opened.store.hosts.waitForChange(`plan:${name}`, 1_000);
  };
  const untilWorkflowsSettle = async (): Promise<void> => {
    await expect.poll(async () => (await opened.pool.query("select 1 from dbos.workflow_status where status in ('PENDING', 'ENQUEUED')")).rowCount, { timeout: 20_000 }).toBe(0);
  };

  it("runs the steps of a plan in order, each once, by the wake-up that commits with it", async () => {
    const runs: string[] = [];
    await opened.launch({
      runStep: async (run) => {
        runs.push(run.stepId);
        await runAndComplete(run);
      },
    });
    const begunAt = performance.now();
    await start("ordered", { a: [], b: ["a"], c: ["b"], d: ["c"] });
    await untilPlanEnds("ordered");
    expect(runs).toEqual(["a", "b", "c", "d"]);
    // Four steps by polling once a second would take longer than this.
    expect(performance.now() - begunAt).toBeLessThan(2_000);
  });

  it("queues nothing when the transaction is undone", async () => {
    const undone = opened.store.transaction(async (tx) => {
      await opened.store.plans.start(aPlan("undone", testCluster("undone").key, { a: [] }), { steps: [] }, operationId("undone-op"), tx);
      throw new Error("undo");
    });
    await expect(undone).rejects.toThrow("undo");
    const { rowCount } = await opened.pool.query("select 1 from dbos.workflow_status where workflow_uuid like 'undone:%'");
    expect(rowCount).toBe(0);
  });

  it("leaves a step it was running to the next launch, which goes on with it under a higher epoch", async () => {
    let begun = (): void => undefined;
    const running = new Promise<void>((resolve) => (begun = resolve));
    const first = await opened.launch({
      runStep: async (run) => {
        await opened.store.steps.begin(run.planId, run.stepId);
        begun();
        await new Promise((_, reject) => run.signal.addEventListener("abort", () => reject(new Error("interrupted"))));
      },
    });
    await start("interrupted", { a: [] });
    await running;
    await first.close();
    const { key } = testCluster("interrupted");
    expect(await opened.store.plans.epoch(key)).toBe(1);
    await opened.launch({ runStep: runAndComplete });
    await untilPlanEnds("interrupted");
    expect(await opened.store.plans.status(planId("interrupted"))).toBe("Succeeded");
    // One for the takeover, one for the plan's end.
    expect(await opened.store.plans.epoch(key)).toBe(3);
  });

  it("sweeps up steps whose workflow was lost or ended without them, and nothing else", async () => {
    let isBroken = true;
    await opened.launch({
      runStep: async (run) => {
        if (isBroken) throw new Error("a run that must not happen");
        await runAndComplete(run);
      },
    });
    await start("swept", { a: [], b: [] });
    await untilWorkflowsSettle();
    isBroken = false;
    await opened.pool.query("delete from dbos.workflow_status where workflow_uuid = 'swept:b'");
    expect(await sweepSteps(opened)).toBe(2);
    await untilPlanEnds("swept");
    await untilWorkflowsSettle();
    expect(await sweepSteps(opened)).toBe(0);
    expect(await opened.store.plans.status(planId("swept"))).toBe("Succeeded");
  });

  it("drops workflows that succeeded long ago, and only those", async () => {
    await opened.launch({ runStep: runAndComplete });
    await start("dropped", { a: [], b: ["a"] });
    await untilPlanEnds("dropped");
    await untilWorkflowsSettle();
    expect(await dropEndedWorkflows(opened.pool)).toBe(0);
    await opened.pool.query("update dbos.workflow_status set status = 'ERROR' where workflow_uuid = 'dropped:b'");
    expect(await dropEndedWorkflows(opened.pool, -60_000)).toBeGreaterThan(0);
    const { rows } = await opened.pool.query<{ workflow_uuid: string }>("select workflow_uuid from dbos.workflow_status");
    expect(rows).toEqual([{ workflow_uuid: "dropped:b" }]);
  });

  it("refuses a second process under the same executor id", async () => {
    const current = await opened.launch({ runStep: runAndComplete });
    const { rows } = await opened.pool.query<{ locked: boolean }>("select pg_try_advisory_lock(hashtextextended($1, 7306482)) as locked", [current.executorId]);
    expect(rows[0]?.locked).toBe(false);
    await expect(opened.launch({ runStep: runAndComplete, executorId: "twin" }).then(() => import("./lease.ts")).then(({ Lease }) => Lease.take(opened.databaseUrl, "twin", { onLost: () => undefined, onStepsQueued: () => undefined }))).rejects.toThrow(/in use/);
  });

  it("says so and stops its steps when the connection that holds its lease is cut", async () => {
    let begun = (): void => undefined;
    const running = new Promise<void>((resolve) => (begun = resolve));
    let lost: (reason: Error) => void = () => undefined;
    const told = new Promise<Error>((resolve) => (lost = resolve));
    const interrupted: string[] = [];
    const current = await opened.launch({
      onLeaseLost: (reason) => lost(reason),
      runStep: async ({ planId: plan, stepId: step, signal }) => {
        await opened.store.steps.begin(plan, step);
        begun();
        await new Promise<void>((_, reject) =>
          signal.addEventListener("abort", () => {
            interrupted.push(step);
            reject(new Error("interrupted"));
          }),
        );
      },
    });
    await start("cut", { a: [] });
    await running;
    expect(current.isLeaseHeld()).toBe(true);
    await opened.pool.query("select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'cynosure lease%'");
    expect((await told).message).toMatch(/lease/i);
    expect(current.isLeaseHeld()).toBe(false);
    expect(interrupted).toEqual(["a"]);
    expect((await opened.store.plans.stepStates(planId("cut")))[0]?.status).toBe("running");
    await opened.launch({ runStep: runAndComplete });
    await untilPlanEnds("cut");
    expect((await opened.store.plans.stepStates(planId("cut"))).map((step) => [step.stepId, step.status])).toEqual([[stepId("a"), "done"]]);
  });
});

describe("a crash point", () => {
  it("kills the process the n-th time it is reached, and only where it was told to", () => {
    const kill = vi.spyOn(process, "kill").mockReturnValue(true);
    const crashPoint = createCrashPoint("complete.afterCommit#3,start.afterCommit");
    for (let turn = 0; turn < 2; turn += 1) crashPoint("complete.afterCommit");
    crashPoint("complete.beforeCommit");
    createCrashPoint(undefined)("complete.afterCommit");
    expect(kill).not.toHaveBeenCalled();
    crashPoint("complete.afterCommit");
    crashPoint("start.afterCommit");
    expect(kill.mock.calls).toEqual([[process.pid, "SIGKILL"], [process.pid, "SIGKILL"]]);
    kill.mockRestore();
  });
});
