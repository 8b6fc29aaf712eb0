// The planning of a change is work of the queue: whoever has it may be killed before the plan is stored or after.
// Nobody asks again; the next control plane ends the change as if nothing had happened, with one plan.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stepId } from "@cynosure/model";
import { sharedTestPostgres } from "@cynosure/resource-store/testkit";
import { planningCrashPoints } from "@cynosure/workflow";
import { type CalmRun, endDifference, runCalmly } from "@cynosure/workflow/testkit";
import { type LawControlPlane, openLawControlPlane } from "./control-plane.ts";
import { type CrashRoom, openCrashRoom } from "./crash-subject.ts";
import { underTest } from "./subjects.ts";
import { workflows } from "./workflows.ts";

const LAW_MS_MAX = 300_000;
const planned = workflows.filter(({ name }) => ["create a cluster", "grow a cluster", "create a file system"].includes(name));

const calm = new Map<string, CalmRun>();
let crashRoom: CrashRoom;

beforeAll(async () => {
  const postgres = await sharedTestPostgres();
  crashRoom = await openCrashRoom(postgres, workflows[0]);
  const controlPlane: LawControlPlane = await openLawControlPlane({
    databaseUrl: await postgres.createDatabase(),
    onLeaseLost: (reason) => {
      throw reason;
    },
  });
  for (const workflow of planned) calm.set(workflow.name, await runCalmly(underTest(controlPlane, workflow)));
  await controlPlane.close();
});
afterAll(() => crashRoom.close());

describe("a control plane killed while it plans", () => {
  const cases = planned.flatMap((workflow) => planningCrashPoints.map((planningPoint) => ({ workflow, planningPoint, name: workflow.name })));

  it.each(cases)("at $planningPoint of $name leaves it to the next", { timeout: LAW_MS_MAX }, async ({ workflow, planningPoint }) => {
    const subject = await crashRoom.underTest(workflow, { planningPoint }).open();
    try {
      const killed = await subject.runProcess([]);
      expect(killed).toMatchObject({ code: null, signal: "SIGKILL", output: expect.stringContaining(`killed at ${planningPoint}\n`) as unknown });
      expect((await subject.readStepLog()).length > 0).toBe(planningPoint === "planning.afterPlan");
      expect(await subject.runProcess([stepId(planningPoint)])).toMatchObject({ code: 0 });
      const undisturbed = calm.get(workflow.name);
      expect((await subject.readStepLog()).map(({ stepId, status }) => `${stepId} ${status}`).toSorted()).toEqual(undisturbed?.stepIds.map((stepId) => `${stepId} done`).toSorted());
      expect(endDifference(undisturbed?.end, await subject.readEnd())).toBeNull();
    } finally {
      await subject.close();
    }
  });
});
