// Begins long-running writes and follows them whatever page is shown: refusals go back to who asked, everything after
// that is told in the list above the pages.
import type { CynosureClient, LongRunningPoller } from "@cynosure/sdk";
import { useQueryClient } from "@tanstack/react-query";
import { createContext, useCallback, useContext, useMemo, useReducer, useRef } from "react";
import type { ReactNode } from "react";
import { isTouched } from "../api/changes.ts";
import { useApi } from "../api/session-gate.tsx";
import { nextWork } from "./work-list.ts";
import type { WorkItem } from "./work-list.ts";

export interface WorkRequest<Result> {
  readonly title: string;
  /** Id of the resource that is written: what is shown of it is read again. */
  readonly resourceId: string;
  readonly to?: string;
  readonly begin: (client: CynosureClient) => LongRunningPoller<Result>;
}

interface Work {
  readonly items: readonly WorkItem[];
  /** Resolves when the server has accepted it; rejects when it refuses. */
  readonly start: <Result>(request: WorkRequest<Result>) => Promise<void>;
  readonly dismiss: (id: number) => void;
}

const WorkContext = createContext<Work | null>(null);

export function useWork(): Work {
  const work = useContext(WorkContext);
  if (work === null) throw new Error("useWork is used outside of WorkKeeper");
  return work;
}

export function WorkKeeper({ children }: { readonly children: ReactNode }) {
  const { client } = useApi();
  const queries = useQueryClient();
  const [items, tell] = useReducer(nextWork, []);
  const lastId = useRef(0);
  const start = useCallback(
    async <Result,>({ title, resourceId, to, begin }: WorkRequest<Result>): Promise<void> => {
      const readAgain = (): void => void queries.invalidateQueries({ predicate: ({ queryKey }) => isTouched(queryKey, { id: resourceId, kind: "work" }) });
      const poller = begin(client);
      await poller.submitted();
      const id = (lastId.current += 1);
      tell({ kind: "accepted", id, title, to, atMs: Date.now() });
      readAgain();
      poller.onProgress(({ percentComplete, serverStatus }) => tell({ kind: "progress", id, percent: percentComplete, status: serverStatus }));
      poller.pollUntilDone().then(
        () => tell({ kind: "done", id, atMs: Date.now() }),
        (error: unknown) => tell({ kind: "failed", id, atMs: Date.now(), error }),
      ).finally(readAgain).catch(() => undefined); // both ends are told above
    },
    [client, queries],
  );
  const work = useMemo(() => ({ items, start, dismiss: (id: number) => tell({ kind: "dismissed", id }) }), [items, start]);
  return <WorkContext.Provider value={work}>{children}</WorkContext.Provider>;
}
