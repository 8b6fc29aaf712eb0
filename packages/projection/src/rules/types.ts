// The resource types that classified operations add up to: their fields, how their objects are named, and what can be
// changed when.
import type { ApiField, ArmVerb, CatalogueOperation, KeySpec, Naming, ProjectedType } from "../catalogue.ts";
import type { EngineOverrides } from "../overrides/overrides.ts";

type Verb = Exclude<ArmVerb, "action">;

export function typesOf(operations: readonly CatalogueOperation[], overrides: EngineOverrides): readonly ProjectedType[] {
  const byType = new Map<string, CatalogueOperation[]>();
  for (const operation of operations) if (operation.armType !== null) byType.set(operation.armType, [...(byType.get(operation.armType) ?? []), operation]);
  return [...byType].map(([armType, own]) => typeOf(armType, own, overrides)).toSorted((a, b) => (a.armType < b.armType ? -1 : 1));
}

function typeOf(armType: string, operations: readonly CatalogueOperation[], overrides: EngineOverrides): ProjectedType {
  const by = (verb: Verb): CatalogueOperation | undefined => operations.find((operation) => operation.armVerb === verb);
  const [list, get, create] = [by("list"), by("get"), by("create")];
  const changes = [by("update"), by("replace")].filter((each) => each !== undefined);
  const read = merge([get?.answerFields ?? [], list?.answerFields ?? []]);
  const created = create?.bodyFields ?? [];
  const changed = merge(changes.map(({ bodyFields }) => bodyFields));
  const key = operations.find((operation) => operation.key !== null)?.key ?? null;
  const isSingleton = operations.some(({ rule }) => rule === "R03");
  const idField = overrides.idFields[armType] ?? idFieldOf(get ?? by("delete") ?? changes[0], read);
  // Whoever creates it chooses its id: then `name` beside it is a name for people (`username` and `name`).
  const isIdChosen = idField !== "id" && idField !== "guid" && created.some(({ name }) => name === idField);
  const nameField = !isIdChosen && read.some(({ name }) => name === "name") && (create === undefined || created.some(({ name }) => name === "name")) ? "name" : idField === "id" || idField === "guid" ? null : idField;
  const fields = merge([read, created, changed]);
  const names = (list_: readonly ApiField[]): readonly string[] => list_.map(({ name }) => name);
  const without = (some: readonly ApiField[], others: readonly ApiField[]): readonly string[] => names(some).filter((name) => !names(others).includes(name));
  return {
    armType,
    parentType: armType.includes("/") ? armType.slice(0, armType.lastIndexOf("/")) : null,
    naming: namingOf({ isSingleton, key, nameField, hasCreate: create !== undefined }),
    idField,
    nameField: isSingleton || key !== null ? null : nameField,
    isTenantScoped: created.some(({ name }) => name === "tenant_id"),
    paths: pathsOf(operations),
    fields,
    createOnlyFields: create === undefined ? [] : without(created, changed),
    patchOnlyFields: without(changed, created),
    writeOnlyFields: read.length === 0 ? [] : without(merge([created, changed]), read),
    secretFields: fields.filter(({ isSecret }) => isSecret === true).map(({ name }) => name),
    commandFields: names(changed).filter((name) => overrides.commandFields.includes(name) && !names(read).includes(name)),
    key,
    actions: operations.flatMap(({ action, actionOn, method, path }) => (action !== null && (actionOn === "item" || actionOn === "collection") ? [{ name: action, on: actionOn, method, path }] : [])),
  };
}

/** The first that names a field wins. */
function merge(lists: readonly (readonly ApiField[])[]): readonly ApiField[] {
  const found = new Map<string, ApiField>();
  for (const field of lists.flat()) if (!found.has(field.name)) found.set(field.name, field);
  return [...found.values()];
}

/** What the path calls it when the answer has such a property, else `id`, `guid`, `name`. */
function idFieldOf(item: CatalogueOperation | undefined, read: readonly ApiField[]): string {
  const parameter = item?.pathParameters.at(-1);
  const known = new Set(read.map(({ name }) => name));
  if (parameter !== undefined && known.has(parameter)) return parameter;
  return ["id", "guid", "name", "key"].find((name) => known.has(name)) ?? parameter ?? "id";
}

function namingOf({ isSingleton, key, nameField, hasCreate }: { isSingleton: boolean; key: KeySpec | null; nameField: string | null; hasCreate: boolean }): Naming {
  if (isSingleton) return "singleton";
  if (key !== null) return "key";
  if (nameField !== null && (hasCreate || nameField !== "name")) return "name";
  return hasCreate ? "alias" : "id";
}

/** Of a path written twice the one with its last slash is taken: official clients always write it. */
function pathsOf(operations: readonly CatalogueOperation[]): ProjectedType["paths"] {
  const paths: Partial<Record<Verb, { method: CatalogueOperation["method"]; path: string }>> = {};
  for (const { armVerb, method, path } of operations) {
    if (armVerb === null || armVerb === "action") continue;
    const known = paths[armVerb];
    if (known === undefined || (path.endsWith("/") && !known.path.endsWith("/"))) paths[armVerb] = { method, path };
  }
  return paths;
}
