// What the memory store drops of the past, by the rules of ../../rules/history.ts. For tests only.
import type { ClusterKey } from "@cynosure/model";
import { ENDED_OPERATION_KEPT_MS, ENDED_OPERATIONS_KEPT_MAX, YOUNG_OPERATIONS_KEPT_MAX } from "../../rules/history.ts";
import type { MemoryDatabase, MemoryTransaction } from "./memory-database.ts";

export const beyondNewest = <Row extends { readonly seq: number }>(rows: readonly Row[], keptMax: number): readonly Row[] => rows.toSorted((a, b) => b.seq - a.seq).slice(keptMax);

export function dropEndedOperations({ tables }: MemoryDatabase, cluster: ClusterKey, nowMs: number, own: MemoryTransaction): void {
  const ended = tables.operations.list(own, cluster).filter(({ operation }) => operation.finishedAtMs !== null);
  const isOld = (finishedAtMs: number | null): boolean => finishedAtMs !== null && finishedAtMs < nowMs - ENDED_OPERATION_KEPT_MS;
  const old = beyondNewest(ended, ENDED_OPERATIONS_KEPT_MAX).filter(({ operation }, place) => place >= YOUNG_OPERATIONS_KEPT_MAX - ENDED_OPERATIONS_KEPT_MAX || isOld(operation.finishedAtMs));
  for (const { operation } of old) tables.operations.remove(operation.id, own);
}
