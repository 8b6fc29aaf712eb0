// Providers and routes: look, queries, session, shell, and one lazily loaded page for each path. Pages are elsewhere.
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { Suspense, lazy, useState } from "react";
import type { ComponentType, LazyExoticComponent } from "react";
import { BrowserRouter, Route, Routes } from "react-router";
import { shouldRetry } from "./api/retry.ts";
import { SessionGate } from "./api/session-gate.tsx";
import { Look } from "./look/look.tsx";
import { Waiting } from "./shell/waiting.tsx";
import { Shell } from "./shell/shell.tsx";
import { SignInPage } from "./pages/sign-in.tsx";

const page = (load: () => Promise<{ readonly Page: ComponentType }>): LazyExoticComponent<ComponentType> => lazy(async () => ({ default: (await load()).Page }));

const FleetPage = page(() => import("./pages/fleet/fleet-page.tsx"));
const ClusterPage = page(() => import("./pages/cluster/cluster-page.tsx"));
const CreatePage = page(() => import("./pages/create/create-page.tsx"));
const AccessPage = page(() => import("./pages/access/access-page.tsx"));
const DoctorPage = page(() => import("./pages/doctor/doctor-page.tsx"));
const NotFoundPage = page(() => import("./pages/not-found.tsx"));

export function App() {
  // Live events say when something changed; the age only bounds what they missed.
  const [queries] = useState(() => new QueryClient({ defaultOptions: { queries: { staleTime: 30_000, retry: shouldRetry } } }));
  return (
    <Look>
      <QueryClientProvider client={queries}>
        <BrowserRouter basename="/portal">
          <Routes>
            <Route path="/sign-in" element={<SignInPage />} />
            <Route path="*" element={<SignedIn />} />
          </Routes>
        </BrowserRouter>
      </QueryClientProvider>
    </Look>
  );
}

function SignedIn() {
  return (
    <SessionGate>
      <Shell>
        <Suspense fallback={<Waiting what="Loading the page" />}>
          <Routes>
            <Route index element={<FleetPage />} />
            <Route path="clusters/:group/:name/:tab?" element={<ClusterPage />} />
            <Route path="create" element={<CreatePage />} />
            <Route path="access" element={<AccessPage />} />
            <Route path="doctor" element={<DoctorPage />} />
            <Route path="*" element={<NotFoundPage />} />
          </Routes>
        </Suspense>
      </Shell>
    </SessionGate>
  );
}
