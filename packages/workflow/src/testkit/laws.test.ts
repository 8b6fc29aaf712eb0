// The laws themselves: each holds for a sound workflow and finds every way in which this one can be broken.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stepId } from "@cynosure/model";
import { type CalmRun, createLawLedger, type CrashSubject, failsCleanlyAtEveryStep, lawNames, openTestWorkflows, resumesAfterCrashAtEveryStep, runCalmly, survivesRepeatAtEveryStep, type TestWorkflows } from "./index.ts";
import { createTinyEngine, type TinyEngine, type TinyFault } from "./tiny-workflow.ts";

let opened: TestWorkflows;
let tiny: TinyEngine;
let calm: CalmRun;
beforeAll(async () => {
  opened = await openTestWorkflows();
  tiny = createTinyEngine(() => opened);
  await opened.launch({ runStep: tiny.runStep });
  calm = await runCalmly(tiny.workflow("none"));
});
afterAll(() => opened.close());

const failing = async (fault: TinyFault): Promise<string> => (await failsCleanlyAtEveryStep(tiny.workflow(fault), calm, { settleMsMax: 2_000 })).violations.join("\n");
const repeating = async (fault: TinyFault): Promise<string> => (await survivesRepeatAtEveryStep(tiny.workflow(fault), calm)).violations.join("\n");

describe("fails cleanly at every step", () => {
  it("holds for a sound workflow, at each of its steps", async () => {
    expect(await failsCleanlyAtEveryStep(tiny.workflow("none"), calm)).toEqual({ stepIds: ["a", "b", "c"], violations: [] });
  });

  it.each<[TinyFault, RegExp]>([
    ["errorNamesNoStep", /does not name the step "do a"[^]*names no remedy/],
    ["actsAfterFailure", /b began after the failure was committed/],
    ["forgetsWhenSubmittedAgain", /submitted again, it ends otherwise: end\.[abc]: 1 undisturbed, nothing here/],
    ["leavesThingsBehind", /left behind: [abc]/],
    ["takesOldEpochs", /the tiny port still takes calls of the old epoch/],
    ["neverSettles", /still running 2000 ms after the failure/],
  ])("finds one that %s", async (fault, violation) => {
    expect(await failing(fault)).toMatch(violation);
  });
});

describe("survives a repeat at every step", () => {
  it("holds for a sound workflow", async () => {
    expect(await repeating("none")).toBe("");
  });

  it("finds one whose effects are not idempotent, in every way of repeating", async () => {
    const found = await repeating("notIdempotent");
    for (const how of ["calledTwice", "answerLost", "runAgain", "runTwiceAtOnce"]) expect(found).toMatch(new RegExp(`every step ${how}: [abc]: make [abc] happened 2 times, undisturbed 1`));
  });

  it("finds one that loses a step", async () => {
    expect(await repeating("skipsStep")).toMatch(/runAgain: it ends otherwise: end\.b[^]*b: make b happened 0 times/);
  });
});

describe("resumes after a crash at every step", () => {
  const steps = ["a", "b", "c"].map(stepId);
  /** Processes made up: what the law asks of real ones is in test/laws. */
  const processes = (change: Partial<CrashSubject> = {}, silentAt = "none") => ({
    name: "tiny",
    open: (): Promise<CrashSubject> =>
      Promise.resolve({
        runProcess: (diedAt) => {
          const next = steps.find((step) => !diedAt.includes(step) && step !== silentAt);
          return Promise.resolve(next === undefined ? { code: 0, signal: null, output: "" } : { code: null, signal: "SIGKILL", output: `killed at step.afterPerform@${next}\n` });
        },
        readStepLog: () => Promise.resolve(steps.map((step) => ({ stepId: step, status: "done" }))),
        readEnd: () => Promise.resolve(calm.end),
        effects: () => Promise.resolve(calm.effects),
        close: () => Promise.resolve(),
        ...change,
      }),
  });

  it("prints each step's crash point, as in the step log", async () => {
    const result = await resumesAfterCrashAtEveryStep(processes(), calm);
    expect(result).toEqual({ stepIds: steps, printed: steps.map((step) => `step.afterPerform@${step}`), violations: [] });
  });

  it.each<[string, ReturnType<typeof processes>, RegExp]>([
    ["a step without a crash point", processes({}, "b"), /b is in the step log but no process was killed at it/],
    ["a crash point that is no step", processes({ readStepLog: () => Promise.resolve([{ stepId: stepId("a"), status: "done" }]) }), /killed at b, which is not in the step log/],
    ["a step left behind", processes({ readStepLog: () => Promise.resolve(steps.map((step) => ({ stepId: step, status: step === "c" ? "running" : "done" }))) }), /c was left running/],
    ["a lost effect", processes({ readEnd: () => Promise.resolve({ a: 1, c: 1 }), effects: () => Promise.resolve([]) }), /end\.b[^]*b: make b happened 0 times/],
    ["a process that ends badly", processes({ runProcess: () => Promise.resolve({ code: 70, signal: null, output: "lost its lease" }) }), /after 0 kills a process ended with 70: lost its lease/],
    ["processes that die at one step for ever", processes({ runProcess: () => Promise.resolve({ code: null, signal: "SIGKILL", output: "killed at step.afterPerform@a\n" }) }), /still dying[^]*killed at a more than once/],
  ])("finds %s", async (_what, workflow, violation) => {
    expect((await resumesAfterCrashAtEveryStep(workflow, calm)).violations.join("\n")).toMatch(violation);
  });
});

describe("the ledger of laws", () => {
  it("names each law that was not run and each step that a law left out", () => {
    const ledger = createLawLedger();
    const steps = ["a", "b"].map(stepId);
    ledger.record("grow", lawNames[0], { stepIds: steps, violations: [] });
    ledger.record("grow", lawNames[1], { stepIds: steps.slice(0, 1), violations: [] });
    expect(ledger.missing([{ name: "grow", stepIds: steps }])).toEqual(["survivesRepeatAtEveryStep of grow left out b", "resumesAfterCrashAtEveryStep of grow was not run"]);
    expect(ledger.missing([{ name: "shrink", stepIds: steps }])).toHaveLength(lawNames.length);
  });
});
