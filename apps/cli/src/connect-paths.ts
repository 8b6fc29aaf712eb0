// Calls by path, for what the contract does not list: projected types of a cluster; and what says which there are. The same control plane, sign-in and errors
// as connect.ts.
import type { NativeParity, OperationCaller, PathRequest } from "@cynosure/sdk";
import type { ArmScope } from "./arm.ts";
import { asCommandError, openLines, operationIn } from "./connect.ts";
import type { Connection } from "./connect.ts";
import { CommandError } from "./exit-code.ts";

/** How far a write is that the engine goes on with. */
export interface WriteProgress {
  readonly status: string;
  readonly percentComplete: number | null;
}

export interface WriteOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: WriteProgress) => void;
  /** Answers as soon as the write is accepted. */
  readonly noWait?: boolean;
}

export interface PathCalls {
  readonly endpoint: string;
  readonly scope: ArmScope;
  /** What the engine of a cluster offers. */
  parityOf(cluster: { readonly resourceGroupName: string; readonly clusterName: string }): Promise<NativeParity>;
  /** Asks what changes nothing. */
  read(request: PathRequest): Promise<unknown>;
  /** Members of a list, page after page. */
  list(request: PathRequest): AsyncIterable<unknown>;
  /** Sends a write and follows it to its end. */
  write(request: PathRequest, options: WriteOptions): Promise<WriteAnswer>;
}

export interface WriteAnswer {
  readonly body: unknown;
  /** Set when the write was accepted and is not waited for. */
  readonly operationId: string | null;
  /** What a success left undone. */
  readonly warnings: readonly string[];
}

const POLL_MS = 500;

export function connectPaths(connection: Connection): PathCalls {
  const lines = openLines(connection);
  return {
    get endpoint() {
      return lines.current().connection.endpoint;
    },
    scope: connection.scope,
    parityOf: ({ resourceGroupName, clusterName }) => lines.send(true, (caller) => caller.call<NativeParity>("Clusters_GetParity", { resourceGroupName, clusterName })),
    read: (request) => lines.send(true, (caller) => caller.callPath(request)),
    async *list(request) {
      const { caller, connection: asked } = lines.current();
      try {
        yield* caller.listPath(request);
      } catch (error) {
        throw asCommandError(error, asked.endpoint);
      }
    },
    write: (request, options) => lines.send(false, (caller) => writeOnce(caller, request, options, lines.current().connection.endpoint)),
  };
}

async function writeOnce(caller: OperationCaller, request: PathRequest, { signal, onProgress, noWait = false }: WriteOptions, endpoint: string): Promise<WriteAnswer> {
  const poller = caller.beginPath(request, { pollingIntervalMs: POLL_MS });
  await poller.submitted();
  if (poller.isDone) return { body: poller.result, operationId: null, warnings: [] };
  // Its name is known where it will be polled, before the first poll.
  const operationId = operationIn(await poller.serialize());
  if (noWait) return { body: undefined, operationId, warnings: [] };
  poller.onProgress(({ serverStatus, status, percentComplete }) => onProgress({ status: serverStatus ?? status, percentComplete: percentComplete ?? null }));
  try {
    const body = answerIn(await poller.pollUntilDone({ abortSignal: signal }));
    return { body, operationId: null, warnings: poller.operationState?.warnings ?? [] };
  } catch (error) {
    const known = asCommandError(error, endpoint);
    throw known instanceof CommandError ? new CommandError(known.exitCode, known.message, { code: known.code, target: known.target, operationId: operationId ?? undefined, cause: error }) : known;
  }
}

/** Where nothing else has the last word, that is the operation itself, which holds what the write answered. */
function answerIn(body: unknown): unknown {
  const isOperation = typeof body === "object" && body !== null && "status" in body && "percentComplete" in body;
  return isOperation ? (body as { readonly properties?: unknown }).properties : body; // a member that may be absent
}
