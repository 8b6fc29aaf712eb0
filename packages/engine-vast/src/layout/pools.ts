// What the plan shows of protection. A VAST cluster keeps everything in one element store whose protection is its own and is
// chosen when it is born; a pool here is one view and what it asks of that store, and is refused where the store cannot give it.
import { chooseScheme, protectionOf, type EngineLayout, type EngineLayoutInput, type LayoutProblem, type PoolLayout, type ProtectionPolicy } from "@cynosure/model";
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

/** What the cluster was born to survive; null before its birth. */
function bornWith(parent: EngineLayout | null): { readonly pool: PoolLayout; readonly hostFailures: number } | null {
  const pool = parent?.pools.find(({ name }) => name === STORE);
  return pool === undefined ? null : { pool, hostFailures: protectionOf(pool.scheme).hostFailures };
}

export function choosePools(input: EngineLayoutInput): Pools {
  const { hosts, parent } = input;
  const born = bornWith(parent);
  const pools: PoolLayout[] = [];
  const problems: LayoutProblem[] = [];
  for (const { name, purpose, protection, target } of wishesOf(input)) {
    const choice = chooseScheme(protection, hosts.length);
    if (!choice.ok) problems.push({ target, message: `Protection against ${protection.hostFailures} failed hosts by ${protection.scheme} needs ${choice.hostsNeeded} hosts; the cluster has ${hosts.length}. Ask for ${choice.hostsNeeded} hosts or more, or for less protection.` });
    else if (born !== null && protection.hostFailures > born.hostFailures) problems.push({ target, message: `The cluster was born to survive ${born.hostFailures} failed hosts and this wish is ${protection.hostFailures}; a VAST cluster protects everything alike, from its birth on. Ask for ${born.hostFailures} or less, or make another cluster.` });
    else if (born !== null && name === STORE) pools.push(born.pool);
    else pools.push({ name, purpose, scheme: choice.scheme, placementGroups: PLACEMENT_GROUPS });
  }
  return { pools, problems };
}
