// The provider as it is served behind ARM, in this process: real listener, real store, one trusted client.
import { createHttpServer, providerRoutes } from "@cynosure/http-server";
import type { RequestLogEntry } from "@cynosure/http-server";
import { createLoopbackCertificate, findFreePort } from "@cynosure/http-server/testkit";
import { openWorld } from "@cynosure/resource-providers/testkit";
import type { World } from "@cynosure/resource-providers/testkit";
import { armParents, createArmAdmit } from "../admission.ts";
import { armRoutes } from "../arm-routes.ts";
import { openArmTrust } from "../arm-trust.ts";
import type { ArmTrustOptions } from "../arm-trust.ts";
import { callProvider, certificateList, makeArmClient } from "./test-arm.ts";
import type { ArmAnswer, ListedClient } from "./test-arm.ts";

export const PUBLIC_BASE = "https://management.public.test";

export interface ServedProvider {
  readonly world: World;
  /** The certificate that is on the list. */
  readonly arm: ListedClient;
  readonly origin: string;
  /** Of the listener. */
  readonly caPem: string;
  readonly log: readonly RequestLogEntry[];
  /** Subscriptions that were said to be left with clusters. */
  readonly stranded: readonly string[];
  /** As ARM: with its certificate, unless `client` says otherwise. */
  send(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>, client?: ListedClient | null): Promise<ArmAnswer>;
  close(): Promise<void>;
}

/** `document` answers what is asked for at a URL; undefined: the list that holds the trusted client. */
export async function serveProvider({ document, ...change }: Partial<ArmTrustOptions> & { readonly document?: (url: string) => unknown } = {}): Promise<ServedProvider> {
  const world = await openWorld({ parents: armParents });
  const { providers, clock } = world;
  const arm = await makeArmClient(clock.now());
  const tls = await createLoopbackCertificate({ names: ["127.0.0.1"], nowMs: Date.now(), validDays: 1 });
  const trust = openArmTrust({
    clientCertificates: { metadataUrl: "https://arm.test/metadata", caFile: null },
    signedTokens: null,
    clock,
    fetchDocument: ({ url }) => Promise.resolve(document?.(url) ?? certificateList(arm)),
    readPem: () => "",
    ...change,
  });
  await trust.refresh();
  const port = await findFreePort();
  const log: RequestLogEntry[] = [];
  const stranded: string[] = [];
  const server = createHttpServer({
    baseUrl: PUBLIC_BASE,
    listenOn: { host: "127.0.0.1", port },
    tls: { ...tls, asksForClientCertificate: trust.asksForClientCertificate },
    issuer: change.signedTokens?.issuer ?? PUBLIC_BASE,
    namespaces: ["Cynosure.Storage"],
    authenticate: trust.authenticate,
    admit: createArmAdmit(providers.subscriptions),
    authorize: () => Promise.resolve({ allowed: true }),
    routes: [
      ...providerRoutes({ handlers: world.handlers, namespace: "Cynosure.Storage", locations: ["local"] }),
      ...armRoutes({ apiVersions: ["2026-12-01"], subscriptions: providers.subscriptions, refuseMove: (request) => providers.refuseMove(request), troubles: () => trust.troubles(), onStranded: (subscriptionId) => stranded.push(subscriptionId) }),
    ],
    log: (entry) => log.push(entry),
  });
  await server.listen();
  const origin = `https://127.0.0.1:${port}`;
  return {
    world,
    arm,
    origin,
    caPem: tls.certificatePem,
    log,
    stranded,
    send: (method, path, body, headers = {}, client = arm) => callProvider({ origin, caPem: tls.certificatePem }, { method, path, body, headers, client }),
    close: async () => {
      await server.close();
      await world.close();
    },
  };
}
