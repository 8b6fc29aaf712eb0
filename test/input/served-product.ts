// The front half of the product as it is served: real listener on the loopback, real resource providers, a
// real PostgreSQL with the workflow queue in it. Plays the executor's hand between requests.
import { request as httpsRequest, Agent } from "node:https";
import type { IncomingHttpHeaders } from "node:http";
import { randomUUID } from "node:crypto";
import { readManagedIdentity } from "@cynosure/behind-arm";
import { PUBLIC_LIMITS, createThrottle } from "@cynosure/front-door";
import { contractRoutes, createHttpServer } from "@cynosure/http-server";
import { authorizeTenant, createLoopbackCertificate, findFreePort } from "@cynosure/http-server/testkit";
import { createAuthenticate, createTokenIssuer, generateSigningKeyPem, signInRoutes } from "@cynosure/identity";
import { clusterKey } from "@cynosure/model";
import type { ClusterKey } from "@cynosure/model";
import type { QueueStatements } from "@cynosure/resource-store";
import { createStepEnqueuer, launchWorkflows } from "@cynosure/workflow";
import { OWNER, TENANT, openWorld } from "../../packages/resource-providers/src/testkit/world.ts";
import type { World } from "../../packages/resource-providers/src/testkit/world.ts";
import type { Random } from "./seeded-random.ts";
import type { TestRequest, Token } from "./valid-request.ts";

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly durationMs: number;
}

export interface ServedProduct {
  send(request: TestRequest): Promise<Answer>;
  /** Changes with every row that is written, changed or removed, in any table of ours or of the queue. */
  digest(): Promise<string>;
  tables(): Promise<readonly string[]>;
  /** Ends the running plans, some of them badly, as an executor would, and goes on with groups that are being deleted. */
  finishPlans(random: Random): Promise<void>;
  /** Errors that were ours, as the log has them. */
  readonly troubles: readonly unknown[];
  curl(request: TestRequest): string;
  close(): Promise<void>;
}

const ANSWER_TIMEOUT_MS_MAX = 30_000;
const STEPS_PLAYED_MAX = 200;
const HOSTS_COUNT = 3;
const DAY_MS = 86_400_000;
/** Thousands of requests from one client in a minute are what this is for: counted as always, never refused. */
const UNREACHABLE = { capacity: 1_000_000, refillPerSecond: 1_000_000 };
const NEVER_REACHED = { ...PUBLIC_LIMITS, perPrincipal: { reads: UNREACHABLE, writes: UNREACHABLE, deletes: UNREACHABLE } };

async function makeTokens(settings: { tenantId: string; issuer: string; audiences: readonly string[] }) {
  const signingKeyPem = generateSigningKeyPem();
  const clock = { now: () => Date.now(), sleep: () => Promise.resolve() };
  const base = { ...settings, signingKeyPem, lifetimeSeconds: 3600, clock };
  const issuer = await createTokenIssuer(base);
  const principal = { id: OWNER, type: "Application", displayName: "tester" } as const;
  const [audience = ""] = settings.audiences;
  const tokenOf = async (change: Partial<typeof base>): Promise<string> => (await (await createTokenIssuer({ ...base, ...change })).issue(principal, audience)).accessToken;
  const good = await tokenOf({});
  const claims = good.split(".")[1] ?? "";
  const unsigned = `${Buffer.from('{"alg":"none","typ":"JWT"}').toString("base64url")}.${claims}.`;
  const headers: Readonly<Record<Token, string | null>> = {
    good: `Bearer ${good}`,
    none: null,
    garbage: "Bearer not.a.token",
    expired: `Bearer ${await tokenOf({ clock: { ...clock, now: () => Date.now() - DAY_MS } })}`,
    otherTenant: `Bearer ${await tokenOf({ tenantId: randomUUID() })}`,
    otherKey: `Bearer ${await tokenOf({ signingKeyPem: generateSigningKeyPem() })}`,
    unsigned: `Bearer ${unsigned}`,
    long: `Bearer ${"a".repeat(9000)}`,
    basic: "Basic dXNlcjpwYXNz",
  };
  return { issuer, headers };
}

export async function openServedProduct(): Promise<ServedProduct> {
  const late: { queueStatements?: QueueStatements } = {};
  const queueStatements: QueueStatements = async (planId, stepId) => (await late.queueStatements?.(planId, stepId)) ?? [];
  const world = await openWorld(
    { clock: { now: () => Date.now(), sleep: () => Promise.resolve() }, readCredentials: (key) => Promise.resolve({ s3: key.endsWith("meadow") ? { accessKeyId: "AK", secretAccessKey: "SK" } : null }) },
    { queueStatements },
  );
  const { pool, databaseUrl, store } = world.testStore;
  const quiet = (): void => undefined;
  const enqueuer = await createStepEnqueuer({ pool, databaseUrl, log: quiet });
  // The first launch makes the queue's tables; nobody works on the queue here but the hand below.
  const workflows = await launchWorkflows({ pool, databaseUrl, store, enqueueStep: enqueuer.enqueueStep, runStep: () => Promise.resolve(), onLeaseLost: quiet, log: quiet });
  await workflows.close();
  late.queueStatements = enqueuer.queueStatements;

  const port = await findFreePort();
  const baseUrl = `https://127.0.0.1:${port}`;
  const tls = await createLoopbackCertificate({ names: ["127.0.0.1", "localhost"], nowMs: Date.now(), validDays: 1 });
  const { issuer, headers } = await makeTokens({ tenantId: TENANT, issuer: `${baseUrl}/adfs`, audiences: [`${baseUrl}/`] });
  const authenticate = createAuthenticate(issuer);
  const troubles: unknown[] = [];
  const server = createHttpServer({
    baseUrl,
    tls,
    issuer: issuer.issuer,
    namespaces: ["Cynosure.Storage", "Microsoft.Resources"],
    // One thing of a front door before this one: the identities it makes. Who calls is told by the token all the same.
    authenticate: async (request) => {
      const managedIdentity = readManagedIdentity(request.headers);
      return { ...(await authenticate(request)), ...(managedIdentity === undefined ? {} : { managedIdentity }) };
    },
    throttle: createThrottle({ limits: NEVER_REACHED, clock: world.options.clock, isKnownSubscription: () => Promise.resolve(true) }),
    admit: world.frontDoor.admit,
    authorize: authorizeTenant(TENANT),
    routes: [
      ...signInRoutes({ baseUrl, issuer, verifyClient: () => Promise.resolve(null) }),
      ...contractRoutes({ handlers: world.handlers, namespace: "Cynosure.Storage", locations: ["local"], retryAfterSecondsMin: 1 }),
      ...world.frontDoor.routes,
    ],
    log: (entry) => {
      if (entry.error !== undefined) troubles.push(entry.error);
    },
  });
  await server.listen();
  const agent = new Agent({ keepAlive: true, ca: tls.certificatePem, maxSockets: 16 });
  const send = (request: TestRequest): Promise<Answer> => sendTo({ port, agent, authorization: headers[request.token] }, request);
  return {
    send,
    ...tableDigest(pool),
    finishPlans: async (random) => {
      await world.frontDoor.sweepGroups();
      const { rows } = await pool.query<{ cluster_key: string; count: number }>("select p.cluster_key, count(*)::int as count from cynosure.plans p join cynosure.plan_steps s on s.plan_id = p.id where p.status = 'Running' group by 1 order by 1");
      for (const { cluster_key: cluster, count } of rows) {
        if (count > STEPS_PLAYED_MAX || random.chance(0.05)) await world.failPlan(clusterKey(cluster));
        else await world.finishPlan(clusterKey(cluster));
        await furnish(world, clusterKey(cluster));
      }
      await world.frontDoor.sweepGroups();
    },
    troubles,
    curl: (request) => curlOf(baseUrl, request),
    close: async () => {
      agent.destroy();
      await server.close();
      await enqueuer.close();
      await world.close();
    },
  };
}

/** What an executor would have made besides: hosts that can be switched off, and places where people connect. */
async function furnish({ localHosts, testStore }: World, cluster: ClusterKey): Promise<void> {
  const [first] = localHosts.add(cluster, HOSTS_COUNT);
  if (first === undefined) return;
  const endpoints = (["s3", "nfs"] as const).map((protocol, index) => ({ name: `${protocol}-1`, protocol, hostId: first.hostId, address: "127.0.0.1", port: 1 + index }));
  await testStore.store.observations.putEndpoints(cluster, endpoints);
}

function tableDigest(pool: { query(text: string): Promise<{ rows: unknown[] }> }): Pick<ServedProduct, "digest" | "tables"> {
  let statement: string | null = null;
  const tables = async (): Promise<readonly string[]> => {
    const { rows } = await pool.query("select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('cynosure', 'dbos') order by 1");
    return rows.map((row) => (row as { name: string }).name); // the one column asked for
  };
  return {
    tables,
    digest: async () => {
      // A written row has a new transaction id and place, whatever it holds: cheaper than reading it.
      statement ??= (await tables()).map((name) => `select '${name}' as name, count(*) as rows, coalesce(sum(hashtextextended(xmin::text || ctid::text, 0)), 0) as mark from ${name}`).join(" union all ");
      const { rows } = await pool.query(`${statement} order by 1`);
      return JSON.stringify(rows);
    },
  };
}

const pathOf = (request: TestRequest): string => {
  const query = request.query.map(([name, value]) => `${escaped(name)}=${escaped(value)}`).join("&");
  return `/${request.segments.join("/")}${query === "" ? "" : `?${query}`}`;
};
/** Escapes that are broken on purpose stay as they are. */
const escaped = (text: string): string => (text.includes("%") ? text : encodeURIComponent(text).replaceAll("%24", "$"));

function sendTo(where: { port: number; agent: Agent; authorization: string | null }, request: TestRequest): Promise<Answer> {
  const startedAt = performance.now();
  const headers: Record<string, string> = { ...(where.authorization === null ? {} : { authorization: where.authorization }), ...request.headers };
  if (request.body !== null && !request.chunked && headers["content-length"] === undefined && headers["transfer-encoding"] === undefined) headers["content-length"] = String(request.body.length);
  // Without it the body of a DELETE would go out with no frame at all, and be taken for the next request.
  if (request.chunked && request.body !== null && headers["content-length"] === undefined) headers["transfer-encoding"] ??= "chunked";
  return new Promise((resolve, reject) => {
    const outgoing = httpsRequest({ host: "127.0.0.1", port: where.port, agent: where.agent, method: request.method, path: pathOf(request), headers, setHost: !request.hostless, timeout: ANSWER_TIMEOUT_MS_MAX }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(chunks).toString("utf8"), durationMs: performance.now() - startedAt }));
    });
    outgoing.on("timeout", () => outgoing.destroy(new Error(`no answer within ${ANSWER_TIMEOUT_MS_MAX} ms`)));
    outgoing.on("error", reject); // after an answer has come, this changes nothing any more
    outgoing.end(request.body ?? undefined);
  });
}

const CURL_BODY_MAX = 2000;

function curlOf(baseUrl: string, request: TestRequest): string {
  const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
  const headers = Object.entries({ ...(request.token === "none" ? {} : { authorization: `Bearer <${request.token}>` }), ...request.headers }).map(([name, value]) => ` -H ${quote(`${name}: ${value.slice(0, 200)}`)}`);
  const body = request.body?.toString("utf8") ?? "";
  const shown = body.length > CURL_BODY_MAX ? `${body.slice(0, CURL_BODY_MAX)}… (${body.length} characters)` : body;
  return `curl -k --path-as-is -X ${request.method}${headers.join("")}${request.body === null ? "" : ` --data-binary ${quote(shown)}`} ${quote(`${baseUrl}${pathOf(request)}`)}`;
}
