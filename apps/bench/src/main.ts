// `npm run bench -- deliver [--rung d] [--json]`. Measures; never judges: bounds are compared by people and
// in docs/BENCHMARKS.md, because machines are noisy.
import { benchDeliver, type DeliverFigures } from "./deliver.ts";

const usage = "usage: npm run bench -- deliver [--rung a|d] [--json]";

function render(figures: DeliverFigures): string[] {
  const mark = figures.isSimulated ? "SIMULATED " : "";
  return [
    `${mark}rung ${figures.rung}: ready and verified after ${figures.readySeconds.toFixed(1)} s`,
    `${mark}seconds by phase: ${JSON.stringify(figures.seconds)}`,
    ...figures.plans.map(
      (plan) =>
        `${mark}plan "${plan.comment}": ${plan.steps} steps, width ${plan.widthMeasured}, wall ${(plan.wallMs / 1000).toFixed(2)} s, ` +
        `declared critical path ${(plan.declaredCriticalPathMs / 1000).toFixed(2)} s of ${(plan.declaredSumMs / 1000).toFixed(2)} s in all, wall / longest measured chain ${plan.schedulerRatio.toFixed(3)}`,
    ),
    ...(figures.cephBaseline === null || figures.cephRatio === null ? [] : [`by hand: ${figures.cephBaseline.totalSeconds.toFixed(1)} s; ours / by hand ${figures.cephRatio.toFixed(2)}`]),
    `at rest for ${figures.idleSeconds} s:`,
    ...Object.entries(figures.idle).map(([role, at]) => `  ${role.padEnd(13)} ${String(at.processes).padStart(3)} processes  ${at.pssMiB.toFixed(0).padStart(5)} MiB PSS  ${at.cpuPercent.toFixed(1).padStart(5)} % of a core`),
  ];
}

const [benchmark, ...rest] = process.argv.slice(2);
const rungAt = rest.indexOf("--rung");
if (benchmark !== "deliver") {
  console.error(`${benchmark === undefined ? "no benchmark named" : `"${benchmark}" is not a benchmark`}; known: deliver. ${usage}`);
  process.exitCode = 2;
} else {
  const figures = await benchDeliver(rungAt < 0 ? null : (rest[rungAt + 1] ?? null), (text) => console.error(text));
  for (const line of rest.includes("--json") ? [JSON.stringify(figures)] : render(figures)) console.log(line);
}
