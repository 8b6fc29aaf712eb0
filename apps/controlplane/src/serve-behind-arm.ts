// The same process behind Azure Resource Manager: the provider's own routes and the few that ARM alone calls, over
// TLS that asks for ARM's client certificate. No sign-in, no roles, no throttle, no groups: those are ARM's.
import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import type { Authority } from "@cynosure/agent-gateway";
import { REFRESH_LOOK_EVERY_MS, armParents, armRoutes, createArmAdmit, fetchDocument, openArmTrust } from "@cynosure/behind-arm";
import type { BehindArmConfig } from "@cynosure/behind-arm";
import { routes } from "@cynosure/contract";
import { createHttpServer, providerRoutes } from "@cynosure/http-server";
import type { Clock } from "@cynosure/model";
import { noGatewayUserHandlers } from "@cynosure/native-gateway";
import type { ResourceProviders } from "@cynosure/resource-providers";
import { startBackgroundTasks } from "./background-tasks.ts";
import type { BackgroundTask } from "./background-tasks.ts";
import { BUILT_IN } from "./built-in.ts";
import { ConfigError } from "./config.ts";
import type { Log } from "./log.ts";
import { describeError } from "./log.ts";
import { authorizedByArm, invokedByArm } from "./open-projected.ts";
import type { Projected } from "./open-projected.ts";
import type { ServedArm } from "./serve-arm.ts";

const NO_GATEWAY = "behind Azure Resource Manager this process answers ARM alone. Run a control plane with its own front door for that.";

export interface ServeBehindArmOptions {
  readonly behindArm: BehindArmConfig;
  /** What `behindArm.listen.port` came to. */
  readonly port: number;
  readonly authority: Authority;
  readonly providers: ResourceProviders;
  readonly projected: Projected;
  readonly clock: Clock;
  readonly log: Log;
}

export async function serveBehindArm(options: ServeBehindArmOptions): Promise<ServedArm> {
  const { behindArm, port, providers, clock, log } = options;
  const { address } = behindArm.listen;
  const trust = openArmTrust({ clientCertificates: behindArm.clientCertificates, signedTokens: behindArm.signedTokens, clock, fetchDocument, readPem });
  const apiVersions = [...new Set(routes.filter((route) => route.namespace === BUILT_IN.namespace).flatMap((route) => route.apiVersions))];
  const projected = options.projected.serve({ authorize: invokedByArm, requireGroup: (id) => armParents.requireGroup(id), locations: [BUILT_IN.location] });
  const server = createHttpServer({
    baseUrl: behindArm.publicBaseUrl,
    listenOn: { host: address, port },
    tls: { ...readTls(options), asksForClientCertificate: trust.asksForClientCertificate },
    issuer: behindArm.signedTokens?.issuer ?? behindArm.publicBaseUrl,
    namespaces: [BUILT_IN.namespace],
    authenticate: trust.authenticate,
    admit: createArmAdmit(providers.subscriptions),
    authorize: authorizedByArm,
    routes: [
      ...providerRoutes({ handlers: { ...providers.handlers, ...projected.handlers, ...noGatewayUserHandlers(NO_GATEWAY) }, namespace: BUILT_IN.namespace, locations: [BUILT_IN.location] }),
      ...projected.routes,
      ...armRoutes({
        apiVersions,
        subscriptions: providers.subscriptions,
        refuseMove: (request) => providers.refuseMove(request),
        troubles: () => trust.troubles(),
        onStranded: (subscriptionId, count) => log("unregistered subscription still has clusters", { subscriptionId, count }),
      }),
    ],
    log: (entry) => {
      const { error, ...facts } = entry;
      if (entry.method !== "GET" || entry.status >= 500) log("request", { ...facts, ...(error === undefined ? {} : { error: describeError(error) }) });
    },
  });
  await server.listen();
  const refreshing = startBackgroundTasks([{ name: "trust of Azure Resource Manager", everyMs: REFRESH_LOOK_EVERY_MS, run: () => trust.refresh() }], clock, (what, error) => log("error", { what, ...describeError(error) }));
  const host = address === "0.0.0.0" ? "127.0.0.1" : address === "::" ? "[::1]" : isIP(address) === 6 ? `[${address}]` : address;
  return {
    baseUrl: `https://${host}:${port}`,
    close: async () => {
      await refreshing.stop();
      await server.close();
    },
  };
}

function readPem(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new ConfigError(`${file}, which --behind-arm names, cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

function readTls({ behindArm, authority }: ServeBehindArmOptions): { readonly keyPem: string; readonly certificatePem: string } {
  const { tls, listen } = behindArm;
  if (tls !== null) return { keyPem: readPem(tls.keyFile), certificatePem: readPem(tls.certificateFile) };
  const isAddress = isIP(listen.address) !== 0;
  return authority.issueServerCertificate({ commonName: "Cynosure control plane", dnsNames: ["localhost", ...(isAddress ? [] : [listen.address])], ipAddresses: ["127.0.0.1", ...(isAddress ? [listen.address] : [])] });
}

const DELETE_AGAIN_MS = 5_000;

/** §13: for the leader. Says of each cluster once what becomes of it, and again when that changes. */
export function deleteOfDeletedSubscriptions(providers: Pick<ResourceProviders, "subscriptions">, behindArm: BehindArmConfig, log: Log): BackgroundTask {
  let said = new Map<string, string>();
  return {
    name: "delete clusters of deleted subscriptions",
    everyMs: DELETE_AGAIN_MS,
    run: async () => {
      const { deleting, blocked, stranded } = await providers.subscriptions.deleteDue(behindArm.deletedGraceMs);
      const says = new Map<string, string>([
        ...deleting.map((id) => [id, "is deleted with its subscription"] as const),
        ...blocked.map(({ id, reason }) => [id, `is to be deleted with its subscription and cannot be yet: ${reason}`] as const),
        ...stranded.map((id) => [id, "is left over in a subscription that is unregistered"] as const),
      ]);
      for (const [cluster, what] of says) if (said.get(cluster) !== what) log("cluster of a subscription that ended", { cluster, what });
      said = says;
    },
  };
}
