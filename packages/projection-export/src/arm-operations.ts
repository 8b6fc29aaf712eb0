// The operations of ARM that a catalogue adds up to. Several operations of an engine can stand behind one of ARM: a PUT
// creates (POST of the engine) and replaces (PUT of the engine), and a path written twice is one.
import type { ArmVerb, Catalogue, CatalogueOperation, ProjectedType } from "@cynosure/projection";

export type ArmMethod = "get" | "put" | "patch" | "delete" | "post";

export interface ArmOperation {
  /** Null for actions of the cluster itself. */
  readonly type: ProjectedType | null;
  readonly method: ArmMethod;
  readonly on: "collection" | "item" | "cluster";
  readonly verb: "list" | "get" | "put" | "patch" | "delete" | "action";
  readonly action: string | null;
  /** In the order of the document; never empty. */
  readonly natives: readonly CatalogueOperation[];
}

type Shape = Pick<ArmOperation, "method" | "on" | "verb">;

const SHAPES: Readonly<Record<Exclude<ArmVerb, "action">, Shape>> = {
  list: { method: "get", on: "collection", verb: "list" },
  get: { method: "get", on: "item", verb: "get" },
  create: { method: "put", on: "item", verb: "put" },
  replace: { method: "put", on: "item", verb: "put" },
  update: { method: "patch", on: "item", verb: "patch" },
  delete: { method: "delete", on: "item", verb: "delete" },
};

function shapeOf({ armVerb, actionOn }: CatalogueOperation): Shape | null {
  if (armVerb === null) return null;
  return armVerb === "action" ? { method: "post", on: actionOn ?? "cluster", verb: "action" } : SHAPES[armVerb];
}

/** Sorted by type, then by what they are on, so that the same catalogue gives the same text. */
export function armOperationsOf({ operations, types }: Catalogue): readonly ArmOperation[] {
  const typeByName = new Map(types.map((type) => [type.armType, type]));
  const found = new Map<string, ArmOperation>();
  for (const native of operations) {
    const shape = shapeOf(native);
    if (shape === null) continue;
    const key = [native.armType ?? "", shape.on, shape.verb, native.action ?? ""].join(" ");
    const before = found.get(key);
    const type = native.armType === null ? null : (typeByName.get(native.armType) ?? null);
    found.set(key, { type, ...shape, action: native.action, natives: [...(before?.natives ?? []), native] });
  }
  return [...found].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, operation]) => operation);
}

/** What ARM does not serve: signing in and out of the engine. */
export const leftOut = ({ operations }: Catalogue): readonly CatalogueOperation[] => operations.filter((operation) => shapeOf(operation) === null);
