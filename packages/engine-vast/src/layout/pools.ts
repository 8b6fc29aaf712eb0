// What the plan shows of protection. A VAST cluster keeps everything in one element store whose protection is its own and is
// chosen when it is born; a pool here is one view and what it asks of that store, and is refused where the store cannot give it.
import { chooseScheme, type EngineLayoutInput, type LayoutProblem, type PoolLayout, type ProtectionPolicy } from "@cynosure/model";
import { bucketPool, fileSystemPool } from "./names.ts";

export interface Pools {
  readonly pools: readonly PoolLayout[];
  readonly problems: readonly LayoutProblem[];
}

/** The element store has no placement groups; the model wants a number, and one store is one. */
const PLACEMENT_GROUPS = 1;
const STORE = "store";

interface Wish {
  readonly name: string;
  readonly purpose: string;
  readonly protection: ProtectionPolicy;
  readonly target: string;
}

const wishesOf = ({ policy }: EngineLayoutInput): readonly Wish[] => [
  { name: STORE, purpose: "element store: metadata and write buffer", protection: { ...policy.protection, scheme: "replication" }, target: "properties.protection.hostFailures" },
  ...policy.fileSystems.map(({ name, protection }) => ({ name: fileSystemPool(name), purpose: `view of file system ${name}`, protection, target: `properties.fileSystems.${name}.protection` })),
  ...policy.buckets.map(({ name, protection }) => ({ name: bucketPool(name), purpose: `view of bucket ${name}`, protection, target: `properties.buckets.${name}.protection` })),
];

export function choosePools(input: EngineLayoutInput): Pools {
  const { policy, hosts } = input;
  const pools: PoolLayout[] = [];
  const problems: LayoutProblem[] = [];
  for (const { name, purpose, protection, target } of wishesOf(input)) {
    const choice = chooseScheme(protection, hosts.length);
    if (!choice.ok) problems.push({ target, message: `Protection against ${protection.hostFailures} failed hosts by ${protection.scheme} needs ${choice.hostsNeeded} hosts; the cluster has ${hosts.length}. Ask for ${choice.hostsNeeded} hosts or more, or for less protection.` });
    else if (protection.hostFailures > policy.protection.hostFailures) problems.push({ target, message: `The cluster was asked to survive ${policy.protection.hostFailures} failed hosts and this wish is ${protection.hostFailures}; a VAST cluster protects everything alike. Ask for ${protection.hostFailures} on the cluster, or for less here.` });
    else pools.push({ name, purpose, scheme: choice.scheme, placementGroups: PLACEMENT_GROUPS });
  }
  return { pools, problems };
}
