// Following a long-running write (L2-L8): its status, and the answer the write itself would have given.
import type { JsonValue, OperationStatus } from "@cynosure/contract";
import { formatOperationStatus, isSameLocation, operationResultUrl, operationStatusId } from "@cynosure/arm-protocol";
import type { RequestContext } from "@cynosure/arm-protocol";
import { CLUSTER_TYPE, NAMESPACE, subscriptionKey } from "@cynosure/arm-store";
import type { OurHandlers } from "@cynosure/arm-store";
import { ControlPlaneError, isTerminal, operationId } from "@cynosure/model";
import type { Operation, OperationStatus as OperationStatusName } from "@cynosure/model";
import { childToWire } from "./child-types.ts";
import { clusterToWire } from "./clusters.ts";
import type { ResourceProvidersOptions } from "./options.ts";
import { unknownOperation } from "./plan-queue.ts";

/** Of our own plans, or of an engine that goes on by itself: told in the same words. */
interface FollowedOperation {
  readonly id: string;
  readonly kind: string;
  readonly location: string;
  readonly resourceId: string;
  readonly status: OperationStatusName;
  readonly percentComplete: number;
  readonly startedAtMs: number;
  readonly finishedAtMs: number | null;
  readonly error: { readonly code: string; readonly message: string } | null;
  /** What the request itself would have answered had it not been long-running (L5, L7); null for nothing. */
  answer(): Promise<JsonValue | null>;
  readonly warnings: readonly string[];
}

interface OperationParams {
  readonly subscriptionId: string;
  readonly location: string;
  readonly operationId: string;
}

const placeOf = (params: OperationParams, operation: FollowedOperation, context: RequestContext) => ({ baseUrl: context.baseUrl, subscriptionId: params.subscriptionId, namespace: NAMESPACE, location: operation.location, operationId: operation.id, apiVersion: context.apiVersion });

export function operationHandlers(options: ResourceProvidersOptions): Pick<OurHandlers, "OperationStatuses_Get" | "OperationResults_Get"> {
  const { store } = options;
  const isHere = (params: OperationParams, location: string, key: string): boolean => isSameLocation(location, params.location) && key.startsWith(`${subscriptionKey(params.subscriptionId)}/`);
  const read = async (params: OperationParams): Promise<FollowedOperation> => {
    const id = params.operationId.toLowerCase();
    const planned = await store.operations.get(operationId(id));
    if (planned !== null && isHere(params, planned.location, planned.resourceKey)) return { ...planned, answer: () => answerOf(planned), warnings: [] };
    // Looked at before the engine is asked: who names the wrong place asks nobody.
    const stored = planned === null && options.readNativeOperation !== undefined ? await store.nativeOperations.get(id) : null;
    const native = stored !== null && isHere(params, stored.location, stored.cluster) ? await options.readNativeOperation?.(id) : null;
    if (native === null || native === undefined) throw unknownOperation(params.operationId);
    const { operation, percentComplete, result } = native;
    return { ...operation, percentComplete, answer: () => Promise.resolve(result as JsonValue | null) }; // wire bodies of an engine's types are JSON
  };
  const answerOf = async (operation: Operation): Promise<JsonValue | null> => {
    const row = operation.kind === "delete" ? null : await store.resources.get(operation.resourceKey);
    if (row === null) return null;
    const body = row.type === CLUSTER_TYPE ? await clusterToWire(options, row) : childToWire(row);
    return body as unknown as JsonValue; // wire bodies are JSON by their own types
  };
  return {
    OperationStatuses_Get: async ({ params, context }) => {
      const operation = await read(params);
      const status = formatOperationStatus({
        id: operationStatusId(placeOf(params, operation, context)),
        name: operation.id,
        status: operation.status,
        startedAt: new Date(operation.startedAtMs).toISOString(),
        finishedAt: operation.finishedAtMs === null ? null : new Date(operation.finishedAtMs).toISOString(),
        percentComplete: operation.percentComplete,
        resourceId: operation.resourceId,
        error: operation.error,
        properties: operation.status === "Succeeded" ? withWarnings(await operation.answer(), operation.warnings) : undefined,
      });
      return { status: 200, body: status as OperationStatus }; // what was given as properties is a wire body
    },
    OperationResults_Get: async ({ params, context }) => {
      const operation = await read(params);
      if (!isTerminal(operation.status)) {
        return { status: 202, headers: { location: operationResultUrl(placeOf(params, operation, context)) } };
      }
      if (operation.status !== "Succeeded") {
        const { code, message } = operation.error ?? { code: "OperationFailed", message: "No reason was recorded." };
        throw new ControlPlaneError("OperationFailed", `The ${operation.kind} of '${operation.resourceId}' ${operation.status === "Canceled" ? "was canceled" : "failed"}: ${code}: ${message}`, { target: operation.resourceId, details: [{ code, message }] });
      }
      const body = await operation.answer();
      return body === null ? { status: 204 } : { status: 200, body };
    },
  };
}

/** A partial success is one, and says what it left undone. */
function withWarnings(answer: JsonValue | null, warnings: readonly string[]): unknown {
  if (warnings.length === 0) return answer ?? undefined;
  return typeof answer === "object" && !Array.isArray(answer) ? { ...answer, warnings } : { warnings };
}
