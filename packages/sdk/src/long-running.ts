// Long-running writes on the Azure SDK's own poller: it knows Azure-AsyncOperation, Location, Retry-After and
// which of them has the last word. This file only feeds it requests and keeps the server's account of progress.
import { createHttpPoller } from "@azure/core-lro";
import type { OperationResponse, OperationState, PollerLike } from "@azure/core-lro";
import type { OperationId } from "@cynosure/contract";
import { readArmError } from "./arm-error.ts";
import type { LongRunningOptions } from "./client-options.ts";
import type { PathParameters, Transport, TransportRequest } from "./transport.ts";

/** Progress of a long-running write, as last polled. */
export interface LongRunningState<Result> extends OperationState<Result> {
  /** Name of the operation record on the server. */
  operationName?: string;
  percentComplete?: number;
  /** The server's own word: Accepted, Running, … */
  serverStatus?: string;
  /** What a success left undone. */
  warnings?: readonly string[];
}

export type LongRunningPoller<Result> = PollerLike<LongRunningState<Result>, Result>;

async function exchange(transport: Transport, request: TransportRequest, options: LongRunningOptions): Promise<OperationResponse<unknown>> {
  const { status, headers, body, text } = await transport.send(request, options);
  return {
    flatResponse: body ?? text,
    rawResponse: { statusCode: status, headers: { ...headers }, body: body ?? {}, request: { method: request.method, url: request.url } },
  };
}

/** `/operationStatuses/NAME?api-version=…` */
const nameInUrl = (url: string): string | undefined => /\/operation(?:Statuses|Results)\/([^/?]+)/i.exec(url)?.[1];

function updateState<Result>(state: LongRunningState<Result>, { rawResponse }: OperationResponse): void {
  const url = rawResponse.headers["azure-asyncoperation"] ?? rawResponse.headers["location"] ?? rawResponse.request.url;
  const name = nameInUrl(url);
  if (name !== undefined) state.operationName = name;
  const body = rawResponse.body as { readonly status?: unknown; readonly percentComplete?: unknown } | undefined; // read with checks below
  if (typeof body?.percentComplete === "number") state.percentComplete = body.percentComplete;
  if (typeof body?.status === "string") state.serverStatus = body.status;
}

/** In the operation itself; what has the last word after it does not repeat them. */
function warningsIn({ body }: OperationResponse["rawResponse"]): readonly string[] {
  const warnings = (body as { readonly properties?: { readonly warnings?: unknown } | null } | undefined)?.properties?.warnings; // read with checks here
  return Array.isArray(warnings) ? warnings.filter((each) => typeof each === "string") : [];
}

/** Nothing is sent until the poller is awaited, polled or `submitted()`. */
export function beginOperation<Result>(transport: Transport, operationId: OperationId, params: PathParameters, body?: unknown, options: LongRunningOptions = {}): LongRunningPoller<Result> {
  const route = transport.route(operationId);
  return beginRequest<Result>(transport, () => transport.request(operationId, params, body), { finalStateVia: route.longRunning?.finalStateVia ?? "location", isDelete: route.verb === "delete" }, options);
}

interface WriteKind {
  readonly finalStateVia: "azure-async-operation" | "location" | "original-uri" | "operation-location";
  readonly isDelete: boolean;
}

/** `first` is made when it is sent. */
export function beginRequest<Result>(transport: Transport, first: () => TransportRequest, { finalStateVia, isDelete }: WriteKind, options: LongRunningOptions = {}): LongRunningPoller<Result> {
  let warnings: readonly string[] = [];
  return createHttpPoller<Result, LongRunningState<Result>>(
    {
      sendInitialRequest: () => exchange(transport, first(), options),
      sendPollRequest: async (url, pollOptions) => {
        // Conditions such as If-Match belong to the write, not to its polls.
        const response = await exchange(transport, { method: "GET", url }, { ...options, headers: {}, ...pollOptions });
        // The poller would shorten the server's reason; the ARM error keeps code, target and details.
        const isOperation = /\/operationStatuses\//i.test(url);
        const failure = isOperation ? readArmError(response.rawResponse.body) : undefined;
        if (failure !== undefined) throw failure;
        if (isOperation) warnings = warningsIn(response.rawResponse);
        return response;
      },
    },
    {
      intervalInMs: options.pollingIntervalMs ?? transport.pollingIntervalMs,
      resourceLocationConfig: finalStateVia,
      updateState: (state, response) => {
        updateState(state, response);
        if (warnings.length > 0) state.warnings = warnings;
      },
      // The final GET answers what the contract says for this operation; deletions answer nothing.
      processResult: (result) => Promise.resolve((isDelete ? undefined : result) as Result),
      ...(options.resumeFrom === undefined ? {} : { restoreFrom: options.resumeFrom }),
    },
  );
}
