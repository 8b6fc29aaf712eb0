// Definitions of one projected type: its object as ARM has it, what a PATCH may say, and a page of a list.
import type { ApiField, CatalogueOperation, ProjectedType } from "@cynosure/projection";
import type { ArmOperation } from "../arm-operations.ts";
import { definitionName, resourceName, wordsOf } from "../names.ts";
import { fieldSchema } from "./field-schema.ts";
import type { Mutability } from "./field-schema.ts";
import { commonDefinition, ref, sortedEntries } from "./json.ts";
import type { Json } from "./json.ts";

type Definition = readonly [string, Json];

export function typeDefinitions(type: ProjectedType, operations: readonly ArmOperation[]): readonly Definition[] {
  const name = definitionName(type.armType);
  const own = operations.filter((operation) => operation.type?.armType === type.armType);
  const has = (verb: ArmOperation["verb"]): boolean => own.some((operation) => operation.verb === verb);
  const whole = properties(type, name, own);
  if (!has("list") && !has("get") && !has("put") && !has("patch")) return [];
  return [
    [resourceName(type.armType), { type: "object", description: `An object of the engine: ${wordsOf(type.armType)}.`, allOf: [commonDefinition("ProxyResource")], properties: { properties: { ...ref(`${name}Properties`), description: "What the engine says of it, unchanged." } } }],
    [`${name}Properties`, whole],
    ...(has("list") ? [[`${name}ListResult`, page(type)] as const] : []),
    ...(has("patch") ? [[`${name}Update`, update(name, type)] as const, [`${name}UpdateProperties`, updateProperties(own, whole)] as const] : []),
  ];
}

const page = ({ armType }: ProjectedType): Json => ({
  type: "object",
  description: `A page of a list: ${wordsOf(armType)}.`,
  properties: { value: { type: "array", items: ref(resourceName(armType)), description: "Objects on this page." }, nextLink: { type: "string", format: "uri", description: "Where the next page is; absent on the last one." } },
  required: ["value"],
});

/** All that stand behind operations of the type and are no actions. */
const nativesOf = (own: readonly ArmOperation[], verb: CatalogueOperation["armVerb"]): readonly CatalogueOperation[] => own.flatMap(({ natives }) => natives.filter(({ armVerb }) => armVerb === verb));
const changesOf = (own: readonly ArmOperation[]): readonly CatalogueOperation[] => [...nativesOf(own, "update"), ...nativesOf(own, "replace")];

/** Each field once, with every sort of it that bodies and answers have. */
function openFields(operations: readonly CatalogueOperation[], pick: (operation: CatalogueOperation) => readonly ApiField[]): ReadonlyMap<string, ApiField> {
  const fields = new Map<string, ApiField>();
  for (const field of operations.flatMap(pick)) {
    const before = fields.get(field.name);
    fields.set(field.name, before === undefined ? field : together(before, field));
  }
  return fields;
}

/** Where the document says two things of one property, only what both allow is said. */
function together(a: ApiField, b: ApiField): ApiField {
  const { enum: values, itemType, type, ...rest } = a;
  const isSecret = a.isSecret === true || b.isSecret === true;
  const isNullable = a.isNullable === true || b.isNullable === true;
  const base = { ...rest, ...(isSecret ? { isSecret } : {}), ...(isNullable ? { isNullable } : {}) };
  if (type !== b.type) return { ...base, type: "any" };
  const both = values === undefined || b.enum === undefined ? undefined : [...new Set([...values, ...b.enum])];
  return { ...base, type, ...(itemType === undefined ? {} : { itemType: itemType === b.itemType ? itemType : "any" }), ...(both === undefined ? {} : { enum: both }) };
}

function properties(type: ProjectedType, name: string, own: readonly ArmOperation[]): Json {
  const creates = nativesOf(own, "create");
  const changes = changesOf(own);
  const reads = [...nativesOf(own, "get"), ...nativesOf(own, "list")];
  const fields = openFields([...reads, ...creates, ...changes], ({ armVerb, bodyFields, answerFields }) => (armVerb === "list" || armVerb === "get" ? answerFields : bodyFields));
  const written = openFields([...creates, ...changes], ({ bodyFields }) => bodyFields);
  const mutability = (fieldName: string): Mutability => {
    if (!written.has(fieldName)) return "never";
    if (type.writeOnlyFields.includes(fieldName) || type.secretFields.includes(fieldName)) return "write";
    return type.createOnlyFields.includes(fieldName) ? "create" : "free";
  };
  const named = namedByUrl(type);
  const required = (creates[0] ?? nativesOf(own, "replace")[0])?.bodyFields.filter((field) => field.isRequired && !named.has(field.name)).map((field) => field.name) ?? [];
  return {
    type: "object",
    description: `What the engine says of it, under its own names: ${wordsOf(type.armType)}.`,
    properties: { ...sortedEntries([...fields].map(([each, field]) => [each, fieldSchema({ field, mutability: mutability(each), owner: name })] as const)), ...ADDED },
    ...(required.length === 0 ? {} : { required: required.toSorted() }),
  };
}

/** The name in the URL says them: `pool_name` of an answer is `pool` of a creation. */
function namedByUrl({ key, nameField, idField }: ProjectedType): ReadonlySet<string> {
  return new Set([...(key?.parts ?? []), ...[nameField ?? idField, idField].flatMap((name) => [name, name.replace(/_(?:name|id)$/, "")])]);
}

/** What Cynosure puts beside the engine's own properties. */
const ADDED: Json = {
  nativeId: { type: "string", readOnly: true, description: "Identity by which the engine itself knows the object." },
  guid: { type: "string", readOnly: true, description: "Identity that a change of name leaves as it is, where the engine has one." },
};

const update = (name: string, { armType }: ProjectedType): Json => ({
  type: "object",
  description: `What to change: ${wordsOf(armType)}.`,
  properties: { properties: { ...ref(`${name}UpdateProperties`), description: "Properties to change; others stay as they are." } },
});

/** The very schemas that the object has: what a PATCH takes, a PUT takes too. */
function updateProperties(own: readonly ArmOperation[], whole: Json): Json {
  const names = new Set(changesOf(own).flatMap(({ bodyFields }) => bodyFields.map((field) => field.name)));
  const schemas = whole["properties"] as Json; // made above
  return { type: "object", description: "Properties that can be changed, under the engine's own names.", properties: sortedEntries(Object.entries(schemas).filter(([each]) => names.has(each))) };
}
