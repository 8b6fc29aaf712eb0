// Runs the crash proof over many seeds: `node packages/executor/src/proof/main.ts --seeds 50 [--from 1] [--lanes 2]`.
// Prints one line per seed and ends with a plain summary; exits 1 when anything does not hold.
import { parseArgs } from "node:util";
import { startTestPostgres } from "@cynosure/resource-store/testkit";
import { prepareTemplate, proveSeed, type SeedResult } from "./run-proof.ts";

const { values } = parseArgs({ options: { seeds: { type: "string", default: "10" }, from: { type: "string", default: "1" }, lanes: { type: "string", default: "2" } } });
const startedMs = performance.now();
const postgres = await startTestPostgres();
const template = await prepareTemplate(postgres);
const queue = Array.from({ length: Number(values.seeds) }, (_, index) => Number(values.from) + index);
const results: SeedResult[] = [];

async function lane(): Promise<void> {
  for (let seed = queue.shift(); seed !== undefined; seed = queue.shift()) {
    const result = await proveSeed(postgres, template, seed);
    results.push(result);
    process.stdout.write(`seed=${seed} steps=${result.steps} kills=${result.killedAt.length} ${result.violations.length === 0 ? "holds" : result.violations.join("; ")}\n`);
  }
}

await Promise.all(Array.from({ length: Number(values.lanes) }, lane));
await postgres.stop();
const broken = results.filter((result) => result.violations.length > 0);
const kills = results.flatMap((result) => result.killedAt);
process.stdout.write(`${results.length - broken.length} passed, ${broken.length} failed; ${kills.length} kills at ${new Set(kills).size} crash points in ${Math.round((performance.now() - startedMs) / 1000)} s\n`);
process.exitCode = broken.length === 0 ? 0 : 1;
