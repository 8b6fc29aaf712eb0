// Projected types over a catalogue: what a request needs, and its answer.
import { ControlPlaneError } from "@cynosure/model";
import type { ClusterKey } from "@cynosure/model";
import type { StoredNativeOperation } from "@cynosure/resource-store";
import type { Context, ProjectedTypesOptions } from "./context.ts";
import { intentOf } from "./intent.ts";
import { nativeIdOf } from "./names/native-id.ts";
import { findType, placeOf } from "./places/place.ts";
import type { NativeOperationState, ProjectedAnswer, ProjectedCluster, ProjectedEngine, ProjectedRequest, ProjectedTypes } from "./port.ts";
import { follow } from "./tasks/follow.ts";
import { runAction } from "./verbs/act.ts";
import { nativeQuery } from "./verbs/body.ts";
import { keepName, openWhere, searchByName } from "./verbs/find.ts";
import { getCollection, getItem } from "./verbs/read.ts";
import { unknownPlace } from "./verbs/refusals.ts";
import { deleteItem } from "./verbs/remove.ts";
import { patchItem, putItem } from "./verbs/write.ts";

export function createProjectedTypes(options: ProjectedTypesOptions): ProjectedTypes {
  return {
    intentOf,
    answer: (engine, cluster, request) => answer({ ...engine, options, cluster }, request),
    readOperation: async (id, engineOf) => {
      const stored = await options.operations.get(id);
      return stored === null ? null : readOperation(options, stored, engineOf);
    },
  };
}

async function answer(context: Context, request: ProjectedRequest): Promise<ProjectedAnswer> {
  const place = placeOf(context.catalogue, request.method, request.words);
  switch (place.kind) {
    case "unknown":
      throw unknownPlace(context, place);
    case "action":
      return runAction(context, place, request);
    case "collection":
      return getCollection(context, place, request);
    case "item":
      break;
  }
  switch (request.method) {
    case "PUT":
      return putItem(context, place, request);
    case "PATCH":
      return patchItem(context, place, request);
    case "DELETE":
      return deleteItem(context, place, {}, nativeQuery(request.query));
    default:
      return getItem(context, place, request);
  }
}

async function readOperation(options: ProjectedTypesOptions, stored: StoredNativeOperation, engineOf: (cluster: ClusterKey) => Promise<ProjectedEngine | null>): Promise<NativeOperationState> {
  const needsEngine = stored.status === "Running" || (stored.status === "Succeeded" && (stored.kind === "create" || stored.kind === "update"));
  const engine = needsEngine ? await engineOf(stored.cluster) : null;
  if (engine === null) {
    if (stored.status === "Running") throw new ControlPlaneError("ServiceUnavailable", `The engine that runs this operation does not answer. Ask again later: it goes on by itself.`);
    return { operation: stored, percentComplete: 100, result: null };
  }
  const { operation, percentComplete } = await follow(options, stored, engine);
  const cluster = clusterOf(operation);
  const context: Context = { ...engine, options, cluster };
  if (operation.status === "Succeeded" && stored.status === "Running") await takeName(context, operation);
  const isResource = operation.status === "Succeeded" && (operation.kind === "create" || operation.kind === "update");
  return { operation, percentComplete, result: isResource ? await resultOf(context, operation) : null };
}

/** The name that was asked for, when the object has come to be only now. */
async function takeName(context: Context, { name }: StoredNativeOperation): Promise<void> {
  const type = name === null ? undefined : findType(context.catalogue, name.scope.armType);
  if (name === null || type === undefined || name.scope.parents !== "") return;
  const where = await openWhere(context, type, []);
  const [only, second] = await searchByName(context, where, name.nativeName, null);
  const parts = only === undefined || second !== undefined ? null : nativeIdOf(only, where.idNames, false);
  if (parts !== null && only !== undefined) await keepName(context, where, { name: name.name, parts, row: only, kept: null });
}

/** Null when it is gone again. */
async function resultOf(context: Context, { resourceId }: StoredNativeOperation): Promise<unknown> {
  const words = resourceId.slice(context.cluster.id.length + 1).split("/");
  try {
    return (await answer(context, { method: "GET", words, query: {}, body: undefined })).body ?? null;
  } catch (error) {
    if (error instanceof ControlPlaneError && (error.kind === "notFound" || error.kind === "methodNotAllowed")) return null;
    throw error;
  }
}

/** The cluster's own id stands in front of that of what is in it. */
function clusterOf({ cluster, location, resourceId }: StoredNativeOperation): ProjectedCluster {
  const match = /^.*?\/clusters\/[^/]+/i.exec(resourceId);
  return { key: cluster, location, id: match?.[0] ?? resourceId };
}

