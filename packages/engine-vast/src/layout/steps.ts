// The engine steps of a layout, in the order of the documented life cycle. Every step may be done again: it looks first.
import type { EngineAction, EngineLayout, EngineLayoutInput, EngineStep } from "@cynosure/model";
import type { NodeParams } from "./action-params.ts";
import { actionNames } from "./names.ts";

/** The hosts have joined and the vendor's software on them has started. */
export const STAGES = 1;
/** Removals remembered at most, newest first; older ones have long been done. */
const REMOVED_MAX = 50;

/** On the emulated server; a real one takes an hour to be born. */
const EXPECTED_MS = { short: 200, task: 700, deploy: 1_500 } as const;

const step = (id: string, title: string, action: EngineAction, dependsOn: readonly string[], expectedMs: number = EXPECTED_MS.short): EngineStep => ({ id, title, action, afterStage: STAGES, dependsOn, expectedMs });

/** Names the parent made, or was to remove, and that are wanted no more: removing twice is harmless, forgetting is not. */
function goneNames(parent: EngineLayout | null, made: string, dropped: string, wanted: readonly string[]): string[] {
  const known = (parent?.steps ?? []).filter(({ action }) => action.name === made || action.name === dropped).map(({ action }) => String(action.params["name"]));
  return [...new Set(known)].filter((name) => !wanted.includes(name)).slice(-REMOVED_MAX).sort();
}

function contentSteps({ policy, parent }: EngineLayoutInput): EngineStep[] {
  const { cluster, objectUser, ensureFileSystem, removeFileSystem, ensureBucket, removeBucket } = actionNames;
  const goneFileSystems = goneNames(parent, ensureFileSystem, removeFileSystem, policy.fileSystems.map(({ name }) => name));
  const goneBuckets = goneNames(parent, ensureBucket, removeBucket, policy.buckets.map(({ name }) => name));
  return [
    ...policy.fileSystems.map(({ name, usableCapacityBytes }) => step(`${ensureFileSystem}:${name}`, `create file system ${name}`, { name: ensureFileSystem, params: { name, usableCapacityBytes } }, [cluster])),
    ...policy.buckets.map(({ name }) => step(`${ensureBucket}:${name}`, `create bucket ${name}`, { name: ensureBucket, params: { name } }, [objectUser])),
    ...goneFileSystems.map((name) => step(`${removeFileSystem}:${name}`, `remove file system ${name}`, { name: removeFileSystem, params: { name } }, [cluster])),
    ...goneBuckets.map((name) => step(`${removeBucket}:${name}`, `remove bucket ${name}`, { name: removeBucket, params: { name } }, [cluster])),
  ];
}

export function engineSteps(input: EngineLayoutInput, nodes: readonly NodeParams[]): EngineStep[] {
  const { takeOver, discover, cluster, nodes: join, licence, addresses, objectUser, awaitHealth } = actionNames;
  const plainNodes = nodes.map((node) => ({ ...node }));
  const content = contentSteps(input);
  return [
    step(takeOver, "take over the management server", { name: takeOver, params: {} }, []),
    step(discover, `discover ${nodes.length} hosts`, { name: discover, params: { nodes: plainNodes } }, [takeOver], EXPECTED_MS.task),
    step(cluster, "create the cluster", { name: cluster, params: { name: input.policy.clusterName } }, [discover], EXPECTED_MS.deploy),
    step(join, "add nodes and expand", { name: join, params: { nodes: plainNodes } }, [cluster]),
    step(licence, "install the licence", { name: licence, params: {} }, [cluster]),
    step(addresses, "set up addresses for clients", { name: addresses, params: {} }, [join]),
    step(objectUser, "create the S3 user", { name: objectUser, params: {} }, [cluster]),
    ...content,
    step(awaitHealth, "wait until healthy", { name: awaitHealth, params: { hosts: nodes.length } }, [join, licence, addresses, objectUser, ...content.map(({ id }) => id)]),
  ];
}
