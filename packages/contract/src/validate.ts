// Request bodies against the contract: one issue per field, each with the path of the field and what to do
// about it. Pure: the schemas are data, compiled on first use. What a valid body means is decided elsewhere.
import { Ajv } from "ajv";
import type { ErrorObject, ValidateFunction } from "ajv";
import addFormats from "ajv-formats";
import type { OperationId } from "./__generated__/handlers.ts";
import { requestDefinitions } from "./__generated__/request-schemas.ts";
import { routes } from "./__generated__/routes.ts";
import { describeProblem, shownName } from "./describe-problem.ts";

export interface ValidationIssue {
  /** JSON path of the field, for example `properties.hosts.count`; empty for the body itself. */
  readonly target: string;
  /** The reason and the remedy. */
  readonly message: string;
}

const schemaId = "https://schemas.invalid/cynosure.json";
const requestTypes = new Map<string, string | null>(routes.map((route) => [route.operationId, route.requestSchema]));
let ajv: Ajv | undefined;

function compiled(typeName: string): ValidateFunction {
  if (ajv === undefined) {
    ajv = new Ajv({ allErrors: true, verbose: true, strict: true, strictTypes: false, strictRequired: false });
    addFormats.default(ajv, ["date-time"]);
    // Names that exist but may not be written here, with the reason; only the words of a problem read it.
    ajv.addVocabulary(["refused"]);
    ajv.addSchema({ $id: schemaId, $defs: requestDefinitions });
  }
  const validator = ajv.getSchema(`${schemaId}#/$defs/${typeName}`);
  if (validator === undefined) throw new Error(`The contract has no request type ${typeName}`);
  return validator;
}

/** `/properties/sites/0/name` becomes `properties.sites[0].name`. */
function jsonPath(pointer: string): string {
  const segments = pointer.split("/").slice(1).map((segment) => segment.replaceAll("~1", "/").replaceAll("~0", "~"));
  return segments.reduce((path, segment) => (/^[0-9]+$/.test(segment) ? `${path}[${segment}]` : path === "" ? segment : `${path}.${segment}`), "");
}

function fieldOf(error: ErrorObject): string {
  const base = jsonPath(error.instancePath);
  const name = error.keyword === "required" ? error.params["missingProperty"] : error.keyword === "additionalProperties" ? error.params["additionalProperty"] : undefined;
  return typeof name !== "string" ? base : base === "" ? shownName(name) : `${base}.${shownName(name)}`;
}

/** A body can hold a hundred thousand wrong names: so many are told, the rest shows once they are mended. */
const ISSUES_MAX = 100;

/** Checks the body of an operation; an empty list means that it is what the contract says. */
export function validate(operationId: OperationId, body: unknown): readonly ValidationIssue[] {
  const typeName = requestTypes.get(operationId) ?? null;
  if (typeName === null) return [];
  const validator = compiled(typeName);
  if (validator(body) === true) return [];
  const issues = new Map<string, string>();
  for (const error of validator.errors ?? []) {
    if (issues.size >= ISSUES_MAX) break;
    const target = fieldOf(error);
    if (issues.has(target)) continue;
    issues.set(target, describeProblem(error));
  }
  return [...issues].map(([target, message]) => ({ target, message }));
}
