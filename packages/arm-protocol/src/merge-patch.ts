// PATCH (A1): JSON merge patch, RFC 7396, with the one ARM exception that `tags` is replaced whole. Also
// the JSON equality by which a replayed PUT is recognised (L11).

type Json = unknown;
type JsonObject = Readonly<Record<string, Json>>;

const isObject = (value: Json): value is JsonObject => typeof value === "object" && value !== null && !Array.isArray(value);

export function mergePatch(target: Json, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const result = new Map<string, Json>(Object.entries(isObject(target) ? target : {}));
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) result.delete(key);
    else result.set(key, mergePatch(result.get(key), value));
  }
  return Object.fromEntries(result);
}

/** Merges a PATCH body over a resource in wire form. */
export function patchResource(resource: JsonObject, patch: JsonObject): JsonObject {
  const { tags, ...rest } = patch;
  const merged = mergePatch(resource, rest);
  const base = isObject(merged) ? merged : {};
  if (tags === undefined) return base;
  return { ...base, tags: tags ?? {} };
}

/** Same JSON value: order of members does not matter, and a member that is undefined is absent. */
export function isSameJson(a: Json, b: Json): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, index) => isSameJson(item, b[index]));
  if (!isObject(a) || !isObject(b)) return false;
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => isSameJson(a[key], b[key]));
}
