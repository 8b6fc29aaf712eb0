// Sizing and plan as text of at most 80 columns. Pure; takes what the ARM API answered, as far as it is shown.
import { formatTable, wrapWords } from "../output.ts";
import { realityMark } from "../reality.ts";

const COLUMNS = 80;

interface ShownLimit {
  readonly name: string;
  readonly unit: string;
  readonly required?: number;
  readonly available?: number;
  readonly verdict: string;
}

export interface ShownSizing {
  readonly isSimulated: boolean;
  readonly isEmulated?: boolean | undefined;
  readonly sites: readonly {
    readonly siteName: string;
    readonly options: readonly {
      readonly rank: number;
      readonly hostSize: string;
      readonly hostCount: number;
      readonly binding: string;
      readonly whyNotOneFewer: string;
      readonly limits: readonly ShownLimit[];
      readonly clusters: readonly { readonly name: string; readonly limits: readonly ShownLimit[] }[];
    }[];
    readonly notes: readonly string[];
  }[];
}

export interface ShownPlan {
  readonly generation: number;
  readonly isSimulated: boolean;
  readonly isEmulated?: boolean | undefined;
  readonly criticalPathMs: number;
  readonly hosts: readonly { readonly name: string; readonly daemons: readonly string[] }[];
  readonly pools: readonly { readonly name: string; readonly purpose: string; readonly scheme: string; readonly copies?: number; readonly dataChunks?: number; readonly codingChunks?: number }[];
  readonly steps: readonly { readonly expectedMs: number }[];
  readonly findings: readonly { readonly severity: string; readonly rule: string; readonly message: string }[];
}

const wrap = (text: string, indent: string): string[] => wrapWords(text.split(/\s+/), COLUMNS, indent);
const round = (value: number | undefined): string => (value === undefined ? "-" : String(Math.round(value * 100) / 100));

/** The option of each site that is going to be delivered. */
export function describeSizing(sizing: ShownSizing): string[] {
  return sizing.sites.flatMap(({ siteName, options, notes }) => {
    const option = options.find((each) => each.rank === 1);
    if (option === undefined) return [];
    const limits = [...option.clusters.flatMap((cluster) => cluster.limits.map((limit) => ({ ...limit, name: option.clusters.length === 1 ? limit.name : `${cluster.name}: ${limit.name}` }))), ...option.limits];
    const rows = limits.map((limit) => [limit.name, round(limit.required), round(limit.available), limit.unit, limit.verdict]);
    return [
      ...wrap(`${realityMark(sizing)}Sizing of ${siteName}: ${option.hostCount} hosts of size ${option.hostSize}; binding limit: ${option.binding}`, ""),
      ...(rows.length === 0 ? [] : formatTable(["limit", "needed", "there", "unit", "verdict"], rows).map((line) => `  ${line}`)),
      ...[...notes, option.whyNotOneFewer].flatMap((text) => wrap(text, "  ")),
    ];
  });
}

export function describePlan(plan: ShownPlan, clusterName: string): string[] {
  const seconds = (plan.criticalPathMs / 1000).toFixed(1);
  const lines = wrap(`${realityMark(plan)}Plan ${plan.generation} of ${clusterName}: ${plan.hosts.length} hosts, ${plan.hosts.flatMap((host) => host.daemons).length} daemons`, "");
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
