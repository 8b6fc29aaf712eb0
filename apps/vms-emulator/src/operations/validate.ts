// A body against the fields of the document: what is missing, of the wrong kind, or not one of the values allowed, as the map
// of fields a client gets. Lenient where the vendor's document is known to be imprecise: fields it does not list pass.
import type { ApiField } from "@cynosure/projection";
import type { Row } from "../state/store.ts";
import { Refusal } from "../serve/answer.ts";

export function validate(fields: readonly ApiField[], body: Row, isPartial: boolean): void {
  const problems: Record<string, string[]> = {};
  for (const field of fields) {
    const value = body[field.name];
    const problem = value === undefined ? (field.isRequired && !isPartial ? "This field is required." : null) : problemOf(field, value);
    if (problem !== null) problems[field.name] = [problem];
  }
  if (Object.keys(problems).length > 0) throw new Refusal(400, problems);
}

function problemOf(field: ApiField, value: unknown): string | null {
  if (value === null) return field.isRequired && field.isNullable !== true ? "This field may not be null." : null;
  const members = field.type === "array" && Array.isArray(value) ? value : [value];
  const wrong = field.enum === undefined ? undefined : members.find((member) => !isOneOf(field.enum ?? [], member));
  if (wrong !== undefined) return `"${String(wrong)}" is not a valid choice.`;
  return isOfType(field, value);
}

/** The document writes some values in the other case. */
const isOneOf = (values: readonly (string | number)[], value: unknown): boolean => value === "" || values.some((each) => String(each).toLowerCase() === String(value).toLowerCase());

function isOfType({ type, name }: ApiField, value: unknown): string | null {
  switch (type) {
    case "integer":
      return Number.isInteger(typeof value === "string" && value !== "" ? Number(value) : value) ? null : "A valid integer is required.";
    case "number":
      return Number.isFinite(typeof value === "string" && value !== "" ? Number(value) : value) ? null : "A valid number is required.";
    case "boolean":
      return typeof value === "boolean" || value === "true" || value === "false" || value === 0 || value === 1 ? null : "Must be a valid boolean.";
    case "string":
      // Ids and lists are called strings here and there.
      return typeof value === "string" || typeof value === "number" || (Array.isArray(value) && /s$/.test(name)) ? null : typeof value === "boolean" ? "Not a valid string." : null;
    case "array":
      return Array.isArray(value) || typeof value === "string" ? null : `Expected a list of items but got type "${typeof value}".`;
    default:
      return null;
  }
}
