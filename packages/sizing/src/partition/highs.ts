// HiGHS (npm `highs`, MIT) as the partition solver: choose sets, each item in exactly one, at the least cost. Loading is
// asynchronous (WebAssembly), solving is not. Nothing else of sizing knows of HiGHS.
import type { PartitionProblem, PartitionSolver } from "../knowledge.ts";

const SECONDS_MAX = 60;

/** The problem in the LP format; x0, x1 … are the sets. */
export function lpText({ items, sets }: PartitionProblem): string {
  const names = sets.map((_, index) => `x${index}`);
  const rows = Array.from({ length: items }, (_, item) => ` once${item}: ${names.filter((_name, index) => sets[index]?.members.includes(item) === true).join(" + ")} = 1`);
  return ["Minimize", ` cost: ${sets.map((set, index) => `${set.cost} x${index}`).join(" + ")}`, "Subject To", ...rows, "Binary", ` ${names.join(" ")}`, "End", ""].join("\n");
}

async function loadOnce(): Promise<PartitionSolver> {
  const module = await import("highs");
  // The package's types describe its CommonJS build, whose exports are the loader with itself as `default`; Node loads the ES build, whose default is the loader.
  const loadHighs = module.default as unknown as typeof module.default.default;
  const highs = await loadHighs();
  return (problem) => {
    const isCovered = Array.from({ length: problem.items }, (_, item) => problem.sets.some((set) => set.members.includes(item))).every(Boolean);
    if (problem.items === 0 || !isCovered) return [];
    const solution = highs.solve(lpText(problem), { mip_rel_gap: 0, mip_abs_gap: 1e-9, time_limit: SECONDS_MAX, random_seed: 0 });
    if (solution.Status === "Infeasible") return [];
    if (solution.Status !== "Optimal") throw new Error(`HiGHS ended ${solution.Status} on a partition of ${problem.items} file systems into ${problem.sets.length} possible clusters. Name fewer file systems in consolidation.mayShare.`);
    return problem.sets.flatMap((_, index) => {
      const column = solution.Columns[`x${index}`];
      return column !== undefined && "Primal" in column && column.Primal > 0.5 ? [index] : [];
    });
  };
}

let loading: Promise<PartitionSolver> | null = null;

/** The solver, loaded at the first call. */
export function loadPartitionSolver(): Promise<PartitionSolver> {
  loading ??= loadOnce();
  return loading;
}

const notLoaded = new Error("the solver is not loaded");

/** Runs `work` with a solver that is loaded when it is first asked, and then runs it from its beginning: few requirements ask, and loaded it takes
 *  24 MiB for good. */
export async function withPartitionSolver<T>(work: (solver: PartitionSolver) => T): Promise<T> {
  if (loading === null) {
    try {
      return work(() => {
        throw notLoaded;
      });
    } catch (thrown) {
      if (thrown !== notLoaded) throw thrown;
    }
  }
  return work(await loadPartitionSolver());
}
