// `npm run bench -- deliver [--rung d] [--json]`, `-- soak [--minutes N] [--json]`, `-- api [--json]`, `-- size [--json]`, `-- gateway [--json]`. Times are measured, never
// judged: bounds are compared by people and in docs/BENCHMARKS.md, because machines are noisy. A soak judges
// growth alone, which no noise makes, and ends with 1 when something grows.
import { type ApiFigures, benchApi } from "./api/api.ts";
import { benchDeliver, type DeliverFigures } from "./deliver.ts";
import { benchGateway, renderGateway } from "./gateway/gateway.ts";
import { benchSize, renderSize } from "./size/size.ts";
import { benchSoak, renderSoak } from "./soak/soak.ts";

const usage = "usage: npm run bench -- deliver [--rung a|d] [--json] | soak [--minutes N] [--json] | api [--slices N] [--seconds N] [--json] | size [--runs N] [--requirements N] [--json] | gateway [--json]";
const SOAK_MINUTES = 30;

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

const renderApi = (figures: ApiFigures): string[] => [
  `${figures.clusters} clusters, ${figures.slices} slices of ${figures.secondsPerSlice} s each, medians:`,
  ...Object.entries(figures.requestsPerSecond).map(([name, { product, baseline }]) => `${name.padEnd(22)} ${product.toFixed(0).padStart(6)}/s of ${baseline.toFixed(0).padStart(6)}/s: ${((figures.ratios[name] ?? 0) * 100).toFixed(0)} %`),
  `GET latency p50 ${figures.getLatencyMs.p50.toFixed(2)} ms, p99 ${figures.getLatencyMs.p99.toFixed(2)} ms: ${(figures.ratios["getP99ToP50"] ?? 0).toFixed(2)} times`,
];

const [benchmark, ...rest] = process.argv.slice(2);
const optionOf = (name: string): string | null => (rest.includes(name) ? (rest[rest.indexOf(name) + 1] ?? null) : null);
const note = (text: string): void => console.error(text);
const print = (figures: unknown, lines: readonly string[]): void => (rest.includes("--json") ? [JSON.stringify(figures)] : lines).forEach((line) => console.log(line));

if (benchmark === undefined || rest.includes("--help") || benchmark === "--help") {
  console.error(usage);
  process.exitCode = benchmark === undefined ? 2 : 0;
} else if (benchmark === "api") {
  const [slices, secondsPerSlice] = [Number(optionOf("--slices") ?? "5"), Number(optionOf("--seconds") ?? "3")];
  if (!(Number.isInteger(slices) && slices > 0 && secondsPerSlice > 0)) throw new RangeError(`--slices must be a whole number and --seconds a positive one. ${usage}`);
  const figures = await benchApi({ slices, secondsPerSlice, note });
  print(figures, renderApi(figures));
} else if (benchmark === "deliver") {
  const figures = await benchDeliver(optionOf("--rung"), note);
  print(figures, render(figures));
} else if (benchmark === "gateway") {
  const figures = await benchGateway(note);
  print(figures, renderGateway(figures));
} else if (benchmark === "size") {
  const [runs, requirements] = [Number(optionOf("--runs") ?? "5"), Number(optionOf("--requirements") ?? "10000")];
  if (!(Number.isInteger(runs) && runs > 0 && Number.isInteger(requirements) && requirements > 0)) throw new RangeError(`--runs and --requirements must be whole numbers above 0. ${usage}`);
  const figures = await benchSize({ runs, requirements, note });
  print(figures, renderSize(figures));
} else if (benchmark === "soak") {
  const minutes = Number(optionOf("--minutes") ?? SOAK_MINUTES);
  if (!(minutes > 0)) throw new RangeError(`--minutes must be a positive number. ${usage}`);
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => interrupted.abort());
  const figures = await benchSoak({ minutes, note, signal: interrupted.signal });
  print(figures, renderSoak(figures));
  process.exitCode = figures.isFlat ? 0 : 1;
} else {
  console.error(`"${benchmark}" is not a benchmark; known: deliver, soak, api, size, gateway. ${usage}`);
  process.exitCode = 2;
}
