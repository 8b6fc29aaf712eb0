// What is inside the cluster: a step for each thing that is wanted, and one for each that the parent made, or was to remove,
// and that is wanted no more: removing twice is harmless, forgetting is not.
import { capacityHeld, type EngineLayout, type EngineLayoutInput, type EngineStep } from "@cynosure/model";
import { parseRemovedQuota, parseSnapshot, text, type QuotaParams, type RemovedQuotaParams, type SnapshotParams } from "./action-params.ts";
import { actionNames } from "./names.ts";
import { step } from "./step.ts";

/** Removals remembered at most beside those of what goes now, newest first; older ones have long been done. */
const REMOVED_MAX = 50;

type Params = EngineStep["action"]["params"];

interface Kind<T> {
  readonly made: string;
  readonly dropped: string;
  readonly parse: (params: Params) => T;
  /** What no two have alike. */
  readonly keyOf: (item: T) => string;
}

const nameOf = (params: Params): string => text(params, "name");
const itself = (name: string): string => name;
const fileSystems: Kind<string> = { made: actionNames.ensureFileSystem, dropped: actionNames.removeFileSystem, parse: nameOf, keyOf: itself };
const buckets: Kind<string> = { made: actionNames.ensureBucket, dropped: actionNames.removeBucket, parse: nameOf, keyOf: itself };
const snapshots: Kind<SnapshotParams> = { made: actionNames.makeSnapshot, dropped: actionNames.removeSnapshot, parse: parseSnapshot, keyOf: ({ fileSystem, name }) => `${fileSystem}:${name}` };
/** Told by its directory: one that is wanted under another name must not be removed late. */
const quotas: Kind<RemovedQuotaParams> = { made: actionNames.setQuota, dropped: actionNames.removeQuota, parse: parseRemovedQuota, keyOf: ({ fileSystem, path }) => `${fileSystem}:${path}` };

function goneOf<T>({ made, dropped, parse, keyOf }: Kind<T>, parent: EngineLayout | null, wanted: readonly T[]): T[] {
  const known = (name: string): T[] => (parent?.steps ?? []).filter(({ action }) => action.name === name).map(({ action }) => parse(action.params));
  const kept = new Set(wanted.map(keyOf));
  const now = known(made).filter((item) => !kept.has(keyOf(item)));
  const before = known(dropped).filter((item) => !kept.has(keyOf(item)) && now.every((one) => keyOf(one) !== keyOf(item)));
  return [...now, ...before.slice(0, REMOVED_MAX)];
}

const fileSystemStep = (name: string): string => `${actionNames.ensureFileSystem}:${name}`;
const snapshotRemoval = (snapshot: SnapshotParams): string => `${actionNames.removeSnapshot}:${snapshots.keyOf(snapshot)}`;

function wantedSteps({ policy }: EngineLayoutInput): EngineStep[] {
  const { cluster, objectUser, ensureFileSystem, ensureBucket, makeSnapshot, setQuota } = actionNames;
  return [
    ...policy.fileSystems.map((wish) => step(ensureFileSystem, { of: wish.name, title: `create file system ${wish.name}` }, { name: wish.name, usableCapacityBytes: capacityHeld(policy, wish) }, [cluster])),
    ...policy.buckets.map(({ name }) => step(ensureBucket, { of: name, title: `create bucket ${name}` }, { name }, [objectUser])),
    ...policy.snapshots.map(({ name, fileSystem }) => step(makeSnapshot, { of: name, title: `make snapshot ${name}` }, { name, fileSystem } satisfies SnapshotParams, [fileSystemStep(fileSystem)])),
    ...policy.quotas.map(({ name, fileSystem, path, hardLimitBytes, fileCountLimit = null }) =>
      step(setQuota, { of: name, title: `set quota ${name}` }, { name, fileSystem, path, hardLimitBytes: path === "/" ? null : hardLimitBytes, fileCountLimit } satisfies QuotaParams, [fileSystemStep(fileSystem)]),
    ),
  ];
}

export function contentSteps(input: EngineLayoutInput): EngineStep[] {
  const { policy, parent } = input;
  const { cluster, removeFileSystem, removeBucket, removeSnapshot, removeQuota } = actionNames;
  const goneSnapshots = goneOf(snapshots, parent, policy.snapshots);
  // A snapshot outlives its directory: another file system of the name would find it.
  const heldBy = (fileSystem: string): string[] => goneSnapshots.filter((snapshot) => snapshot.fileSystem === fileSystem).map(snapshotRemoval);
  return [
    ...wantedSteps(input),
    ...goneSnapshots.map((gone) => step(removeSnapshot, { of: snapshots.keyOf(gone), title: `remove snapshot ${gone.name}` }, gone, [cluster])),
    ...goneOf(quotas, parent, policy.quotas).map((gone) => step(removeQuota, { of: quotas.keyOf(gone), title: `remove quota ${gone.name}` }, gone, [cluster])),
    ...goneOf(fileSystems, parent, policy.fileSystems.map(({ name }) => name)).map((name) => step(removeFileSystem, { of: name, title: `remove file system ${name}` }, { name }, [cluster, ...heldBy(name)])),
    ...goneOf(buckets, parent, policy.buckets.map(({ name }) => name)).map((name) => step(removeBucket, { of: name, title: `remove bucket ${name}` }, { name }, [cluster])),
  ];
}
