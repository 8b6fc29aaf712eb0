// The command line of `npm run sim`.
import { parseArgs } from "node:util";

export interface Arguments {
  readonly base: number;
  readonly count: number;
  readonly trace: boolean;
  readonly json: boolean;
  readonly plant: string | null;
}

export const usage = `npm run sim -- [--seed BASE] [--seeds COUNT] [--trace] [--json] [--plant NAME]

  --seed BASE    the first seed; alone it means that one seed (default: drawn from the time, and printed)
  --seeds COUNT  how many seeds from there on (default 100)
  --trace        every event of each run
  --json         one JSON line a run
  --plant NAME   with a known bug, which must be found
`;

const whole = (name: string, text: string): number => {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`--${name} must be a whole number from 0; it is "${text}".`);
  return value;
};

export function readArguments(argv: readonly string[], nowMs: number): Arguments {
  const { values } = parseArgs({ args: [...argv], options: { seed: { type: "string" }, seeds: { type: "string" }, trace: { type: "boolean", default: false }, json: { type: "boolean", default: false }, plant: { type: "string" } } });
  return {
    base: values.seed === undefined ? nowMs % 1_000_000_000 : whole("seed", values.seed),
    count: values.seeds === undefined ? (values.seed === undefined ? 100 : 1) : whole("seeds", values.seeds),
    trace: values.trace,
    json: values.json,
    plant: values.plant ?? null,
  };
}
