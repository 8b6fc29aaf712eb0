// What may end data or service, or turns screws of the engine's own works, is asked about first.
import type { NativeOperation } from "@cynosure/sdk";
import { ask } from "../ask.ts";
import { CommandError, ExitCode } from "../exit-code.ts";
import type { EngineContext } from "./engine-context.ts";

const REASONS: Readonly<Record<string, string>> = {
  destructive: "ends data or service",
  internal: "changes the engine's own works",
  unknown: "is a write that the engine's document does not list",
};

/** Reading is never asked about. */
export const dangerOf = (operation: NativeOperation | null): string => (operation === null || (operation.method === "GET" && !operation.hasSideEffects) ? "none" : operation.danger);

export async function confirmDanger({ assumeYes, output, signal, clusterName }: EngineContext, what: string, danger: string): Promise<void> {
  if (danger === "none" || assumeYes) return;
  const reason = REASONS[danger] ?? `is called ${danger} by the control plane`;
  if (await ask(`${what} on cluster ${clusterName} ${reason}. Go on?`, output, signal)) return;
  throw new CommandError(ExitCode.conflict, `${what} on cluster ${clusterName} ${reason}, and nobody said yes; answer with --yes`);
}
