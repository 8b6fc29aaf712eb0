// Words for a schema problem: what is wrong with the field and what would be right. No I/O, no state.
import type { ErrorObject } from "ajv";

const NAME_LENGTH_MAX = 80;

/** Edits between two names, enough to guess what was meant. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const substitution = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      current.push(Math.min(substitution, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}

function nearest(name: string, candidates: readonly string[]): string | undefined {
  const ranked = candidates.map((candidate) => ({ candidate, distance: editDistance(name.toLowerCase(), candidate.toLowerCase()) }));
  ranked.sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best !== undefined && best.distance <= Math.max(2, Math.floor(name.length / 3)) ? best.candidate : undefined;
}

/** A property that a client may set: read-only ones have an empty schema. */
const isWritable = (schema: unknown): boolean => typeof schema === "object" && schema !== null && Object.keys(schema).length > 0;

type Words = Readonly<Record<string, unknown>>;

/** Names are the client's and may be as long as the body: enough of one to find it again. */
export const shownName = (name: string): string => (name.length > NAME_LENGTH_MAX ? `${name.slice(0, NAME_LENGTH_MAX - 3).toWellFormed()}...` : name);

function describeUnknown(error: ErrorObject): string {
  const full = String(error.params["additionalProperty"]);
  const name = shownName(full);
  // `verbose` hands over the schema of the object the property is in; its shape is the generator's.
  const schema = error.parentSchema as { readonly properties?: Words; readonly refused?: Words } | undefined;
  const refused = schema?.refused ?? {};
  if (refused[full] === "createOnly") return `${name} is set on creation and cannot be changed; leave it out, or create another resource`;
  if (refused[full] === "readOnly") return `${name} is read-only; leave it out`;
  const allowed = Object.entries(schema?.properties ?? {}).filter(([, schema]) => isWritable(schema)).map(([key]) => key);
  const where = error.instancePath === "" ? "the body" : (error.instancePath.split("/").findLast((segment) => !/^[0-9]+$/.test(segment)) ?? "the body");
  const guess = nearest(name, allowed);
  return `${name} is not a property of ${where}${guess === undefined ? "" : `; did you mean ${guess}?`}; allowed: ${allowed.length === 0 ? "none" : allowed.join(", ")}`;
}

const shown = (value: unknown): string => {
  const text = typeof value === "string" ? `'${value}'` : (JSON.stringify(value) ?? String(value));
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
};

const kindOf = (value: unknown): string => (value === null ? "null" : Array.isArray(value) ? "array" : typeof value);

function bounds(schema: Words | undefined, low: string, high: string): string {
  const min = schema?.[low];
  const max = schema?.[high];
  if (min !== undefined && max !== undefined) return `between ${String(min)} and ${String(max)}`;
  return min === undefined ? `at most ${String(max)}` : `at least ${String(min)}`;
}

export function describeProblem(error: ErrorObject): string {
  // Ajv types the schema around an error as any object; only its bounds are read.
  const schema = error.parentSchema as Words | undefined;
  switch (error.keyword) {
    case "required":
      return `${String(error.params["missingProperty"])} is missing; add it`;
    case "additionalProperties":
      return describeUnknown(error);
    case "type":
      // Only a body can be absent here: an absent property is "required".
      if (error.data === undefined) return `is missing; send a JSON ${[error.params["type"]].flat().join(" or ")}`;
      return `must be of type ${[error.params["type"]].flat().join(" or ")}, not ${kindOf(error.data)}`;
    case "enum": {
      const values = (error.params["allowedValues"] as readonly unknown[]).filter((value) => value !== null).map(String); // Ajv hands over the schema's own list
      const guess = typeof error.data === "string" ? nearest(error.data, values) : undefined;
      return `${shown(error.data)} is not allowed${guess === undefined ? "" : `; did you mean ${guess}?`}; use one of: ${values.join(", ")}`;
    }
    case "minimum":
    case "maximum":
      return `${shown(error.data)} is out of range; use a number ${bounds(schema, "minimum", "maximum")}`;
    case "minLength":
    case "maxLength":
      return `${shown(error.data)} has the wrong length; use ${bounds(schema, "minLength", "maxLength")} characters`;
    case "minItems":
    case "maxItems":
      return `has the wrong number of items; give ${bounds(schema, "minItems", "maxItems")}`;
    case "pattern":
      return `${shown(error.data)} does not match ${String(error.params["pattern"])}; choose a value that does`;
    case "format":
      return `${shown(error.data)} is not a ${String(error.params["format"])}; write it as in RFC 3339`;
    default:
      return `${error.message ?? "is not valid"}; see the reference of this type`;
  }
}
