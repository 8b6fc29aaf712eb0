// An operation as it is now. While it runs the engine is asked; its end is written down once, with the name it was to give.
import type { StoredNativeOperation } from "@cynosure/resource-store";
import type { ProjectedTypesOptions } from "../context.ts";
import type { ProjectedEngine } from "../port.ts";
import { readTask } from "./task-state.ts";

export interface Followed {
  readonly operation: StoredNativeOperation;
  readonly percentComplete: number;
}

export async function follow({ operations, nowMs }: ProjectedTypesOptions, operation: StoredNativeOperation, engine: ProjectedEngine): Promise<Followed> {
  if (operation.status !== "Running") return { operation, percentComplete: 100 };
  const states = await Promise.all(operation.taskIds.map((id) => readTask(engine, id)));
  const share = states.reduce((sum, { state, percent }) => sum + (state === "running" ? (percent ?? 0) : 100), 0) / Math.max(1, states.length);
  if (states.some(({ state }) => state === "running")) return { operation, percentComplete: Math.floor(share) };
  const failed = states.filter(({ state }) => state === "failed");
  const end = {
    status: failed.length > 0 ? ("Failed" as const) : ("Succeeded" as const),
    error: failed.length > 0 ? { code: "OperationFailed", message: `A task of the engine failed: ${failed.map(({ message }) => message).join("; ")}. Look at the object, mend what it names and send the request again.` } : null,
    warnings: states.flatMap(({ state, message }) => (state === "partly" ? [message] : [])),
    finishedAtMs: nowMs(),
  };
  await operations.finish(operation.id, end);
  return { operation: (await operations.get(operation.id)) ?? { ...operation, ...end }, percentComplete: 100 };
}
