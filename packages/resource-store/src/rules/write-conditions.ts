// Small decisions every adapter makes the same way: whether a conditional write goes through, whether a host
// plan may be published, how far an operation has come.
import type { HostId, OperationStatus } from "@cynosure/model";
import { ControlPlaneError } from "@cynosure/model";
import type { PutCondition, StoredResource } from "../port.ts";

/** Whether the condition lets a write through, given what is stored now. */
export function isAllowed(condition: PutCondition, current: StoredResource | null): boolean {
  switch (condition.kind) {
    case "none":
      return true;
    case "mustNotExist":
      return current === null;
    case "mustExist":
      return current !== null;
    case "etag":
      return current?.etag === condition.etag;
  }
}

/** What the done steps weigh of all, 0 to 1; null without a plan. */
export function percentComplete(status: OperationStatus, progress: number | null): number {
  if (status === "Succeeded") return 100;
  return Math.min(99, Math.floor((progress ?? 0) * 100));
}

/** The mark of a published host plan; both parts only ever rise. */
export interface PublishedMark {
  readonly executorEpoch: number;
  readonly generation: number;
}

const isSame = (a: PublishedMark, b: PublishedMark | null): boolean => a.executorEpoch === b?.executorEpoch && a.generation === b.generation;

/** `write` when it is newer and its executor is in force, `same` when it is there already; else StaleExecutor. */
export function publishing(host: HostId, wanted: PublishedMark, current: PublishedMark | null, epochInForce: number): "write" | "same" {
  const inForce = wanted.executorEpoch >= epochInForce;
  if (inForce && isSame(wanted, current)) return "same";
  if (inForce && (current === null || (wanted.executorEpoch >= current.executorEpoch && wanted.generation >= current.generation))) return "write";
  throw new ControlPlaneError(
    "StaleExecutor",
    `Host plan ${wanted.generation} of ${host} (epoch ${wanted.executorEpoch}) is older than what is published (${current?.generation ?? 0}, epoch ${current?.executorEpoch ?? 0}) ` +
      `or than the epoch in force (${epochInForce}): another control plane has taken over.`,
  );
}
