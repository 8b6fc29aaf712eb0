// Definitions of one action: what it takes (the engine's body and query together, since an action of ARM has a body only)
// and what it answers.
import type { ApiField } from "@cynosure/projection";
import type { ArmOperation } from "../arm-operations.ts";
import { wordsOf } from "../names.ts";
import { fieldSchema } from "./field-schema.ts";
import { sortedEntries } from "./json.ts";
import type { Json } from "./json.ts";

export interface ActionDefinitions {
  readonly request: Json | null;
  /** Null where the engine's document says nothing of the answer. */
  readonly answer: Json | null;
}

export function actionDefinitions(name: string, { natives, action }: ArmOperation): ActionDefinitions {
  // A path written twice is one: the one with its last slash is what clients call.
  const native = natives.find(({ path }) => path.endsWith("/")) ?? natives[0];
  const taken = new Map([...(native?.queryParameters ?? []), ...(native?.bodyFields ?? [])].map((field) => [field.name, field]));
  const answered = new Map((native?.answerFields ?? []).map((field) => [field.name, field]));
  const said = wordsOf(action ?? "");
  const required = [...taken.values()].filter(({ isRequired }) => isRequired).map((field) => field.name).toSorted();
  const member = answered.size === 0 ? null : { type: "object", description: `What the engine answers: ${said}.`, properties: schemas(answered, `${name}Result`) };
  return {
    request: taken.size === 0 ? null : { type: "object", description: `What the action takes: ${said}.`, properties: schemas(taken, `${name}Request`), ...(required.length === 0 ? {} : { required }) },
    answer: member,
  };
}

const schemas = (fields: ReadonlyMap<string, ApiField>, owner: string): Json => sortedEntries([...fields].map(([each, field]) => [each, fieldSchema({ field, mutability: "free", owner })] as const));
