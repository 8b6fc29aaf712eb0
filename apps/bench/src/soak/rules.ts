// What may grow while the product soaks, series by series. Most must be flat; a few are kept for a while or up to
// a count and are flat only then, and one is meant to grow. Pure.
import { type GrowthRule, judgeGrowth, type Sample, WARM_UP_SHARE } from "./verdict.ts";

interface SeriesRule {
  /** Flat from the end of the warm-up on. */
  readonly growth?: GrowthRule;
  /** Judged by `growth` only when the warm-up is as long: what is kept so long, and heaps and caches that fill. */
  readonly settlesAfterMinutes?: number;
  /** For shorter runs. */
  readonly coldGrowth?: GrowthRule;
  /** Never more than this, whatever the length of the run. */
  readonly most?: number;
}

export interface SeriesVerdict {
  readonly isFlat: boolean;
  readonly why: string;
}

const CLUSTERS = 4;
/** Ended plans the product keeps per cluster (resource-store, history.ts), with what runs and waits. */
const HISTORY = CLUSTERS * (50 + 10);
/** Of operations it keeps those of the last day too, up to a count. */
const OPERATIONS = CLUSTERS * (1_000 + 10);
const STEPS_PER_PLAN_MAX = 64;
/** Database and caches settle once ended workflows are dropped again: after five minutes, looking every 15 seconds. */
const WORKFLOWS_KEPT_MINUTES = 5.5;

const exactly: GrowthRule = { shareMax: 0, jitterMax: 0 };
const memory: SeriesRule = { growth: { shareMax: 0.1, jitterMax: 16 }, settlesAfterMinutes: 5, coldGrowth: { shareMax: 0.25, jitterMax: 48 } };
const rows: GrowthRule = { shareMax: 0.1, jitterMax: 100 };
const connections: GrowthRule = { shareMax: 0, jitterMax: 3 };
/** As many as the last five minutes had work for, so they follow the machine's speed; what must not be are older ones and parts without a whole. */
const workflows: SeriesRule = { most: 50_000 };

const rules: Readonly<Record<string, SeriesRule>> = {
  "control plane RSS MiB": memory,
  "control plane PSS MiB": memory,
  "control plane descriptors": { growth: { shareMax: 0, jitterMax: 2 } },
  "control plane threads": { growth: { shareMax: 0, jitterMax: 1 } },
  "PostgreSQL PSS MiB": memory,
  "PostgreSQL processes": { growth: connections },
  "PostgreSQL backends": { growth: connections },
  "transactions left open": { growth: exactly },
  "database MiB": { growth: { shareMax: 0.1, jitterMax: 8 }, settlesAfterMinutes: WORKFLOWS_KEPT_MINUTES, most: 256 },
  "processes": { growth: connections },
  "network namespaces": { growth: exactly },
  "mounts": { growth: exactly },
  "simulated world file MiB": { growth: { shareMax: 0.1, jitterMax: 0.5 } },
  // Two files of 8 MiB with one past copy each, and what is written between two looks.
  "product log files MiB": { most: 2 * 2 * 8 + 4 },
  "rows cynosure.plans": { most: HISTORY },
  "rows cynosure.operations": { most: OPERATIONS },
  "rows cynosure.plan_steps": { most: HISTORY * STEPS_PER_PLAN_MAX },
  "ended workflows kept too long": { most: 0 },
  "parts of dropped workflows": { most: 100 },
  "rows dbos.workflow_status": workflows,
  "rows dbos.workflow_input": workflows,
  "rows dbos.workflow_output": workflows,
  // Who did what is never dropped: counted per turn instead.
  "rows cynosure.audit": {},
  "rows cynosure.audit_chain": {},
  "rows cynosure.audit_anchors": {},
};

const number = (value: number): string => (Number.isInteger(value) ? String(value) : value.toFixed(1));

/** Tables without a rule of their own, also ones to come, must be flat. */
export function judgeSeries(name: string, samples: readonly Sample[]): SeriesVerdict {
  const { growth, coldGrowth, settlesAfterMinutes = 0, most } = rules[name] ?? { growth: rows };
  const highest = Math.max(...samples.map((sample) => sample.value));
  if (most !== undefined && highest > most) return { isFlat: false, why: `more than the ${most} that are kept at most` };
  const warmUpMinutes = (((samples.at(-1)?.atSeconds ?? 0) - (samples[0]?.atSeconds ?? 0)) * WARM_UP_SHARE) / 60;
  const bounded = most === undefined ? "" : `never above ${most}`;
  const rule = warmUpMinutes < settlesAfterMinutes ? coldGrowth : growth;
  if (growth === undefined) return { isFlat: true, why: most === undefined ? "meant to grow" : bounded };
  if (rule === undefined) return { isFlat: true, why: `${bounded}${bounded === "" ? "" : ", "}growth not judged: it settles after ${settlesAfterMinutes} minutes of warm-up` };
  const verdict = judgeGrowth(samples, rule);
  return { isFlat: verdict.isFlat, why: `${number(verdict.growth)} over ${(verdict.measuredSeconds / 60).toFixed(1)} min, at most ${number(verdict.growthMax)}` };
}
