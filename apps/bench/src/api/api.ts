// `npm run bench -- api`: the product's requests per second as shares of a bare server's doing only the statement
// that cannot be left out, in one run on one database. Slices alternate, so that what the machine does
// meanwhile falls on both; the figure is the median of the slices' ratios. Nothing is judged here.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeSkipToken } from "@cynosure/arm-protocol";
import { createLoopbackCertificate, findFreePort } from "@cynosure/http-server/testkit";
import { startEmbeddedPostgres } from "@cynosure/machine";
import { installationId } from "@cynosure/model";
import { openPool, openStore } from "@cynosure/resource-store";
import { launchWorkflows } from "@cynosure/workflow";
import { median } from "../median.ts";
import { type Latency, type LoadOptions, type LoadRequest, type LoadResult, measureLatency, runLoad } from "./load.ts";
import { GROUP_ID, SEALING_KEY, clusterBody, clusterIdOf, clusterNameOf, populate } from "./population.ts";
import { type RunningServer, startServer } from "./server-process.ts";

const CLUSTERS = 10_000;
const WARM_UP_SECONDS = 3;
/** V8 goes on compiling for the first 20,000 requests or so, on the processors that the servers need: with 3 s the first slices showed twice the p99 of the last. */
const LATENCY_WARM_UP_SECONDS = 15;

export interface ApiFigures {
  readonly clusters: number;
  readonly slices: number;
  readonly secondsPerSlice: number;
  /** Requests per second, the median of the slices. */
  readonly requestsPerSecond: Readonly<Record<string, { readonly product: number; readonly baseline: number }>>;
  readonly getLatencyMs: { readonly p50: number; readonly p99: number };
  /** The bare server's, so that what the machine adds to a tail can be told from what we do. */
  readonly bareGetLatencyMs: { readonly p50: number; readonly p99: number };
  readonly ratios: Readonly<Record<string, number>>;
}

export interface ApiOptions {
  readonly slices: number;
  readonly secondsPerSlice: number;
  readonly note: (text: string) => void;
}

const anyName = (): string => clusterNameOf(Math.floor(Math.random() * CLUSTERS));

let made = 0;
const newName = (): string => `n${process.pid.toString(36)}-${(made += 1).toString(36)}`;

const product = {
  get: (): LoadRequest => ({ method: "GET", path: `${clusterIdOf(anyName())}?api-version=2026-12-01` }),
  list: (): LoadRequest => ({ method: "GET", path: `${GROUP_ID}/providers/Cynosure.Storage/clusters?api-version=2026-12-01&$top=50&$skiptoken=${encodeSkipToken(clusterIdOf(anyName()).toLowerCase())}` }),
  put: (): LoadRequest => {
    const name = newName();
    return { method: "PUT", path: `${clusterIdOf(name)}?api-version=2026-12-01`, body: JSON.stringify(clusterBody(name)) };
  },
};
const baseline = {
  get: (): LoadRequest => ({ method: "GET", path: `/one/${anyName()}` }),
  list: (): LoadRequest => ({ method: "GET", path: `/fifty?after=${anyName()}` }),
  put: (): LoadRequest => {
    const name = newName();
    return { method: "PUT", path: `/one/${name}`, body: JSON.stringify(clusterBody(name)) };
  },
};

type Kind = keyof typeof product;

export async function benchApi(options: ApiOptions): Promise<ApiFigures> {
  const scratch = mkdtempSync(join(tmpdir(), "cynosure-bench-api-"));
  const closers: (() => Promise<void>)[] = [];
  try {
    return await measure(options, await open(scratch, options.note, closers));
  } finally {
    for (const close of closers.toReversed()) await close();
    rmSync(scratch, { recursive: true, force: true });
  }
}

interface Servers {
  readonly product: RunningServer;
  /** Started when roles are measured: until then one control plane hears of the writes, as in an installation. Then two of one age are compared: one
   *  that has served lists and writes differs from a fresh one in more than roles. */
  readonly startAnother: (how: { readonly withoutRoles: boolean }) => Promise<RunningServer>;
  readonly baseline: RunningServer;
}

async function open(scratch: string, note: (text: string) => void, closers: (() => Promise<void>)[]): Promise<Servers> {
  note("starting PostgreSQL");
  const postgres = await startEmbeddedPostgres({ dataDir: join(scratch, "postgres"), installationId: installationId("0badcafe"), logFile: join(scratch, "postgres.log"), database: "bench" });
  closers.push(() => postgres.stop());
  note(`making ${CLUSTERS} clusters`);
  await prepare(postgres.url);
  const [keyFile, certificateFile] = [join(scratch, "key.pem"), join(scratch, "certificate.pem")];
  const certificate = await createLoopbackCertificate({ names: ["127.0.0.1"], nowMs: Date.now(), validDays: 1 });
  writeFileSync(keyFile, certificate.keyPem, { mode: 0o600 });
  writeFileSync(certificateFile, certificate.certificatePem);
  const given = { databaseUrl: postgres.url, keyFile, certificateFile, parentKey: GROUP_ID.toLowerCase() };
  const start = async (file: "baseline-server.ts" | "product-server.ts", more: { withoutRoles?: boolean } = {}): Promise<RunningServer> => {
    const server = await startServer(file, { ...given, ...more, port: await findFreePort() });
    closers.push(() => server.close());
    return server;
  };
  return { baseline: await start("baseline-server.ts"), product: await start("product-server.ts"), startAnother: (how) => start("product-server.ts", how) };
}

async function prepare(databaseUrl: string): Promise<void> {
  const pool = openPool(databaseUrl, { connectionsMax: 8, applicationName: "bench" });
  const quiet = (): void => undefined;
  const store = await openStore({ pool, masterKey: SEALING_KEY, queueStatements: () => Promise.resolve([]) });
  // The first launch makes the queue's tables; nobody works on the queue afterwards.
  const workflows = await launchWorkflows({ pool, databaseUrl, store, enqueueStep: () => Promise.resolve(), runStep: () => Promise.resolve(), onLeaseLost: quiet, log: quiet });
  await workflows.close();
  await populate(store, CLUSTERS);
  // The bare transaction writes a table of its own: what a write of the product's announces is no part of it.
  await pool.query("create schema bench; create table bench.resources (like cynosure.resources including all); insert into bench.resources select * from cynosure.resources");
  await pool.query("vacuum analyze");
  await store.close();
  await pool.end();
}

async function measure({ slices, secondsPerSlice, note }: ApiOptions, servers: Servers): Promise<ApiFigures> {
  const run = (server: RunningServer, next: LoadOptions["next"], seconds: number, kind: Kind): Promise<LoadResult> =>
    runLoad({ baseUrl: server.baseUrl, token: server.token, seconds, next, expectedStatus: kind === "put" ? [200, 201] : [200] });
  const figures: Record<string, { product: number; baseline: number }> = {};
  const ratios: Record<string, number> = {};
  const compare = async (name: string, kind: Kind, one: readonly [RunningServer, LoadOptions["next"]], other: readonly [RunningServer, LoadOptions["next"]]): Promise<void> => {
    note(name);
    for (const [server, next] of [one, other]) await run(server, next, WARM_UP_SECONDS, kind);
    const pairs: { product: number; baseline: number }[] = [];
    for (let slice = 0; slice < slices; slice += 1) {
      const ours = await run(...one, secondsPerSlice, kind);
      const bare = await run(...other, secondsPerSlice, kind);
      pairs.push({ product: ours.requestsPerSecond, baseline: bare.requestsPerSecond });
    }
    figures[name] = { product: median(pairs.map((pair) => pair.product)), baseline: median(pairs.map((pair) => pair.baseline)) };
    ratios[name] = median(pairs.map((pair) => pair.product / pair.baseline));
  };
  // First, while the store holds those 10,000 and nothing vacuums what the writes below leave behind.
  const [ours, bare] = await compareLatencies(servers, { slices, secondsPerSlice, note });
  for (const kind of ["get", "list", "put"] as const) await compare(kind, kind, [servers.product, product[kind]], [servers.baseline, baseline[kind]]);
  // Here the baseline is the product without roles.
  const withRoles = await servers.startAnother({ withoutRoles: false });
  await compare("getWithRolesToWithout", "get", [withRoles, product.get], [await servers.startAnother({ withoutRoles: true }), product.get]);
  ratios["getP99ToP50"] = ours.p99 / ours.p50;
  return { clusters: CLUSTERS, slices, secondsPerSlice, requestsPerSecond: figures, getLatencyMs: ours, bareGetLatencyMs: bare, ratios };
}

interface Percentiles {
  readonly p50: number;
  readonly p99: number;
}

/** Below saturation: with every processor taken a latency says how long the queue was. Medians of the slices. */
async function compareLatencies(servers: Servers, { slices, secondsPerSlice, note }: ApiOptions): Promise<readonly [ours: Percentiles, bare: Percentiles]> {
  note("latency");
  const [ours, bare]: [Latency[], Latency[]] = [[], []];
  const measureOurs = (seconds: number): Promise<Latency> => measureLatency(servers.product, seconds, () => product.get().path);
  const measureBare = (seconds: number): Promise<Latency> => measureLatency(servers.baseline, seconds, () => baseline.get().path);
  for (const warmUp of [measureOurs, measureBare]) await warmUp(LATENCY_WARM_UP_SECONDS);
  for (let slice = 0; slice < slices; slice += 1) {
    ours.push(await measureOurs(secondsPerSlice));
    bare.push(await measureBare(secondsPerSlice));
  }
  const middle = (latencies: readonly Latency[]): Percentiles => ({ p50: median(latencies.map((each) => each.p50Ms)), p99: median(latencies.map((each) => each.p99Ms)) });
  return [middle(ours), middle(bare)];
}
