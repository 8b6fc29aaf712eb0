// One operation of ARM as the document has it: its path, its parameters, its body and its answers.
import { SETTING_NAME } from "@cynosure/projection";
import type { CatalogueOperation, ProjectedType } from "@cynosure/projection";
import type { ArmOperation } from "../arm-operations.ts";
import { NAMESPACE } from "../provider.ts";
import { CLUSTER_GROUP, definitionName, pathLevels, wordsOf } from "../names.ts";
import type { PathLevel } from "../names.ts";
import { commonParameter, ref } from "./json.ts";
import type { Json } from "./json.ts";
import { longRunning, responsesOf } from "./responses.ts";

const CLUSTER = `/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/${NAMESPACE}/clusters/{clusterName}`;

/** ARM's names of native objects: letters, digits and `. _ - ~ , =`; whatever else a native name holds is written with `~` and two hex digits. */
const NAME_PATTERN = "^[A-Za-z0-9._~,=-]+$";

export function levelsOf({ type }: ArmOperation, types: ReadonlyMap<string, ProjectedType>): readonly PathLevel[] {
  return type === null ? [] : pathLevels(type.armType, types);
}

export function pathOf(operation: ArmOperation, levels: readonly PathLevel[]): string {
  const words = levels.flatMap(({ word, parameter }, index) => (index === levels.length - 1 && operation.on === "collection" ? [word] : [word, parameter === null ? SETTING_NAME : `{${parameter}}`]));
  return [CLUSTER, ...words, ...(operation.action === null ? [] : [operation.action])].join("/");
}

/** Parameters of the document as a whole, by the path's names. */
export const clusterParameter: Json = { name: "clusterName", in: "path", required: true, type: "string", description: "Name of the cluster.", pattern: "^[a-z][a-z0-9-]{1,30}[a-z0-9]$", minLength: 3, maxLength: 32, "x-ms-parameter-location": "method" };

export const nameParameter = ({ word, parameter }: PathLevel): Json => ({ name: parameter, in: "path", required: true, type: "string", description: `Name of the object: ${wordsOf(word)}.`, pattern: NAME_PATTERN, "x-ms-parameter-location": "method" });

const SENTENCES: Readonly<Record<Exclude<ArmOperation["verb"], "action">, string>> = { list: "Lists", get: "Shows one of", put: "Creates one of, or changes it to what the body says:", patch: "Changes the given properties of one of", delete: "Deletes one of" };

function describe({ type, verb, action }: ArmOperation): string {
  const what = type === null ? "the cluster" : wordsOf(type.armType);
  if (verb === "action") return `Asks the engine: ${wordsOf(action ?? "")}, of ${what}.`;
  if (type?.naming === "singleton") return `${verb === "get" ? "Shows" : verb === "delete" ? "Takes back" : "Changes"} the setting ${what}.`;
  return `${SENTENCES[verb]} ${what}.`;
}

export interface OperationSchemas {
  readonly request: string | null;
  readonly answer: Json | null;
  readonly id: string;
}

const nativeName = ({ method, path }: CatalogueOperation): string => `${method} ${path}`;

export function operationJson(operation: ArmOperation, levels: readonly PathLevel[], { request, answer, id }: OperationSchemas): Json {
  const named = operation.on === "collection" ? levels.slice(0, -1) : levels;
  const behind = [...operation.natives, ...operation.uses];
  const danger = behind.map((native) => native.danger).find((each) => each !== "none");
  return {
    operationId: id,
    tags: [operation.type === null ? CLUSTER_GROUP : definitionName(operation.type.armType)],
    description: describe(operation),
    parameters: [
      ...["ApiVersionParameter", "SubscriptionIdParameter", "ResourceGroupNameParameter"].map(commonParameter),
      { $ref: "#/parameters/clusterName" },
      ...named.flatMap(({ parameter }) => (parameter === null ? [] : [{ $ref: `#/parameters/${parameter}` }])),
      ...(request === null ? [] : [{ name: operation.verb === "action" ? "body" : operation.verb === "patch" ? "properties" : "resource", in: "body", required: true, schema: ref(request), description: operation.verb === "action" ? "What the action takes." : "The object, or what is to change of it." }]),
    ],
    responses: responsesOf(operation, answer),
    ...(operation.verb === "list" ? { "x-ms-pageable": { nextLinkName: "nextLink" } } : {}),
    ...longRunning(operation),
    "x-cynosure-native": operation.natives.map(nativeName),
    ...(operation.uses.length === 0 ? {} : { "x-cynosure-uses": operation.uses.map(nativeName) }),
    "x-cynosure-permission": behind[0]?.permission ?? "",
    ...(danger === undefined ? {} : { "x-cynosure-danger": danger }),
  };
}
