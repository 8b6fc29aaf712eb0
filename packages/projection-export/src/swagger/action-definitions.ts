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

export function actionDefinitions(name: string, { natives, action, type, on }: ArmOperation): ActionDefinitions {
  // A path written twice is one: the one with its last slash is what clients call.
  const native = natives.find(({ path }) => path.endsWith("/")) ?? natives[0];
  const taken = new Map([...(native?.queryParameters ?? []), ...(native?.bodyFields ?? [])].map((field) => [field.name, field]));
  const isUpload = native?.class === "transfer" && native.method !== "GET";
  // A list comes as the engine has it, bare or in an envelope: the catalogue does not say which.
  const answered = new Map((native?.answersList === true ? [] : (native?.answerFields ?? [])).map((field) => [field.name, field]));
  const said = wordsOf(action ?? "");
  // What the name in the URL says already.
  const named = new Set(on === "item" ? (type?.key?.parts ?? []) : []);
  const required = [...taken.values()].filter((field) => field.isRequired && !named.has(field.name) && !isUpload).map((field) => field.name).toSorted();
  const member = answered.size === 0 ? null : { type: "object", description: `What the engine answers: ${said}.`, properties: schemas(answered, `${name}Result`) };
  return {
    request: taken.size === 0 && !isUpload ? null : { type: "object", description: `What the action takes: ${said}.`, properties: { ...schemas(taken, `${name}Request`), ...(isUpload ? UPLOAD : {}) }, ...(required.length === 0 ? {} : { required }) },
    answer: member,
  };
}

/** How a file comes: by URL, or in the request. */
const UPLOAD: Json = {
  content: { type: "string", format: "byte", description: "The file's bytes in base64." },
  fileName: { type: "string", description: "Name under which the engine gets the file." },
  sourceUri: { type: "string", format: "uri", description: "Where the file is read from; https only." },
};

const schemas = (fields: ReadonlyMap<string, ApiField>, owner: string): Json => sortedEntries([...fields].map(([each, field]) => [each, fieldSchema({ field, mutability: "free", owner })] as const));
