// Plans as plain lines of at most 80 columns; how they differ is in the model's plan-diff-text.ts.
import { rawFactor, wrap, type EndpointLayout, type Plan, type PlannedHost, type PoolLayout } from "@cynosure/model";
import { criticalPath } from "./critical-path.ts";

const GIB = 2 ** 30;
const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

export function describeScheme(scheme: PoolLayout["scheme"]): string {
  const name = scheme.kind === "replication" ? `${scheme.copies} copies` : `erasure coding ${scheme.dataChunks}+${scheme.codingChunks}`;
  const least = scheme.kind === "replication" ? scheme.copiesMin : scheme.chunksMin;
  return `${name}, writes need ${least}, raw factor ${rawFactor(scheme).toFixed(2)}`;
}

const describePool = (pool: PoolLayout): string => `${pool.name} (${pool.purpose}): ${describeScheme(pool.scheme)}, ${pool.placementGroups} PGs`;
const describeEndpoint = (endpoint: EndpointLayout): string => `${endpoint.name}: ${endpoint.protocol} on ${endpoint.hostId} port ${endpoint.port}`;

function describeHost(host: PlannedHost): string[] {
  const disks = host.disks.length === 0 ? "no disk" : `${host.disks.length} x ${((host.disks[0]?.sizeBytes ?? 0) / GIB).toFixed(1)} GiB`;
  const daemons = host.hostPlan.daemons.map((daemon) => daemon.id).join(" ");
  return wrap(`${host.size}, ${disks}: ${daemons === "" ? "no daemon" : daemons}`, "  ", `${host.hostId}  `);
}

/** Number of steps by what they do, in the order in which they first appear. */
function countSteps(plan: Plan): string {
  const counts = new Map<string, number>();
  for (const { action } of plan.steps) counts.set(action.kind, (counts.get(action.kind) ?? 0) + 1);
  return [...counts].map(([kind, count]) => `${count} ${kind}`).join(", ");
}

export function describePlan(plan: Plan): string[] {
  const { policy, layout, steps } = plan;
  const path = criticalPath(steps);
  const hosts = Object.values(plan.hosts).sort((a, b) => a.index - b.index);
  const aim = policy.presence === "absent" ? `remove cluster ${policy.clusterName}` : `cluster ${policy.clusterName}: ${hosts.length} hosts, ${policy.engine} ${policy.engineVersion} on ${policy.substrate}`;
  const lines = [...wrap(`Plan ${plan.generation}: ${aim}`, "")];
  if (policy.presence === "present") {
    lines.push("Hosts", ...hosts.flatMap(describeHost));
    if (layout.pools.length > 0) lines.push("Pools", ...layout.pools.flatMap((pool) => wrap(describePool(pool), "  ")));
    if (layout.endpoints.length > 0) lines.push("Endpoints", ...layout.endpoints.flatMap((endpoint) => wrap(describeEndpoint(endpoint), "  ")));
  }
  if (steps.length === 0) return [...lines, "Steps: none, everything is as wanted"];
  lines.push(...wrap(`Steps: ${steps.length} (${countSteps(plan)})`, ""));
  lines.push(...wrap(`${seconds(path.expectedMs)} on the longest chain, ${seconds(path.sumMs)} in sum, up to ${path.width} at once`, "", "Expected: "));
  return [...lines, ...wrap(path.steps.join(" > "), "", "Longest chain: ")];
}
