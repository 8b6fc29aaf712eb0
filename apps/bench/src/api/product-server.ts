// The product's API as a control plane serves it, over the same database: listener, sign-in, roles, front door,
// resource providers, store, queue. Only nobody works on the queue, so that a PUT is measured and not what follows.
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { createAccess } from "@cynosure/access";
import { createFrontDoor } from "@cynosure/front-door";
import { contractRoutes, createHttpServer } from "@cynosure/http-server";
import { createAuthenticate, createPrincipalLiveness, createTokenIssuer, createTokenVerifier, generateSigningKeyPem, servicePrincipalHandlers } from "@cynosure/identity";
import { installationId } from "@cynosure/model";
import { gatewayUserHandlers } from "@cynosure/native-gateway";
import { createResourceProviders } from "@cynosure/resource-providers";
import { openPool, openStore } from "@cynosure/resource-store";
import { createSeededRng, createSimulatedEngine, createSimulatedSubstrate, createSimulatedWorld } from "@cynosure/simulated";
import { createStepEnqueuer } from "@cynosure/workflow";
import { GROUP, PRINCIPAL, SEALING_KEY, SUBSCRIPTION, TENANT } from "./population.ts";
import { CONNECTIONS_MAX, type ServerArguments, announceReady } from "./server-process.ts";

const { databaseUrl, port, keyFile, certificateFile, withoutRoles = false } = JSON.parse(process.argv[2] ?? "{}") as ServerArguments; // written by api.ts
const clock = { now: () => Date.now(), sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)) };
/** Counted like any, refused never: one principal sends more here than the public numbers let through. */
const enough = { capacity: 1e9, refillPerSecond: 1e9 };
const NEVER_REACHED = { perPrincipal: { reads: enough, writes: enough, deletes: enough }, globalFactor: 15, bucketsMax: 100_000 };
const newId = (): string => randomUUID();
const installation = installationId("0badcafe");
const refused = (): Promise<never> => Promise.reject(new Error("not part of the benchmark"));

const pool = openPool(databaseUrl, { connectionsMax: CONNECTIONS_MAX, applicationName: "bench product" });
const enqueuer = await createStepEnqueuer({ pool, databaseUrl, log: () => undefined });
const store = await openStore({ pool, masterKey: SEALING_KEY, queueStatements: enqueuer.queueStatements });
const world = createSimulatedWorld({ clock, rng: createSeededRng("bench"), durationFactor: 0 });
const engine = createSimulatedEngine({ world });
const frontDoor = createFrontDoor({ store, clock, newId, config: { tenantId: TENANT, subscriptionId: SUBSCRIPTION, subscriptionName: "Bench", installationId: installation, locations: [{ name: "local", displayName: "Local" }] }, throttleLimits: NEVER_REACHED });
await frontDoor.ensureResourceGroup(GROUP, "local"); // makes the subscription; the group is there
const providers = createResourceProviders({
  store,
  parents: frontDoor.parents,
  engines: { simulated: { planner: engine.planner, isSimulated: true, versions: ["1.0"] } },
  substrates: { simulated: createSimulatedSubstrate({ world }) },
  clock,
  rng: createSeededRng("bench providers"),
  newId,
  config: { installationId: installation, locations: [{ name: "local", displayName: "Local", substrates: ["simulated"], defaultEngine: "simulated" }] },
  readCredentials: refused,
  liveClients: { start: refused, stop: refused, read: refused },
  examineMachine: refused,
  runBenchmark: refused,
});
frontDoor.connect(providers.handlers);
// Roles as somebody holds them who is no owner by birth: one assignment among many.
const access = createAccess({ store, clock, tenantId: TENANT, ownerIds: [], onError: (error) => console.error(error) });
access.watch();
const baseUrl = `https://127.0.0.1:${port}`;
const issuer = await createTokenIssuer({ signingKeyPem: generateSigningKeyPem(), tenantId: TENANT, issuer: `${baseUrl}/adfs`, audiences: [baseUrl], lifetimeSeconds: 3_600, clock });
const verifier = createTokenVerifier({ issuer, trusted: null, isLiving: createPrincipalLiveness({ principals: store.principals, builtInObjectId: PRINCIPAL, clock }), tenantId: TENANT });
// No engine here has an API of its own: both are there, since the contract has them, and refuse.
const withoutNative = { Clusters_GetParity: refused, Clusters_InvokeNative: refused };
const handlers = { ...frontDoor.handlers, ...access.handlers, ...servicePrincipalHandlers({ store, clock, newId, tenantId: TENANT }), ...providers.handlers, ...withoutNative, ...gatewayUserHandlers({ store, clock }) };
const server = createHttpServer({
  baseUrl,
  tls: { keyPem: readFileSync(keyFile, "utf8"), certificatePem: readFileSync(certificateFile, "utf8") },
  issuer: issuer.issuer,
  namespaces: ["Cynosure.Storage", "Microsoft.Resources"],
  authenticate: createAuthenticate(verifier),
  throttle: frontDoor.throttle,
  admit: frontDoor.admit,
  authorize: withoutRoles ? () => Promise.resolve({ allowed: true }) : access.authorize,
  routes: [...contractRoutes({ handlers, namespace: "Cynosure.Storage", locations: ["local"] }), ...frontDoor.routes],
  log: () => undefined,
});
await server.listen();
const { accessToken } = await issuer.issue({ id: PRINCIPAL, type: "Application", displayName: "bench" }, baseUrl);
announceReady({ token: accessToken });
