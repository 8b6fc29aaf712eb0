// The rules of the engine contract that need no cluster, on any machine. The effect rules (and these again,
// as `describeEngine` has no half) run in real-cluster.test.ts, on the cluster that is delivered there.
import { describe, it } from "vitest";
import { layoutCases } from "@cynosure/engine/testkit";
import { createCephEngine } from "./index.ts";

describe("the Ceph engine keeps the layout rules of the engine contract", () => {
  const engine = createCephEngine();
  for (const [id, statement, run] of layoutCases) it(`${id}: ${statement}`, () => run(engine.planner, engine, "18.2"));
});
