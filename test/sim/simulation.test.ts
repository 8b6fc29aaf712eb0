// The whole system from seeds: those that once failed, and 500 from a base that is printed. SIM_SEED varies
// the base, SIM_SEEDS the count. Runs as `npm run sim` does, in as many processes as the machine has cores.
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { describe, expect, it } from "vitest";
import { root, simulate, type Line } from "./support/simulate.ts";

const listed = `${root}test/sim/seeds.txt`;
const base = Number(process.env["SIM_SEED"] ?? "20261122");
const count = Number(process.env["SIM_SEEDS"] ?? "500");

function failures(lines: readonly Line[]): string[] {
  return lines.flatMap(({ seed, violation }) => (violation === null ? [] : [`seed=${seed} ${violation.invariant}: ${violation.what}. Again: npm run sim -- --seed ${seed} --trace`]));
}

describe("the whole system, simulated", () => {
  it("is sound at every seed that once failed", async () => {
    const wanted = readFileSync(listed, "utf8").split("\n").filter((line) => /^\d/.test(line)).length;
    const lines = await simulate(["--list", listed]);
    expect(failures(lines)).toEqual([]);
    expect(lines).toHaveLength(wanted);
  });

  it(`is sound at ${count} seeds from seed=${base}`, async () => {
    console.log(`seed=${base} count=${count}`);
    const shares = Math.max(1, Math.min(availableParallelism(), count));
    const size = Math.ceil(count / shares);
    const starts = Array.from({ length: shares }, (_, k) => k * size).filter((start) => start < count);
    const lines = (await Promise.all(starts.map((start) => simulate(["--seed", String(base + start), "--seeds", String(Math.min(size, count - start))])))).flat();
    expect(failures(lines)).toEqual([]);
    expect(lines).toHaveLength(count);
    // Runs that do nothing would be sound too.
    expect(new Set(lines.map((line) => line.digest)).size).toBe(count);
  });
});
