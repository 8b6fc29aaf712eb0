// The operations of ARM that a catalogue adds up to. Several operations of an engine can stand behind one of ARM (a path
// written twice is one), and each of them stands behind exactly one; what ARM serves besides is in derived-operations.ts.
import { REPLACE_ACTION } from "@cynosure/projection";
import type { ArmVerb, Catalogue, CatalogueOperation, ProjectedType } from "@cynosure/projection";
import { derivedOperations } from "./derived-operations.ts";

export type ArmMethod = "get" | "put" | "patch" | "delete" | "post";

export interface ArmOperation {
  /** Null for actions of the cluster itself. */
  readonly type: ProjectedType | null;
  readonly method: ArmMethod;
  readonly on: "collection" | "item" | "cluster";
  readonly verb: "list" | "get" | "put" | "patch" | "delete" | "action";
  readonly action: string | null;
  /** The engine's operations that it stands for, in the order of the document. */
  readonly natives: readonly CatalogueOperation[];
  /** Those that it is served with although another one stands for them. */
  readonly uses: readonly CatalogueOperation[];
}

type Shape = Pick<ArmOperation, "method" | "on" | "verb" | "action">;

const SHAPES: Readonly<Record<Exclude<ArmVerb, "action">, Shape>> = {
  list: { method: "get", on: "collection", verb: "list", action: null },
  get: { method: "get", on: "item", verb: "get", action: null },
  create: { method: "put", on: "item", verb: "put", action: null },
  replace: { method: "put", on: "item", verb: "put", action: null },
  update: { method: "patch", on: "item", verb: "patch", action: null },
  delete: { method: "delete", on: "item", verb: "delete", action: null },
};

function shapeOf({ armVerb, action, actionOn }: CatalogueOperation, type: ProjectedType | null): Shape | null {
  if (armVerb === null) return null;
  if (armVerb === "action") return { method: "post", on: actionOn ?? "cluster", verb: "action", action };
  return armVerb === "replace" && type?.paths.update !== undefined ? { method: "post", on: "item", verb: "action", action: REPLACE_ACTION } : SHAPES[armVerb];
}

const keyOf = ({ type, on, verb, action }: Pick<ArmOperation, "type" | "on" | "verb" | "action">): string => [type?.armType ?? "", on, verb, action ?? ""].join(" ");

/** Sorted by type, then by what they are on, so that the same catalogue gives the same text. */
export function armOperationsOf({ operations, types }: Catalogue): readonly ArmOperation[] {
  const typeByName = new Map(types.map((type) => [type.armType, type]));
  const found = new Map<string, ArmOperation>();
  for (const native of operations) {
    const type = native.armType === null ? null : (typeByName.get(native.armType) ?? null);
    const shape = shapeOf(native, type);
    if (shape === null) continue;
    const key = keyOf({ type, ...shape });
    found.set(key, { type, ...shape, natives: [...(found.get(key)?.natives ?? []), native], uses: [] });
  }
  const derived = types.flatMap((type) => derivedOperations(type, operations.filter(({ armType }) => armType === type.armType)));
  for (const operation of derived) if (!found.has(keyOf(operation))) found.set(keyOf(operation), operation);
  return [...found].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, operation]) => operation);
}

/** What ARM does not serve: signing in and out of the engine. */
export const leftOut = ({ operations }: Catalogue): readonly CatalogueOperation[] => operations.filter(({ armVerb }) => armVerb === null);
