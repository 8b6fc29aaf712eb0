// `npm run fire -- [--seed N] [--faults COUNT] [--seconds MAX] [--kinds a,b] [--json]`: a real cluster under fire, for people.
import { parseArgs } from "node:util";
import { faultKinds } from "./faults.ts";
import type { FaultKind } from "./faults.ts";
import { fire } from "./run.ts";

const usage = `usage: npm run fire -- [--seed N] [--faults COUNT] [--seconds MAX] [--kinds ${faultKinds.join(",")}] [--json]`;

function refuse(reason: string): never {
  console.error(`${reason}. ${usage}`);
  process.exit(2);
}

const whole = (text: string, name: string): number => {
  const value = Number(text);
  return Number.isInteger(value) && value >= 0 ? value : refuse(`--${name} is "${text}"; give a whole number`);
};

function readOptions(): { readonly seed?: string; readonly faults?: string; readonly seconds?: string; readonly kinds?: string; readonly json?: boolean } {
  try {
    return parseArgs({ options: { seed: { type: "string" }, faults: { type: "string" }, seconds: { type: "string" }, kinds: { type: "string" }, json: { type: "boolean" } } }).values;
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

const values = readOptions();
const kinds = values.kinds?.split(",").map((name): FaultKind => faultKinds.find((kind) => kind === name) ?? refuse(`"${name}" is no fault`));
const seed = values.seed === undefined ? Date.now() % 1_000_000 : whole(values.seed, "seed");
console.error(`seed=${seed}`);
const say = values.json === true ? console.error : console.log;
const stopping = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stopping.abort());
const report = await fire({ signal: stopping.signal, seed, faults: whole(values.faults ?? "20", "faults"), ...(kinds === undefined ? {} : { kinds }), ...(values.seconds === undefined ? {} : { faultsMsMax: 1_000 * whole(values.seconds, "seconds") }), say });
if (values.json === true) console.log(JSON.stringify(report));
process.exit(report.wrongReads + report.checks.reduce((sum, check) => sum + check.wrong.length, 0) === 0 ? 0 : 1);
