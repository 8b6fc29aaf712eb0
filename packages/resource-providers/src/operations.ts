// Following a long-running write (L2-L8): its status, and the answer the write itself would have given.
import type { JsonValue, OperationStatus } from "@cynosure/contract";
import { formatOperationStatus, isSameLocation, operationResultUrl, operationStatusId } from "@cynosure/arm-protocol";
import type { RequestContext } from "@cynosure/arm-protocol";
import { CLUSTER_TYPE, NAMESPACE, subscriptionKey } from "@cynosure/arm-store";
import type { OurHandlers } from "@cynosure/arm-store";
import { ControlPlaneError, isTerminal, operationId } from "@cynosure/model";
import type { Operation } from "@cynosure/model";
import { childToWire } from "./child-types.ts";
import { clusterToWire } from "./clusters.ts";
import type { ResourceProvidersOptions } from "./options.ts";
import { unknownOperation } from "./plan-queue.ts";

interface OperationParams {
  readonly subscriptionId: string;
  readonly location: string;
  readonly operationId: string;
}

const placeOf = (params: OperationParams, operation: Operation, context: RequestContext) => ({ baseUrl: context.baseUrl, subscriptionId: params.subscriptionId, namespace: NAMESPACE, location: operation.location, operationId: operation.id, apiVersion: context.apiVersion });

export function operationHandlers(options: ResourceProvidersOptions): Pick<OurHandlers, "OperationStatuses_Get" | "OperationResults_Get"> {
  const { store } = options;
  const read = async (params: OperationParams): Promise<Operation> => {
    const operation = await store.operations.get(operationId(params.operationId.toLowerCase()));
    const isHere = operation !== null && isSameLocation(operation.location, params.location) && operation.resourceKey.startsWith(`${subscriptionKey(params.subscriptionId)}/`);
    if (!isHere) throw unknownOperation(params.operationId);
    return operation;
  };
  /** What the request itself would have answered had it not been long-running (L5, L7); null for nothing. */
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
        properties: operation.status === "Succeeded" ? ((await answerOf(operation)) ?? undefined) : undefined,
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
      const body = await answerOf(operation);
      return body === null ? { status: 204 } : { status: 200, body };
    },
  };
}
