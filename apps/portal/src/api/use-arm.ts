// Reads of the ARM API as queries: kept by resource id, read again when a change names it. While no changes are told,
// they are read at an interval instead.
import type { PagedItems } from "@cynosure/sdk";
import type { CynosureClient } from "@cynosure/sdk";
import { useQuery } from "@tanstack/react-query";
import type { UseQueryResult } from "@tanstack/react-query";
import { useConnection } from "./live-changes.tsx";
import { useApi } from "./session-gate.tsx";

const ITEMS_MAX = 1000;
const UNTOLD_INTERVAL_MS = 4_000;

export interface ArmRead<Result> {
  readonly key: readonly string[];
  readonly read: (client: CynosureClient, signal: AbortSignal) => Promise<Result>;
  readonly isEnabled?: boolean;
  /** For what changes without anybody telling. */
  readonly intervalMs?: number;
}

export function useArm<Result>({ key, read, isEnabled, intervalMs }: ArmRead<Result>): UseQueryResult<Result> {
  const { client } = useApi();
  const connection = useConnection();
  return useQuery({
    queryKey: key,
    queryFn: ({ signal }) => read(client, signal),
    enabled: isEnabled ?? true,
    refetchInterval: intervalMs ?? (connection === "live" ? false : UNTOLD_INTERVAL_MS),
  });
}

/** The items of a list, at most a thousand: more than that is not looked at in a table. */
export async function collect<Item>(items: PagedItems<Item>): Promise<readonly Item[]> {
  const found: Item[] = [];
  for await (const item of items) {
    found.push(item);
    if (found.length >= ITEMS_MAX) break;
  }
  return found;
}
