// Which rights a request needs, from its words and the catalogue. Where the catalogue has no such thing the words make the same
// kind of permission, so that 403 comes before anything is told.
import { ENGINE_INTERNALS, PERMISSIONS } from "@cynosure/projection";
import type { Catalogue, CatalogueOperation } from "@cynosure/projection";
import { operationOf, placeOf, typeOfWords } from "./places/place.ts";
import type { ProjectedIntent, ProjectedRequest } from "./port.ts";

const VERBS = { GET: "read", PUT: "write", PATCH: "write", DELETE: "delete" } as const;

export function intentOf(catalogue: Catalogue | null, { method, words }: Pick<ProjectedRequest, "method" | "words">): ProjectedIntent {
  const place = catalogue === null ? null : placeOf(catalogue, method, words);
  if (catalogue === null || place === null || place.kind === "unknown") return { permissions: [byWords(method, words)], isWrite: method !== "GET" };
  if (place.kind === "action") {
    const { operation } = place;
    return { permissions: [operation.permission], isWrite: operation.method !== "GET" || operation.hasSideEffects || isInternal(operation) };
  }
  const of = (...verbs: readonly (keyof typeof place.type.paths)[]): readonly CatalogueOperation[] => verbs.flatMap((verb) => operationOf(catalogue, place.type, verb) ?? []);
  const used = {
    GET: () => (place.kind === "collection" && place.type.paths.list !== undefined ? of("list") : of("get", ...(place.type.paths.get === undefined ? (["list"] as const) : []))),
    PUT: () => of("create", place.type.paths.update === undefined ? "replace" : "update"),
    PATCH: () => of(place.type.paths.update === undefined ? "replace" : "update"),
    DELETE: () => of("delete"),
    POST: () => [],
  }[method]();
  const permissions = [...new Set(used.map(({ permission }) => permission))];
  return { permissions: permissions.length === 0 ? [byWords(method, words)] : permissions, isWrite: method !== "GET" || used.some((operation) => operation.hasSideEffects || isInternal(operation)) };
}

/** A read that hands out secrets or the engine's own works is recorded like a write. */
const isInternal = ({ permission }: CatalogueOperation): boolean => permission.startsWith(`${ENGINE_INTERNALS}/`);

function byWords(method: ProjectedRequest["method"], words: readonly string[]): string {
  const pairs = method === "POST" ? words.slice(0, -1) : words;
  const type = typeOfWords(pairs);
  const below = type === "" ? PERMISSIONS : `${PERMISSIONS}/${type}`;
  return method === "POST" ? `${below}/${words.at(-1) ?? ""}/action` : `${below}/${VERBS[method]}`;
}
