// Answers of one operation, as ARM wants them by verb, and how a long one is followed.
import type { ArmOperation } from "../arm-operations.ts";
import { definitionName, resourceName } from "../names.ts";
import { NATIVE_ANSWER } from "./shared-definitions.ts";
import { commonDefinition, ref } from "./json.ts";
import type { Json } from "./json.ts";

const FOLLOWED: Json = {
  "Azure-AsyncOperation": { type: "string", description: "Where the state of the operation is." },
  Location: { type: "string", description: "Where the result of the operation is." },
  "Retry-After": { type: "integer", format: "int32", description: "Seconds to wait before asking again." },
};

const accepted: Json = { description: "The engine goes on with it by itself.", headers: FOLLOWED };

export function isLong({ natives, uses }: ArmOperation): boolean {
  return [...natives, ...uses].some(({ isAsynchronous }) => isAsynchronous);
}

export function responsesOf(operation: ArmOperation, answer: Json | null): Json {
  const long = isLong(operation) ? { "202": accepted } : {};
  return { ...successes(operation, answer, long), default: { description: "An error, in ARM's own shape.", schema: commonDefinition("ErrorResponse") } };
}

function successes({ type, verb }: ArmOperation, answer: Json | null, long: Json): Json {
  const name = definitionName(type?.armType ?? "");
  const resource = ref(resourceName(type?.armType ?? ""));
  const headers = "202" in long ? { headers: FOLLOWED } : {};
  switch (verb) {
    case "list": return { "200": { description: "A page of the list.", schema: ref(`${name}ListResult`) } };
    case "get": return { "200": { description: "The object.", schema: resource } };
    // A PUT that the engine goes on with answers the object all the same, and says where to follow it.
    case "put": return { "200": { description: "The object as it is now.", schema: resource, ...headers }, "201": { description: "The object was made, or the engine has begun to make it.", schema: resource, ...headers } };
    case "patch": return { "200": { description: "The object as it is now.", schema: resource }, ...long };
    case "delete": return "202" in long ? { ...long, "204": { description: "There is no such object." } } : { "200": { description: "The object is deleted." }, "204": { description: "There is no such object." } };
    case "action": return { "200": { description: "What the engine answered.", schema: answer ?? ref(NATIVE_ANSWER) }, ...long };
  }
}

export const longRunning = (operation: ArmOperation): Json =>
  isLong(operation) ? { "x-ms-long-running-operation": true, "x-ms-long-running-operation-options": { "final-state-via": operation.verb === "put" ? "azure-async-operation" : "location" } } : {};
