// The six routes agents call. Each but join works for exactly the host named in the client certificate;
// what a body says about identity must agree with it. No decision about hosts is made here.
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Clock, HostReport, HostRequest, HostResponse, ServedHostPlan } from "@cynosure/model";
import { clusterKey, hostId } from "@cynosure/model";
import type { Store } from "@cynosure/resource-store";
import type { Authority } from "./authority.ts";
import { certificateSha256, publicKeySha256, readCertificateRequest } from "./certificate.ts";
import { GatewayError } from "./gateway-error.ts";
import type { HostIdentity } from "./host-identity.ts";
import { tokenSha256 } from "./join-tokens.ts";
import { longPoll } from "./long-poll.ts";
import { placeholdersOf, renderHostPlan } from "./placeholders.ts";
import type { PlaceholderKind } from "./placeholders.ts";
import { joinBody, planQuery, renewBody, reportBody, requestParams, responseBody } from "./wire-schemas.ts";

export const gatewayLimits = { pollMsMax: 25_000, smallBodyBytesMax: 16 * 1024, reportBytesMax: 256 * 1024, responseBytesMax: 4 * 1024 * 1024, requestsMax: 8 } as const;

export interface GatewayLogger {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

export interface RouteContext {
  readonly store: Pick<Store, "hosts" | "vault">;
  readonly authority: Authority;
  readonly clock: Pick<Clock, "now">;
  readonly logger: GatewayLogger;
  readonly pollMsMax: number;
  /** Aborts when the gateway closes. */
  readonly closing: AbortSignal;
  /** The DER of the client certificate the handshake accepted, or null. */
  peerCertificate(request: FastifyRequest): Buffer | null;
}

export function registerRoutes(app: FastifyInstance, context: RouteContext): void {
  const small = { bodyLimit: gatewayLimits.smallBodyBytesMax };
  app.post<{ Body: { clusterKey: string; hostId: string; token: string; csr: string } }>("/v1/join", { ...small, schema: { body: joinBody } }, (request) => join(context, request.body));
  app.post<{ Body: { csr: string } }>("/v1/renew", { ...small, schema: { body: renewBody } }, async (request) => issue(context, await identityOf(context, request), request.body.csr));
  app.get<{ Querystring: { after: string } }>("/v1/host-plan", { schema: { querystring: planQuery } }, async (request, reply) => {
    const identity = await identityOf(context, request);
    return (await nextPlan(context, identity, request.query.after, callerGone(context, reply))) ?? reply.code(204).send();
  });
  app.post<{ Body: HostReport }>("/v1/report", { bodyLimit: gatewayLimits.reportBytesMax, schema: { body: reportBody } }, async (request, reply) => {
    const identity = await identityOf(context, request);
    if (request.body.clusterKey !== identity.clusterKey || request.body.hostId !== identity.hostId) {
      throw new GatewayError(403, "ForeignReport", `the certificate speaks for ${identity.hostId}; a report for another host is refused`);
    }
    await context.store.hosts.putReport(request.body);
    return reply.code(204).send();
  });
  app.get("/v1/requests", async (request, reply) => {
    const identity = await identityOf(context, request);
    return { requests: await nextRequests(context, identity, callerGone(context, reply)) };
  });
  app.post<{ Params: { id: string }; Body: HostResponse }>("/v1/requests/:id/response", { bodyLimit: gatewayLimits.responseBytesMax, schema: { params: requestParams, body: responseBody } }, async (request, reply) => {
    const identity = await identityOf(context, request);
    await context.store.hosts.answerRequest(request.params.id, request.body, identity);
    return reply.code(204).send();
  });
}

async function identityOf(context: RouteContext, request: FastifyRequest): Promise<HostIdentity> {
  const certificate = context.peerCertificate(request);
  const identity = certificate === null ? null : context.authority.identify(certificate);
  if (identity === null) throw new GatewayError(401, "CertificateRefused", "a current client certificate of this installation is needed; join with a token first");
  // A host that was removed keeps a certificate that has not run out: it is refused here.
  if (!(await context.store.hosts.isJoined(identity.clusterKey, identity.hostId))) {
    throw new GatewayError(403, "HostNotJoined", `${identity.hostId} is not a joined host of its cluster; boot it with a new join token`);
  }
  return identity;
}

async function join(context: RouteContext, body: { clusterKey: string; hostId: string; token: string; csr: string }): Promise<object> {
  const identity: HostIdentity = { clusterKey: clusterKey(body.clusterKey), hostId: hostId(body.hostId) };
  const key = readCertificateRequest(body.csr);
  // Looked at before the token, so that a bad request does not burn it.
  if (key === null) throw badRequest();
  const consumed = await context.store.hosts.consumeJoinToken(identity.clusterKey, identity.hostId, tokenSha256(body.token), context.clock.now(), publicKeySha256(key));
  if (!consumed) {
    context.logger.warn("join refused", { hostId: identity.hostId, clusterKey: identity.clusterKey });
    throw new GatewayError(403, "JoinTokenRefused", `the join token of ${identity.hostId} is unknown, used, expired or made for another host; boot the host again to get a new one`);
  }
  context.logger.info("host joined", { hostId: identity.hostId, clusterKey: identity.clusterKey });
  return issue(context, identity, body.csr);
}

const badRequest = (): GatewayError => new GatewayError(400, "CertificateRequestInvalid", "csr is not a PEM certificate request for an ECDSA P-256 key signed by that key");

async function issue(context: RouteContext, identity: HostIdentity, csr: string): Promise<object> {
  const issued = context.authority.issueAgentCertificate(csr, identity);
  if (issued === null) throw badRequest();
  await context.store.hosts.markJoined(identity.clusterKey, identity.hostId, certificateSha256(issued.certificatePem));
  return { certificatePem: issued.certificatePem, caPem: context.authority.caPem, notAfterMs: issued.notAfterMs };
}

/** Aborts when nobody waits for the answer any more. */
function callerGone(context: RouteContext, reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once("close", () => {
    gone.abort();
  });
  return AbortSignal.any([gone.signal, context.closing]);
}

async function nextPlan(context: RouteContext, identity: HostIdentity, after: string, signal: AbortSignal): Promise<ServedHostPlan | null> {
  const [generation, epoch] = after.split(":").map(Number);
  const published = await longPoll({
    hosts: context.store.hosts, clock: context.clock, topic: hostTopic(identity), timeoutMsMax: context.pollMsMax, signal,
    look: async () => {
      const served = await context.store.hosts.readPublished(identity.clusterKey, identity.hostId);
      // Anything else than what the agent has: should the store ever be set back, the agent must see it and refuse.
      return served === null || (served.plan.generation === generation && served.executorEpoch === epoch) ? null : served;
    },
  });
  return published === null ? null : render(context, identity, published);
}

async function render(context: RouteContext, identity: HostIdentity, served: ServedHostPlan): Promise<ServedHostPlan> {
  const values: Record<PlaceholderKind, Map<string, string>> = { address: new Map(), secret: new Map(), output: new Map() };
  const wanted = placeholdersOf(served.plan);
  if (wanted.some((each) => each.kind === "address")) {
    for (const { host } of await context.store.hosts.listHosts(identity.clusterKey)) values.address.set(host.hostId, host.address);
  }
  for (const { kind, name } of wanted) {
    if (kind === "address") continue;
    const value = kind === "secret" ? await context.store.vault.readSecret(identity.clusterKey, name) : await context.store.vault.readOutput(identity.clusterKey, name);
    if (value !== null) values[kind].set(name, value);
  }
  const outcome = renderHostPlan(served.plan, values);
  if (outcome.ok) return { executorEpoch: served.executorEpoch, plan: outcome.plan };
  const names = outcome.missing.join(", ");
  context.logger.warn("host plan not served: placeholders without a value", { hostId: identity.hostId, generation: served.plan.generation, placeholders: names });
  throw new GatewayError(409, "PlaceholderUnresolved", `host plan ${String(served.plan.generation)} of ${identity.hostId} is not served: no value for ${names}; the step that stores it has not run`);
}

async function nextRequests(context: RouteContext, identity: HostIdentity, signal: AbortSignal): Promise<readonly HostRequest[]> {
  const taken = await longPoll({
    hosts: context.store.hosts, clock: context.clock, topic: hostTopic(identity), timeoutMsMax: context.pollMsMax, signal,
    look: async () => {
      // What is taken by a caller that went away would be lost.
      if (signal.aborted) return [];
      const requests = await context.store.hosts.takeRequests(identity.clusterKey, identity.hostId, gatewayLimits.requestsMax);
      return requests.length === 0 ? null : requests;
    },
  });
  return taken ?? [];
}

const hostTopic = (identity: HostIdentity): string => `host:${identity.clusterKey}/${identity.hostId}`;
