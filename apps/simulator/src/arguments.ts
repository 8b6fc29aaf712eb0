// The command line of `npm run sim`.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";

export interface Arguments {
  readonly seeds: readonly number[];
  readonly trace: boolean;
  readonly json: boolean;
  readonly plant: string | null;
}

export const usage = `npm run sim -- [--seed BASE] [--seeds COUNT] [--list FILE] [--trace] [--json] [--plant NAME]

  --seed BASE    the first seed; alone it means that one seed (default: drawn from the time, and printed)
  --seeds COUNT  how many seeds from there on (default 100)
  --list FILE    the seeds of a file instead: one a line, \`#\` begins a comment
  --trace        every event of each run
  --json         one JSON line a run
  --plant NAME   with a known bug, which must be found
`;

const whole = (name: string, text: string): number => {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`--${name} must be a whole number from 0; it is "${text}".`);
  return value;
};

export function readSeedList(text: string): number[] {
  return text.split("\n").map((line) => line.replace(/#.*/, "").trim()).filter((line) => line !== "").map((line) => whole("list", line));
}

const SEEDS_DEFAULT = 100;
/** Bases drawn from the time stay short enough to be typed. */
const DRAWN_BASE_MAX = 1_000_000_000;

export function readArguments(argv: readonly string[], nowMs: number): Arguments {
  const { values } = parseArgs({ args: [...argv], options: { seed: { type: "string" }, seeds: { type: "string" }, list: { type: "string" }, trace: { type: "boolean", default: false }, json: { type: "boolean", default: false }, plant: { type: "string" } } });
  const { trace, json, plant = null } = values;
  if (values.list !== undefined) return { seeds: readSeedList(readFileSync(values.list, "utf8")), trace, json, plant };
  const base = values.seed === undefined ? nowMs % DRAWN_BASE_MAX : whole("seed", values.seed);
  const count = values.seeds === undefined ? (values.seed === undefined ? SEEDS_DEFAULT : 1) : whole("seeds", values.seeds);
  return { seeds: Array.from({ length: count }, (_, k) => base + k), trace, json, plant };
}
