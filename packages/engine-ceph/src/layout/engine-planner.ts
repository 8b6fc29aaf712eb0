// The pure planner of the Ceph engine: policy and hosts in, layout out. Every decision is made here; the
// effect half only carries it out. See docs/architecture/engine-ceph.md.
import type { EngineLayout, EngineLayoutInput, EngineLayoutResult, EnginePlanner, LayoutHost, LayoutProblem, ProtectionPolicy } from "@cynosure/model";
import { readParent, type LayoutDecisions, type OsdPlace } from "./action-params.ts";
import { chooseContents } from "./contents.ts";
import { STAGES, daemonsOf } from "./daemons.ts";
import { filesOf } from "./files.ts";
import { dashboardEndpoint } from "./names.ts";
import { DASHBOARD_PORT, NFS_PORT, S3_PORT } from "./paths.ts";
import { placeDaemons, type Placement } from "./placement.ts";
import { bucketPool, choosePools, fileSystemPool, protectionId, type DataPoolWish } from "./pools.ts";
import { engineSteps } from "./steps.ts";

/** Engine version as wished → host image. */
const images: Readonly<Record<string, string>> = { "18.2": "ceph-18.2" };

const STAGE_EXPECTED_MS = [4_500, 1_500, 1_200] as const;
const TIB = 2 ** 40;

export const cephPlanner: EnginePlanner = { hostCount: { min: 3, max: 32 }, layout: layoutCeph };

function layoutCeph(input: EngineLayoutInput): EngineLayoutResult {
  const { policy, hosts } = input;
  const parent = input.parent === null ? null : readParent(input.parent);
  const imageName = images[policy.engineVersion];
  const problems = [...shapeProblems(input, imageName), ...changeProblems(input, parent)];
  const defaultPlacement = parent?.defaultPlacement ?? protectionId(policy.protection);
  const pools = choosePools(hosts.length, policy.protection, poolWishes(input, parent, defaultPlacement), parent?.pools ?? []);
  if (!pools.ok) problems.push(...pools.problems);
  const placed = placeDaemons(hosts, input.parent);
  if (!placed.ok) problems.push(...placed.problems);
  if (problems.length > 0 || !pools.ok || !placed.ok || imageName === undefined) return { ok: false, problems };

  const { placement } = placed;
  const osds = placeOsds(hosts, parent);
  const contents = chooseContents(input, parent);
  const layout: EngineLayout = {
    // Keys are the host ids of `hosts`.
    daemons: Object.fromEntries(hosts.map(({ hostId }) => [hostId, daemonsOf(hostId, placement, osds)])) as EngineLayout["daemons"],
    files: Object.fromEntries(hosts.map(({ hostId }) => [hostId, filesOf(hostId, { placement, osds, fileSystems: contents.fileSystems, defaultPlacement })])) as EngineLayout["files"],
    stages: STAGES,
    stageExpectedMs: STAGE_EXPECTED_MS,
    pools: pools.pools,
    steps: engineSteps({ placement, osds, pools: pools.pools, defaultPlacement, ...contents }),
    endpoints: endpoints(placement),
    imageName,
  };
  return { ok: true, layout };
}

function shapeProblems({ policy, hosts }: EngineLayoutInput, imageName: string | undefined): LayoutProblem[] {
  const problems: LayoutProblem[] = [];
  const { min, max } = cephPlanner.hostCount;
  if (imageName === undefined) problems.push({ target: "properties.engineVersion", message: `Ceph ${policy.engineVersion} is not offered. Ask for ${Object.keys(images).join(" or ")}.` });
  if (hosts.length < min || hosts.length > max) problems.push({ target: "properties.hosts.count", message: `Ceph needs ${min} to ${max} hosts, the wish has ${hosts.length}. Ask for a count in that range.` });
  const bare = hosts.find((host) => host.diskPaths.length === 0);
  if (bare !== undefined) problems.push({ target: "properties.hosts.size", message: `Host ${bare.hostId} has no disk for data. Choose a host size with at least one disk.` });
  return problems;
}

/** What a living file system or bucket cannot become. */
function changeProblems({ policy }: EngineLayoutInput, parent: LayoutDecisions | null): LayoutProblem[] {
  const problems: LayoutProblem[] = [];
  const compare = (what: string, before: { readonly protection: string } | undefined, now: ProtectionPolicy): void => {
    if (before === undefined || before.protection === protectionId(now)) return;
    problems.push({ target: "properties.protection", message: `${what} was created with protection ${before.protection}; its data would have to be copied to change that. Keep the protection, or create another one and copy.` });
  };
  for (const item of policy.fileSystems) compare(`File system ${item.name}`, parent?.fileSystems.find((old) => old.name === item.name), item.protection);
  for (const item of policy.buckets) compare(`Bucket ${item.name}`, parent?.buckets.find((old) => old.name === item.name), item.protection);
  return problems;
}

function poolWishes({ policy }: EngineLayoutInput, parent: LayoutDecisions | null, defaultPlacement: string): DataPoolWish[] {
  const fileSystems = policy.fileSystems.map(({ name, protection }): DataPoolWish => ({ name: fileSystemPool(protectionId(protection)), purpose: `file data, ${protectionId(protection)}`, protection, application: "cephfs", owner: `File system ${name}` }));
  const buckets = policy.buckets.map(({ name, protection }): DataPoolWish => ({ name: bucketPool(protectionId(protection)), purpose: `objects, ${protectionId(protection)}`, protection, application: "rgw", owner: `Bucket ${name}` }));
  // Where a bucket goes that a user makes without naming a placement. A parent has it already.
  const standard: DataPoolWish[] = parent !== null ? [] : [{ name: bucketPool(defaultPlacement), purpose: `objects, ${defaultPlacement}`, protection: policy.protection, application: "rgw", owner: "The cluster's protection" }];
  return [...standard, ...fileSystems, ...buckets];
}

function placeOsds(hosts: readonly LayoutHost[], parent: LayoutDecisions | null): OsdPlace[] {
  const kept = parent?.osds ?? [];
  let next = Math.max(-1, ...kept.map((osd) => osd.id)) + 1;
  const added = [...hosts]
    .sort((a, b) => a.index - b.index)
    .flatMap((host) => host.diskPaths.map((diskPath) => ({ host, diskPath })))
    .filter(({ host, diskPath }) => !kept.some((osd) => osd.hostId === host.hostId && osd.diskPath === diskPath))
    .map(({ host, diskPath }): OsdPlace => ({ id: next++, hostId: host.hostId, diskPath, weight: Math.max(0.001, Math.round((host.diskSizeBytes / TIB) * 1e5) / 1e5), isFounding: parent === null }));
  return [...kept, ...added];
}

function endpoints(placement: Placement): EngineLayout["endpoints"] {
  return [
    ...placement.nfs.map((hostId, k) => ({ name: `nfs-${k + 1}`, protocol: "nfs" as const, hostId, port: NFS_PORT })),
    ...placement.rgw.map((hostId, k) => ({ name: `s3-${k + 1}`, protocol: "s3" as const, hostId, port: S3_PORT })),
    // Either leads to the manager that is active.
    ...placement.manager.map((hostId, k) => ({ name: dashboardEndpoint(k), protocol: "http" as const, hostId, port: DASHBOARD_PORT, servesAt: "/" })),
  ];
}
