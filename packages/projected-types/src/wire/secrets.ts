// What of an engine's JSON is a secret: one rule for answers, which go without them, and for messages, which must not repeat them.
import { isSecretName } from "@cynosure/projection";
import type { ProjectedType } from "@cynosure/projection";
import { isJsonObject } from "./json.ts";
import type { Json } from "./json.ts";

/** Names of the object's own properties alone: inside them, only the names count that are secrets everywhere. */
export const NO_FIELDS: ReadonlySet<string> = new Set();

/** A flag or a number that tells of a secret (`is_temporary_password`, `access_token_lifetime`) is none. */
export const isSecret = (name: string, value: unknown, fields: ReadonlySet<string>): value is string => typeof value === "string" && (fields.has(name) || isSecretName(name));

/** Of what was sent, at any depth. The longest first: one may begin with another. */
export const secretValues = (type: ProjectedType | null, sent: Json): readonly string[] => [...new Set(valuesIn(sent, new Set(type?.secretFields)))].toSorted((a, b) => b.length - a.length);

function valuesIn(value: unknown, fields: ReadonlySet<string>): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((each) => valuesIn(each, NO_FIELDS));
  return isJsonObject(value) ? Object.entries(value).flatMap(([name, at]) => (isSecret(name, at, fields) ? [at] : valuesIn(at, NO_FIELDS))) : [];
}
