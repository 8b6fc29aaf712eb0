// What a person reads of runs: a failing seed first of all, then what broke, when, and what led there.
import type { RunResult } from "./run-seed.ts";

export function describeFailure({ seed, violation, config, lastEvents, digest }: RunResult, commandOptions = ""): string {
  if (violation === null) return `seed=${seed} is sound`;
  return [
    `seed=${seed}`,
    `${violation.invariant}: ${violation.what}`,
    `at ${violation.atMs} ms of simulated time, tick ${violation.tick}, events ${digest}`,
    `drawn: ${config.controlPlanes} control planes, ${config.clusters} clusters, faults ${[...config.faults].join(", ") || "none"}`,
    "",
    ...lastEvents,
    "",
    `Again, with every event: npm run sim -- --seed ${seed} --trace${commandOptions}`,
  ].join("\n");
}

export interface Tally {
  readonly seeds: number;
  readonly simulatedMs: number;
  readonly commits: number;
  readonly ticks: number;
  readonly events: number;
}

export const emptyTally: Tally = { seeds: 0, simulatedMs: 0, commits: 0, ticks: 0, events: 0 };

export const addToTally = (tally: Tally, { simulatedMs, commits, ticks, events }: RunResult): Tally => ({
  seeds: tally.seeds + 1,
  simulatedMs: tally.simulatedMs + simulatedMs,
  commits: tally.commits + commits,
  ticks: tally.ticks + ticks,
  events: tally.events + events,
});

export const describeTally = ({ seeds, simulatedMs, commits, ticks }: Tally, tookMs: number): string =>
  `SIMULATED: ${seeds} seeds sound in ${(tookMs / 1_000).toFixed(1)} s: ${(simulatedMs / 3_600_000).toFixed(1)} simulated hours, ${commits} commits, ${ticks} ticks`;
