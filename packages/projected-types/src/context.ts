// What every verb works with, and one question to the engine.
import { ControlPlaneError } from "@cynosure/model";
import type { AnswerMemory, NativeAnswer } from "@cynosure/native-client";
import type { CatalogueOperation } from "@cynosure/projection";
import type { NativeNameStore, NativeOperationStore } from "@cynosure/resource-store";
import type { NativeId } from "./names/native-id.ts";
import { fillPath } from "./places/native-path.ts";
import type { ProjectedCluster, ProjectedEngine } from "./port.ts";
import { nativeError } from "./wire/native-error.ts";

export interface ProjectedTypesOptions {
  readonly names: NativeNameStore;
  readonly operations: NativeOperationStore;
  /** Unguessable: names operations. */
  readonly newId: () => string;
  readonly nowMs: () => number;
  /** Reads from a URL under the rules of the operator; absent: uploads by URL are refused. */
  readonly openUrl?: (url: string) => Promise<AsyncIterable<Uint8Array>>;
}

export interface Context extends ProjectedEngine {
  readonly options: ProjectedTypesOptions;
  readonly cluster: ProjectedCluster;
}

export interface Asked {
  /** Native ids of the parents and of the object itself, outermost first. */
  readonly levels: readonly NativeId[];
  readonly query?: readonly (readonly [name: string, value: string])[];
  readonly json?: unknown;
  readonly bytes?: AsyncIterable<Uint8Array>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly isUnparsed?: boolean;
  readonly memory?: AnswerMemory;
}

/** The engine's answer, refusals included. */
export async function send(context: Context, operation: CatalogueOperation, asked: Asked): Promise<NativeAnswer> {
  const { levels, ...rest } = asked;
  const path = fillPath(operation.path, levels);
  if (path === null) throw new ControlPlaneError("InvalidResourceName", `The name does not tell all that '${operation.path}' needs. Name the object as a list shows it: several parts are joined by ','.`, { target: "name" });
  return context.client.send({ method: operation.method, path, isRepeatable: operation.method === "GET" && !operation.hasSideEffects, ...rest });
}

/** The same, and a refusal is thrown. `secrets`: values that were sent and must not come back in a message. */
export async function sendOrThrow(context: Context, operation: CatalogueOperation, asked: Asked, secrets: readonly string[] = []): Promise<NativeAnswer> {
  const answer = await send(context, operation, asked);
  if (answer.status < 200 || answer.status > 299) throw nativeError(context.catalogue.engine, operation, answer, secrets);
  return answer;
}
