// A native object as an ARM resource: its JSON as it came under `properties`, with `nativeId` beside it, and without secrets.
import type { ProjectedType } from "@cynosure/projection";
import type { NamedParent } from "../places/place.ts";
import type { ProjectedCluster } from "../port.ts";
import type { Json } from "./json.ts";
import { NO_FIELDS, isSecret } from "./secrets.ts";

const NAMESPACE = "Cynosure.Storage";

export interface ProjectedResource {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly properties: Json;
}

/** Types are words of the id, one before each name. */
export function resourceIdOf(cluster: ProjectedCluster, armType: string, names: readonly string[]): string {
  const types = armType.split("/");
  return `${cluster.id}/${names.map((name, at) => `${types[at] ?? ""}/${name}`).join("/")}`;
}

export interface Shown {
  readonly cluster: ProjectedCluster;
  readonly type: ProjectedType;
  readonly parents: readonly NamedParent[];
}

export interface ShownCollection extends Shown {
  /** Without a name at its end. */
  readonly id: string;
  /** As JSON. */
  readonly armType: string;
}

export function collectionOf(shown: Shown): ShownCollection {
  const { cluster, type, parents } = shown;
  const above = parents.length === 0 ? cluster.id : resourceIdOf(cluster, type.armType, parents.map(({ name }) => name));
  return { ...shown, id: `${above}/${type.armType.split("/").at(-1) ?? ""}`, armType: JSON.stringify(`${NAMESPACE}/clusters/${type.armType}`) };
}

/** `row` is taken over: whoever reads it from the engine hands it on. `shownSecrets`: right after a creation, for what the engine shows once. */
export function toResource({ cluster, type, parents }: Shown, name: string, nativeId: string, row: Json, shownSecrets: readonly string[] = []): ProjectedResource {
  const properties = withoutSecrets(row, new Set(type.secretFields), shownSecrets) as Record<string, unknown>; // the copy made just now, or the row that was handed over
  if (nativeId !== "") properties["nativeId"] = nativeId;
  return { id: resourceIdOf(cluster, type.armType, [...parents.map((parent) => parent.name), name]), name, type: `${NAMESPACE}/clusters/${type.armType}`, properties };
}

/** Nothing is copied where nothing is hidden: lists are long. */
function withoutSecrets(value: Json, secretFields: ReadonlySet<string>, shown: readonly string[]): Json {
  let hidden: Record<string, unknown> | null = null;
  for (const name in value) {
    const at = value[name];
    const isHidden = !shown.includes(name) && isSecret(name, at, secretFields);
    const inner = !isHidden && typeof at === "object" && at !== null ? withoutNested(at) : at;
    if (!isHidden && inner === at) continue;
    hidden ??= { ...value };
    if (isHidden) delete hidden[name];
    else hidden[name] = inner;
  }
  return hidden ?? value;
}

function withoutNested(value: object): unknown {
  if (!Array.isArray(value)) return withoutSecrets(value as Json, NO_FIELDS, []); // an object that is no array, from JSON
  let copy: unknown[] | null = null;
  for (const [at, each] of value.entries()) {
    const inner: unknown = typeof each === "object" && each !== null ? withoutNested(each) : each;
    if (inner === each) continue;
    copy ??= [...(value as unknown[])];
    copy[at] = inner;
  }
  return copy ?? value;
}
