// What ARM serves of a type although its engine has no operation for just that: an object is read out of the list, a setting
// is listed, and whatever can be changed can be changed by PUT and by PATCH.
import type { ArmVerb, CatalogueOperation, ProjectedType } from "@cynosure/projection";
import type { ArmOperation } from "./arm-operations.ts";

export function derivedOperations(type: ProjectedType, own: readonly CatalogueOperation[]): readonly ArmOperation[] {
  const by = (verb: ArmVerb): readonly CatalogueOperation[] => own.filter(({ armVerb }) => armVerb === verb);
  const isSetting = type.naming === "singleton";
  const serve = (shape: Pick<ArmOperation, "method" | "on" | "verb">, uses: readonly CatalogueOperation[]): readonly ArmOperation[] => (uses.length === 0 ? [] : [{ type, ...shape, action: null, natives: [], uses }]);
  return [
    ...serve({ method: "get", on: "item", verb: "get" }, by("get").length > 0 ? [] : by("list")),
    ...serve({ method: "get", on: "collection", verb: "list" }, isSetting ? by("get") : []),
    ...serve({ method: "put", on: "item", verb: "put" }, by("create").length > 0 ? [] : by("update")),
    ...serve({ method: "patch", on: "item", verb: "patch" }, by("update").length > 0 ? [] : by("replace")),
  ];
}
