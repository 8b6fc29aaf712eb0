// Work that an engine goes on with after its answer: which tasks an answer names, and the operation they become.
import type { NativeAnswer } from "@cynosure/native-client";
import { TASK_FIELDS } from "@cynosure/projection";
import type { CatalogueOperation } from "@cynosure/projection";
import type { StoredNativeOperation } from "@cynosure/resource-store";
import type { Context } from "../context.ts";
import { isJsonObject } from "../wire/json.ts";

/** Empty: it was done when it was answered. */
export function taskIdsOf(engine: string, operation: CatalogueOperation, answer: NativeAnswer): readonly string[] {
  if (engine === "ceph") return answer.status === 202 && isJsonObject(answer.body) && typeof answer.body["name"] === "string" ? [JSON.stringify({ name: answer.body["name"], metadata: answer.body["metadata"] ?? {} })] : [];
  if (!operation.isAsynchronous || !isJsonObject(answer.body)) return [];
  const { body } = answer;
  return [...new Set(TASK_FIELDS.flatMap((field) => idsIn(body[field])))];
}

function idsIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(idsIn);
  if (isJsonObject(value)) return idsIn(value["id"]);
  return (typeof value === "string" && value !== "") || typeof value === "number" ? [String(value)] : [];
}

export async function beginOperation({ options, cluster }: Pick<Context, "options" | "cluster">, begun: Pick<StoredNativeOperation, "kind" | "resourceId" | "taskIds" | "name">): Promise<{ readonly id: string; readonly location: string }> {
  const id = options.newId();
  await options.operations.add({ ...begun, id, cluster: cluster.key, location: cluster.location, startedAtMs: options.nowMs(), finishedAtMs: null, status: "Running", error: null, warnings: [] });
  return { id, location: cluster.location };
}
