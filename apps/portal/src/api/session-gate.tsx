// Shows what is below only to somebody who is signed in, and hands down the session and its client. Signing in itself
// is a page.
import { CynosureClient } from "@cynosure/sdk";
import { useQuery } from "@tanstack/react-query";
import { createContext, useContext, useMemo } from "react";
import type { ReactNode } from "react";
import { Navigate, useLocation } from "react-router";
import { Failure } from "../shell/failure.tsx";
import { Waiting } from "../shell/waiting.tsx";
import { NotSignedIn, readSession } from "./session.ts";
import type { Session } from "./session.ts";

interface Api {
  readonly session: Session;
  readonly client: CynosureClient;
}

const ApiContext = createContext<Api | null>(null);

export function useApi(): Api {
  const api = useContext(ApiContext);
  if (api === null) throw new Error("useApi is used outside of SessionGate");
  return api;
}

export const sessionKey = ["session"] as const;

function makeClient(session: Session): CynosureClient {
  return new CynosureClient({ endpoint: window.location.origin, subscriptionId: session.subscriptionId, credential: null, pollingIntervalMs: 1000, retryOptions: { maxRetries: 2 } });
}

export function SessionGate({ children }: { readonly children: ReactNode }) {
  const { pathname } = useLocation();
  const query = useQuery({ queryKey: sessionKey, queryFn: ({ signal }) => readSession(signal), refetchInterval: 60_000 });
  const session = query.data;
  const api = useMemo(() => (session === undefined ? null : { session, client: makeClient(session) }), [session]);
  if (query.error instanceof NotSignedIn) return <Navigate to="/sign-in" replace state={{ from: pathname }} />;
  if (api === null) return query.error === null ? <Waiting what="Asking the control plane who is signed in" /> : <Failure error={query.error} doing="ask who is signed in" onRetry={() => void query.refetch()} />;
  return <ApiContext.Provider value={api}>{children}</ApiContext.Provider>;
}
