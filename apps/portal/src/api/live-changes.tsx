// Keeps what is shown true: each change of the stream makes the queries about it be read again, and when a stream
// begins, everything is. Says how the connection is.
import { useQueryClient } from "@tanstack/react-query";
import { createContext, useContext, useEffect, useState } from "react";
import type { ReactNode } from "react";
import { isTouched } from "./changes.ts";
import { followChanges } from "./follow-changes.ts";
import type { ConnectionState } from "./follow-changes.ts";
import { useApi } from "./session-gate.tsx";

const ConnectionContext = createContext<ConnectionState>("connecting");

export const useConnection = (): ConnectionState => useContext(ConnectionContext);

export function LiveChanges({ children }: { readonly children: ReactNode }) {
  const queries = useQueryClient();
  const { session } = useApi();
  const [state, setState] = useState<ConnectionState>("connecting");
  const { subscriptionId } = session;
  useEffect(() => {
    const stop = new AbortController();
    const onState = (next: ConnectionState): void => {
      setState(next);
      // What happened before a stream began was told to nobody, also when the one before it ended as it should; who is
      // signed in may be part of it. What is being read at this moment is new enough.
      if (next === "live") void queries.invalidateQueries({}, { cancelRefetch: false });
    };
    void followChanges(subscriptionId, { onState, onChange: (change) => void queries.invalidateQueries({ predicate: ({ queryKey }) => isTouched(queryKey, change) }) }, stop.signal);
    return () => stop.abort();
  }, [queries, subscriptionId]);
  return <ConnectionContext.Provider value={state}>{children}</ConnectionContext.Provider>;
}
