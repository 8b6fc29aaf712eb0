// What every command about a cluster's engine is given, and the requests below that cluster.
import type { PathRequest } from "@cynosure/sdk";
import type { PathCalls } from "../connect-paths.ts";
import type { Output } from "../output.ts";
import type { EngineParity } from "./engine-parity.ts";

/** Of a terminal nobody widened. */
export const COLUMNS = 80;

export interface EngineContext {
  readonly calls: PathCalls;
  readonly output: Output;
  readonly signal: AbortSignal;
  readonly clusterName: string;
  readonly resourceGroupName: string;
  /** Nobody is asked. */
  readonly assumeYes: boolean;
  readonly noWait: boolean;
  /** Keeps what was learnt, for completion. */
  readonly remember: (parity: EngineParity) => void;
  /** Set the exit code of a command that has answered. */
  readonly endWith: (exitCode: number) => void;
}

export function clusterRequest({ resourceGroupName, clusterName }: Pick<EngineContext, "resourceGroupName" | "clusterName">, method: PathRequest["method"], words: readonly string[], more: Omit<PathRequest, "method" | "words"> = {}): PathRequest {
  return { method, words: ["resourceGroups", resourceGroupName, "providers", "Cynosure.Storage", "clusters", clusterName, ...words], ...more };
}

export async function askParity(context: EngineContext): Promise<EngineParity> {
  const { clusterName } = context;
  const parity = { ...(await context.calls.parityOf(context)), clusterName };
  context.remember(parity);
  return parity;
}
