// Long-running operations (§7): where the status and the result are, which headers a first answer carries,
// and what the two URLs say while the work runs and after. Absolute public URIs only (L1).
import { isTerminalState } from "./provisioning-state.ts";
import type { ErrorEntry } from "./error-body.ts";

/** The contract range of Retry-After in seconds (L3); tests of our own server may go below. */
export const RETRY_AFTER_SECONDS = { min: 10, max: 600 } as const;

/** Integer seconds. `floorSeconds` is the smallest value this deployment may answer. */
export function retryAfterSeconds(wantedSeconds: number, floorSeconds: number = RETRY_AFTER_SECONDS.min): number {
  return Math.min(RETRY_AFTER_SECONDS.max, Math.max(floorSeconds, Math.ceil(wantedSeconds)));
}

export interface OperationPlace {
  /** `https://host:port`, no trailing slash. */
  readonly baseUrl: string;
  readonly subscriptionId: string;
  readonly namespace: string;
  readonly location: string;
  readonly operationId: string;
  readonly apiVersion: string;
}

const operationPath = (place: OperationPlace, collection: string): string =>
  `/subscriptions/${place.subscriptionId}/providers/${place.namespace}/locations/${place.location}/${collection}/${place.operationId}`;

/** The id an operation status names itself by. */
export const operationStatusId = (place: OperationPlace): string => operationPath(place, "operationStatuses");
export const operationStatusUrl = (place: OperationPlace): string => `${place.baseUrl}${operationPath(place, "operationStatuses")}?api-version=${place.apiVersion}`;
export const operationResultUrl = (place: OperationPlace): string => `${place.baseUrl}${operationPath(place, "operationResults")}?api-version=${place.apiVersion}`;

/** Matrix L6. PUT answers 200 or 201 with the body; the others 202 and a Location. */
export function longRunningHeaders(method: "PUT" | "PATCH" | "DELETE" | "POST", place: OperationPlace, retrySeconds: number): Readonly<Record<string, string>> {
  const headers = { "azure-asyncoperation": operationStatusUrl(place), "retry-after": String(retrySeconds) };
  return method === "PUT" ? headers : { ...headers, location: operationResultUrl(place) };
}

/** First status of a long-running answer (P1, A2, D1, X2). */
export function firstStatus(method: "PUT" | "PATCH" | "DELETE" | "POST", created: boolean): 200 | 201 | 202 {
  if (method !== "PUT") return 202;
  return created ? 201 : 200;
}

export interface OperationStatusBody {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly startTime: string;
  readonly endTime?: string;
  readonly percentComplete: number;
  readonly resourceId: string;
  readonly properties?: unknown;
  readonly error?: ErrorEntry;
}

export interface OperationStatusInput {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly percentComplete: number;
  readonly resourceId: string;
  readonly properties?: unknown;
  readonly error: ErrorEntry | null;
}

/** L4: `properties` only on Succeeded, `error` always on Failed and Canceled. */
export function formatOperationStatus(input: OperationStatusInput): OperationStatusBody {
  const ended = isTerminalState(input.status);
  const broken = input.status === "Failed" || input.status === "Canceled";
  return {
    id: input.id,
    name: input.name,
    status: input.status,
    startTime: input.startedAt,
    ...(ended && input.finishedAt !== null ? { endTime: input.finishedAt } : {}),
    percentComplete: input.percentComplete,
    resourceId: input.resourceId,
    ...(input.status === "Succeeded" && input.properties !== undefined ? { properties: input.properties } : {}),
    ...(broken ? { error: input.error ?? { code: `Operation${input.status}`, message: `The operation was ${input.status.toLowerCase()}; no reason was recorded.` } } : {}),
  };
}
