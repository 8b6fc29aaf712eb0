// Projected types as a child process: the product's own server and routes before the engine named in its arguments. Rights and rows
// are in memory, for what is measured is the list.
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { createHttpServer } from "@cynosure/http-server";
import { createLoopbackCertificate, findFreePort } from "@cynosure/http-server/testkit";
import { createNativeClient } from "@cynosure/native-client";
import { projectedRoutes } from "@cynosure/projected-routes";
import { createProjectedTypes } from "@cynosure/projected-types";
import { buildCatalogue } from "@cynosure/projection";
import { aResource, createMemoryDatabase, openMemoryStore, testCluster } from "@cynosure/resource-store/testkit";

const [origin = "", authorization = "", caPem = ""] = process.argv.slice(2);
const clock = { now: () => Date.now(), sleep: (ms: number) => pause(ms) };
const store = openMemoryStore(createMemoryDatabase({ clock }));
await store.resources.put(aResource("meadow", { properties: { engine: "vast" }, provisioningState: "Succeeded" }), { kind: "none" });
const catalogue = buildCatalogue("vast", JSON.parse(readFileSync(new URL(import.meta.resolve("@cynosure/projection/documents/vast.json")), "utf8")));
const client = createNativeClient({ endpoint: { origin, basePath: "/api/latest", caPem, headers: () => Promise.resolve({ authorization }) } });
const allowed = (): Promise<{ readonly allowed: boolean }> => Promise.resolve({ allowed: true });
const port = await findFreePort();
const baseUrl = `https://127.0.0.1:${port}`;
const tls = await createLoopbackCertificate({ names: ["127.0.0.1"], nowMs: Date.now(), validDays: 1 });
const server = createHttpServer({
  baseUrl,
  tls,
  issuer: baseUrl,
  namespaces: ["Cynosure.Storage"],
  authenticate: () => Promise.resolve({ principal: { id: "bench", type: "Application", displayName: "bench", tenantId: "bench" } }),
  admit: () => Promise.resolve(),
  authorize: allowed,
  routes: projectedRoutes({
    projected: createProjectedTypes({ names: store.nativeNames, operations: store.nativeOperations, newId: randomUUID, nowMs: clock.now }),
    native: { catalogueOf: () => catalogue, open: () => Promise.resolve({ catalogue, client }) },
    store,
    requireGroup: () => Promise.resolve(),
    authorize: allowed,
    locations: ["local"],
    nowMs: clock.now,
  }),
  log: () => undefined,
});
await server.listen();
process.send?.({ url: `${baseUrl}${testCluster("meadow").id}/vastViews?api-version=2026-12-01` });
