// The solver is loaded by whoever asks it, and by nobody else.
import { expect, it } from "vitest";
import { withPartitionSolver } from "./highs.ts";

const problem = { items: 2, sets: [{ members: [0], cost: 2 }, { members: [1], cost: 2 }, { members: [0, 1], cost: 3 }] };

it("work that does not ask runs once, work that asks once more with the solver, and what it throws itself comes through", async () => {
  const runs: string[] = [];
  expect(await withPartitionSolver(() => runs.push("quiet"))).toBe(1);
  await expect(withPartitionSolver(() => {
    throw new Error("its own");
  })).rejects.toThrow("its own");
  const chosen = await withPartitionSolver((solver) => {
    runs.push("asks");
    return solver(problem);
  });
  expect(chosen).toEqual([2]);
  expect(await withPartitionSolver((solver) => (runs.push("again"), solver(problem)))).toEqual([2]);
  expect(runs).toEqual(["quiet", "asks", "asks", "again"]);
});
