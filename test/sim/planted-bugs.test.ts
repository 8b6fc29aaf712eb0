// The simulation finds what it is for: each known bug, planted by name, is caught by the invariant it breaks,
// from the first seed on, within a bound. docs/reference/simulation.md lists what caught which; UPDATE_GOLDEN=1
// writes the list anew, which a change to the product or to the draw makes necessary.
import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { expect, it } from "vitest";
import { plantedBugs } from "../../apps/simulator/src/planted-bugs.ts";
import { forEachAtOnce, root, simulate } from "./support/simulate.ts";

const SEEDS_MAX = 300;
const page = `${root}docs/reference/simulation.md`;
const begin = "| planted bug | what it does | caught by | first seed |\n|---|---|---|---|\n";

/** From seed 1, as `npm run sim -- --seed 1 --seeds 300 --plant NAME` does. */
async function firstCatch(name: string): Promise<{ readonly seed: number; readonly invariant: string } | null> {
  const last = (await simulate(["--seed", "1", "--seeds", String(SEEDS_MAX), "--plant", name])).at(-1);
  return last === undefined || last.violation === null ? null : { seed: last.seed, invariant: last.violation.invariant };
}

it(`every planted bug is caught by its invariant within ${SEEDS_MAX} seeds, at the seed the reference page lists`, async () => {
  const caught = await forEachAtOnce(plantedBugs, availableParallelism(), async (bug) => ({ bug, found: await firstCatch(bug.name) }));
  expect(caught.map(({ bug, found }) => `${bug.name}: ${found?.invariant ?? "not found"}`)).toEqual(plantedBugs.map((bug) => `${bug.name}: ${bug.caughtBy}`));
  const table = begin + caught.map(({ bug, found }) => `| \`${bug.name}\` | ${bug.what} | ${bug.caughtBy} | ${found?.seed ?? ""} |\n`).join("");
  const text = readFileSync(page, "utf8");
  const at = text.indexOf(begin);
  const end = text.indexOf("\n\n", at) + 1;
  expect(at).toBeGreaterThan(0);
  if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(page, text.slice(0, at) + table + text.slice(end));
  else expect(text.slice(at, end)).toBe(table);
});
