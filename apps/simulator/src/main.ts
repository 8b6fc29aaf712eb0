// `npm run sim`: whole-system runs from seeds, one after the other. Exit 1 at the first seed that breaks an
// invariant or does not converge, 2 when the command line is wrong.
import { readArguments, usage, type Arguments } from "./arguments.ts";
import { findPlantedBug } from "./planted-bugs.ts";
import { addToTally, describeFailure, describeTally, emptyTally } from "./report.ts";
import { runSeed, type RunResult } from "./run-seed.ts";

const PROGRESS_MS = 1_000;

function summary({ seed, violation, simulatedMs, ticks, events, commits, digest }: RunResult): string {
  return JSON.stringify({ seed, isSimulated: true, violation, simulatedMs, ticks, events, commits, digest });
}

async function runAll({ seeds, trace, json, plant }: Arguments): Promise<boolean> {
  const planted = plant === null ? null : findPlantedBug(plant);
  const startedAtMs = performance.now();
  let shownAtMs = startedAtMs;
  let tally = emptyTally;
  if (!json) console.log(`seeds ${seeds[0] ?? "none"} to ${seeds.at(-1) ?? "none"}${planted === null ? "" : ` with ${planted.name} planted`}`);
  for (const seed of seeds) {
    const result = await runSeed(seed, { planted, ...(trace ? { onEvent: (line: string) => console.log(line) } : {}) });
    tally = addToTally(tally, result);
    if (json) console.log(summary(result));
    if (result.violation !== null) {
      if (!json) console.log(describeFailure(result, plant === null ? "" : ` --plant ${plant}`));
      return false;
    }
    if (process.stdout.isTTY && !json && performance.now() - shownAtMs >= PROGRESS_MS) {
      shownAtMs = performance.now();
      process.stdout.write(`\r${tally.seeds} of ${seeds.length} seeds, ${(tally.seeds / ((shownAtMs - startedAtMs) / 1_000)).toFixed(1)} a second `);
    }
  }
  if (process.stdout.isTTY && !json) process.stdout.write("\r");
  if (!json) console.log(describeTally(tally, performance.now() - startedAtMs));
  return true;
}

let wanted: Arguments;
try {
  wanted = readArguments(process.argv.slice(2), Date.now());
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
  process.exit(2);
}
process.exitCode = (await runAll(wanted)) ? 0 : 1;
