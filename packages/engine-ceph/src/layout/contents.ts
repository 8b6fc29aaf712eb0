// What is inside the cluster, as its engine is to have it: what is wanted, and what the parent made and nobody wants any
// more. Names in Ceph are of one incarnation, so that a late removal never meets what came after.
import { capacityHeld, type EngineLayoutInput } from "@cynosure/model";
import type { BucketParams, FileSystemParams, LayoutDecisions, QuotaParams, SnapshotParams } from "./action-params.ts";
import { fileSystemPool, protectionId } from "./pools.ts";

/** Tombstones kept at most beside those of what goes now, newest first; older removals have long been done. */
const REMOVED_MAX = 50;
const EXPORT_ID_FIRST = 100;
const EXPORT_ID_MAX = 60_000;

type Contents = Omit<LayoutDecisions, "osds" | "pools" | "defaultPlacement">;
type Wanted = Pick<EngineLayoutInput, "policy">;

export function chooseContents(input: EngineLayoutInput, parent: LayoutDecisions | null): Contents {
  const files = chooseFileSystems(input, parent);
  return { ...files, ...chooseBuckets(input, parent), ...chooseSnapshots(input, parent, files.fileSystems), ...chooseQuotas(input, parent, files.fileSystems) };
}

function chooseFileSystems({ policy }: Wanted, parent: LayoutDecisions | null): Pick<Contents, "fileSystems" | "removedFileSystems"> {
  const before = parent?.fileSystems ?? [];
  const tombstones = parent?.removedFileSystems ?? [];
  // Export ids are not given again while a gateway may still know the old one.
  let next = Math.max(EXPORT_ID_FIRST - 1, ...before.map((old) => old.exportId), ...tombstones.map((old) => old.exportId)) + 1;
  const fileSystems = policy.fileSystems.map((wish): FileSystemParams => {
    const kept = before.find((old) => old.name === wish.name);
    const exportId = kept?.exportId ?? next++;
    const protection = protectionId(wish.protection);
    return { name: wish.name, exportId, subvolume: kept?.subvolume ?? `${wish.name}.${exportId}`, pool: fileSystemPool(protection), sizeBytes: capacityHeld(policy, wish), protection };
  });
  if (next > EXPORT_ID_MAX) throw new Error(`layout: export ids are used up (${next} of ${EXPORT_ID_MAX})`);
  const wanted = new Set(policy.fileSystems.map((wish) => wish.name));
  const gone = before.filter((old) => !wanted.has(old.name)).map(({ name, subvolume, exportId }) => ({ name, subvolume, exportId }));
  return { fileSystems, removedFileSystems: [...gone, ...tombstones.slice(0, REMOVED_MAX)] };
}

function chooseBuckets({ policy }: Wanted, parent: LayoutDecisions | null): Pick<Contents, "buckets" | "removedBuckets"> {
  const before = parent?.buckets ?? [];
  const tombstones = parent?.removedBuckets ?? [];
  const buckets = policy.buckets.map((wish): BucketParams => {
    const kept = before.find((old) => old.name === wish.name);
    const grave = tombstones.find((old) => old.name === wish.name);
    return { name: wish.name, protection: protectionId(wish.protection), incarnation: kept?.incarnation ?? (grave?.incarnation ?? 0) + 1 };
  });
  const wanted = new Set(policy.buckets.map((wish) => wish.name));
  const gone = before.filter((old) => !wanted.has(old.name)).map(({ name, incarnation }) => ({ name, incarnation }));
  // A bucket that is wanted again must not be removed late: its tombstone goes.
  return { buckets, removedBuckets: [...gone, ...tombstones.filter((old) => !wanted.has(old.name)).slice(0, REMOVED_MAX)] };
}

/** The policy names file systems that are there: the planner sees to it. */
function subvolumeOf(fileSystems: readonly FileSystemParams[], name: string): string {
  const found = fileSystems.find((fileSystem) => fileSystem.name === name);
  if (found === undefined) throw new Error(`layout: no file system ${name}`);
  return found.subvolume;
}

/** What the parent made or was to remove and that is wanted no more; all that goes now, and of what went before the newest. */
function goneOf<T>(made: readonly T[], removed: readonly T[], wanted: readonly T[], keyOf: (item: T) => string): T[] {
  const kept = new Set(wanted.map(keyOf));
  const gone = made.filter((item) => !kept.has(keyOf(item)));
  const before = removed.filter((item) => !kept.has(keyOf(item)) && !gone.some((one) => keyOf(one) === keyOf(item)));
  return [...gone, ...before.slice(0, REMOVED_MAX)];
}

function chooseSnapshots({ policy }: Wanted, parent: LayoutDecisions | null, fileSystems: readonly FileSystemParams[]): Pick<Contents, "snapshots" | "removedSnapshots"> {
  const snapshots = policy.snapshots.map(({ name, fileSystem }): SnapshotParams => ({ name, subvolume: subvolumeOf(fileSystems, fileSystem) }));
  return { snapshots, removedSnapshots: goneOf(parent?.snapshots ?? [], parent?.removedSnapshots ?? [], snapshots, ({ name, subvolume }) => `${subvolume}:${name}`) };
}

/** A quota is told by its directory: one that is wanted under another name must not be removed late. */
function chooseQuotas({ policy }: Wanted, parent: LayoutDecisions | null, fileSystems: readonly FileSystemParams[]): Pick<Contents, "quotas" | "removedQuotas"> {
  const quotas = policy.quotas.map(({ name, fileSystem, path, hardLimitBytes, fileCountLimit }): QuotaParams => ({ name, subvolume: subvolumeOf(fileSystems, fileSystem), path, bytes: path === "/" ? null : hardLimitBytes, files: fileCountLimit ?? 0 }));
  const made = (parent?.quotas ?? []).map(({ name, subvolume, path }) => ({ name, subvolume, path }));
  // With a file system its quotas are gone.
  const isThere = ({ subvolume }: { readonly subvolume: string }): boolean => fileSystems.some((fileSystem) => fileSystem.subvolume === subvolume);
  return { quotas, removedQuotas: goneOf(made, parent?.removedQuotas ?? [], quotas, ({ subvolume, path }) => `${subvolume}:${path}`).filter(isThere) };
}
