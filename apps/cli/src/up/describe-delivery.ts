// Sizing and plan as text of at most 80 columns. Pure; takes what the ARM API answered, as far as it is shown.
import { formatTable, wrapWords } from "../output.ts";

const COLUMNS = 80;

export interface ShownSizing {
  readonly isSimulated: boolean;
  readonly options: readonly {
    readonly rank: number;
    readonly siteName: string;
    readonly hostSize: string;
    readonly hostCount: number;
    readonly bindingLimit: string;
    readonly limits: readonly { readonly name: string; readonly unit: string; readonly required?: number; readonly available?: number; readonly slack?: number; readonly verdict: string }[];
    readonly reasons: readonly string[];
  }[];
}

export interface ShownPlan {
  readonly generation: number;
  readonly isSimulated: boolean;
  readonly criticalPathMs: number;
  readonly hosts: readonly { readonly name: string; readonly daemons: readonly string[] }[];
  readonly pools: readonly { readonly name: string; readonly purpose: string; readonly scheme: string; readonly copies?: number; readonly dataChunks?: number; readonly codingChunks?: number }[];
  readonly steps: readonly { readonly expectedMs: number }[];
  readonly findings: readonly { readonly severity: string; readonly rule: string; readonly message: string }[];
}

const mark = (isSimulated: boolean): string => (isSimulated ? "SIMULATED " : "");
const wrap = (text: string, indent: string): string[] => wrapWords(text.split(/\s+/), COLUMNS, indent);
const round = (value: number | undefined): string => (value === undefined ? "-" : String(Math.round(value * 100) / 100));

export function describeSizing(sizing: ShownSizing): string[] {
  const lines: string[] = [];
  for (const option of sizing.options.filter((each) => each.rank === 1)) {
    lines.push(...wrap(`${mark(sizing.isSimulated)}Sizing of ${option.siteName}: ${option.hostCount} hosts of size ${option.hostSize}; binding limit: ${option.bindingLimit}`, ""));
    const rows = option.limits.map((limit) => [limit.name, round(limit.required), round(limit.available), limit.unit, limit.verdict]);
    if (rows.length > 0) lines.push(...formatTable(["limit", "needed", "there", "unit", "verdict"], rows).map((line) => `  ${line}`));
    for (const text of option.reasons) lines.push(...wrap(text, "  "));
  }
  return lines;
}

export function describePlan(plan: ShownPlan, clusterName: string): string[] {
  const seconds = (plan.criticalPathMs / 1000).toFixed(1);
  const lines = wrap(`${mark(plan.isSimulated)}Plan ${plan.generation} of ${clusterName}: ${plan.hosts.length} hosts, ${plan.hosts.flatMap((host) => host.daemons).length} daemons`, "");
  lines.push(`  ${plan.steps.length} steps, critical path ${seconds} s`);
  const width = Math.max(4, ...plan.hosts.map((host) => host.name.length)) + 4;
  for (const host of plan.hosts) {
    const daemons = wrapWords(host.daemons, COLUMNS, " ".repeat(width));
    lines.push(`  ${host.name.padEnd(width - 2)}${(daemons[0] ?? "").trimStart()}`.trimEnd(), ...daemons.slice(1));
  }
  if (plan.pools.length > 0) lines.push(...formatTable(["pool", "protection", "purpose"], plan.pools.map((pool) => [pool.name, describeScheme(pool), pool.purpose])).map((line) => `  ${line}`.slice(0, COLUMNS)));
  for (const finding of plan.findings) lines.push(...wrap(`${finding.severity} ${finding.rule}: ${finding.message}`, "  "));
  return lines;
}

const describeScheme = (pool: ShownPlan["pools"][number]): string => (pool.copies === undefined ? `${pool.dataChunks}+${pool.codingChunks} chunks` : `${pool.copies} copies`);
