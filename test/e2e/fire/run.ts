// One run under fire: deliver, write, break something, wait until all is well again without a command, and so on;
// at the end every acknowledged record is read through every gateway. Used by the test and by `npm run fire`.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { isNothingLeft } from "@cynosure/machine";
import { draws } from "../../seeded-draws.ts";
import { checkRecords, startClient } from "./client-process.ts";
import type { RunningClient } from "./client-process.ts";
import { ClusterUnderFire, CLUSTER_NAME } from "./cluster.ts";
import type { Health } from "./cluster.ts";
import { CUT_LINK_MS, drawFault, faultKinds, hurtsStorage } from "./faults.ts";
import type { Fault, FaultKind } from "./faults.ts";
import { summary, tableHead, tableRow } from "./report.ts";
import type { FaultReport, FireReport } from "./report.ts";
import type { ClientOrder, Protocol } from "./records.ts";

export const HEALED_MS_MAX = 120_000;
/** What heals later than allowed is reported with its time; what does not heal at all ends the run. */
const LATE_MS_MAX = 60_000;
const QUIET_MS = 8_000;
const POLL_MS = 200;
/** What nobody saw by then was never shown, or healed before it could be. */
const SHOWN_MS_MAX = 15_000;
/** A client goes on for so many records before the next fault. */
const RECORDS_BETWEEN = 5;
const UP_MS_MAX = 300_000;

export interface FireOptions {
  readonly seed: number;
  readonly faults: number;
  /** For trying one kind alone; default: each kind once, then drawn ones. */
  readonly kinds?: readonly FaultKind[];
  readonly say: (line: string) => void;
  /** No fault begins later than this; the report then holds fewer. */
  readonly faultsMsMax?: number;
  /** Ends the run, in order. */
  readonly signal?: AbortSignal;
}

export function faultPlan(count: number, kinds: readonly FaultKind[], draw: () => number): readonly FaultKind[] {
  return Array.from({ length: count }, (_, index) => kinds[index] ?? kinds[Math.floor(draw() * kinds.length)] ?? "osdHost");
}

export async function fire(options: FireOptions): Promise<FireReport> {
  const startedMs = performance.now();
  const cluster = new ClusterUnderFire();
  const { up, ready } = startUp();
  ready.catch(() => {}); // heard where it matters
  const clients: RunningClient[] = [];
  const stopped = new Promise<never>((_, reject) => options.signal?.addEventListener("abort", () => reject(new Error("the run was stopped")), { once: true }));
  stopped.catch(() => {}); // heard where it matters
  try {
    return await Promise.race([burn(options, cluster, ready, clients, startedMs), stopped]);
  } finally {
    for (const client of clients) await client.stop();
    await up.stop();
    const left = cluster.leftovers();
    if (!isNothingLeft(left)) options.say(`left behind: ${JSON.stringify(left)}`);
    if (process.env["CYNOSURE_FIRE_KEEP"] === undefined) cluster.remove();
    else options.say(`kept: ${cluster.dir}`);
  }
}

async function burn(options: FireOptions, cluster: ClusterUnderFire, ready: Promise<string>, clients: RunningClient[], startedMs: number): Promise<FireReport> {
  options.say(await ready);
  const orders = await makeOrders(cluster, String(options.seed));
  const isVerbose = process.env["CYNOSURE_FIRE_VERBOSE"] !== undefined;
  const tell = (protocol: Protocol, text: string): void => {
    if (isVerbose) options.say(`    ${new Date().toISOString().slice(14, 21)} ${protocol}: ${text.slice(0, 160)}`);
  };
  for (const order of orders.writers) clients.push(startClient(order, cluster.installation.imagesDir, tell));
  await goOn(clients, 3 * RECORDS_BETWEEN);
  const quietFromMs = Date.now();
  await pause(QUIET_MS);
  const stall = (protocol: Protocol, fromMs: number, toMs: number): number => (clients.find((client) => client.protocol === protocol)?.longestStallMs(fromMs, toMs) ?? 0) / 1_000;
  const quiet = { seconds: QUIET_MS / 1_000, nfsLongestStallS: stall("nfs", quietFromMs, Date.now()), s3LongestStallS: stall("s3", quietFromMs, Date.now()) };
  for (const line of tableHead) options.say(line);
  const draw = draws(options.seed);
  const faults: FaultReport[] = [];
  for (const kind of faultPlan(options.faults, options.kinds ?? faultKinds, draw)) {
    if (performance.now() - startedMs > (options.faultsMsMax ?? Infinity)) break;
    const report = await under(await drawFault(kind, cluster, draw), cluster, clients, stall, options.say);
    faults.push(report);
    options.say(tableRow(report));
  }
  for (const client of clients) await client.stop();
  const checks: FireReport["checks"][number][] = [];
  for (const order of orders.readers) checks.push(await checkRecords({ ...order, records: clients.find((client) => client.protocol === order.protocol)?.records ?? [] }, cluster.installation.imagesDir));
  const count = (protocol: Protocol): number => clients.find((client) => client.protocol === protocol)?.records.length ?? 0;
  const report: FireReport = {
    seed: options.seed,
    quiet,
    faults,
    written: { nfs: count("nfs"), s3: count("s3") },
    readBacks: clients.reduce((sum, client) => sum + client.readBacks(), 0),
    wrongReads: clients.reduce((sum, client) => sum + client.wrongReads.length, 0),
    checks: checks.map(({ endpoint, same, wrong }) => ({ endpoint, same, wrong })),
    seconds: (performance.now() - startedMs) / 1_000,
  };
  for (const line of summary(report)) options.say(line);
  return report;
}

/** The product's own command, which stays and keeps its control plane running. */
interface Up {
  /** As Ctrl-C does: everything in order. */
  stop(): Promise<void>;
}

function startUp(): { readonly up: Up; readonly ready: Promise<string> } {
  const root = new URL("../../..", import.meta.url).pathname;
  const child = spawn(process.execPath, [join(root, "apps", "cli", "bin", "cynosure.js"), "up", "--rung", "a", "--yes"], { cwd: root, stdio: ["ignore", "pipe", "pipe"], detached: true, env: process.env });
  let said = "";
  const hear = (chunk: Buffer): void => void (said += chunk.toString("utf8"));
  child.stdout.on("data", hear);
  child.stderr.on("data", hear);
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const untilReady = async (): Promise<string> => {
    const deadline = performance.now() + UP_MS_MAX;
    while (!said.includes("Ready. Ctrl-C stops everything")) {
      if (child.exitCode !== null) throw new Error(`cynosure up ended with ${child.exitCode}:\n${said.slice(-3_000)}`);
      if (performance.now() > deadline) throw new Error(`cynosure up was not ready after ${UP_MS_MAX} ms:\n${said.slice(-3_000)}`);
      await pause(POLL_MS);
    }
    return `delivered ${CLUSTER_NAME}: ${/Cluster \S+: (\S+, \d+ hosts)/.exec(said)?.[1] ?? "ready"}`;
  };
  return {
    up: {
      async stop() {
        if (child.exitCode !== null || child.signalCode !== null) return;
        child.kill("SIGINT");
        const code = await ended;
        if (code !== 0 && said.includes("Ready. Ctrl-C")) throw new Error(`cynosure up ended with ${code}:\n${said.slice(-3_000)}`);
      },
    },
    ready: untilReady(),
  };
}

async function makeOrders(cluster: ClusterUnderFire, seed: string): Promise<{ readonly writers: readonly ClientOrder[]; readonly readers: readonly ClientOrder[] }> {
  const arm = cluster.arm();
  const { params } = cluster;
  const fileSystem = (await arm.send("FileSystems_ListByCluster", params, undefined)).body.value[0];
  const bucket = (await arm.send("Buckets_ListByCluster", params, undefined)).body.value[0];
  const { s3 } = (await arm.send("Clusters_ListCredentials", params, undefined)).body;
  const places: Readonly<Record<Protocol, string>> = { nfs: fileSystem?.properties.mountPath ?? "", s3: bucket?.name ?? "" };
  const endpoints = ((await cluster.read()).properties.endpoints ?? []).toSorted((a, b) => a.name.localeCompare(b.name));
  const orderOf = (protocol: Protocol): ClientOrder[] =>
    endpoints.filter((endpoint) => endpoint.protocol === protocol).map(({ name, address, port }) => ({ task: "check" as const, protocol, seed, endpoint: { name, address, port }, place: places[protocol], s3Keys: protocol === "s3" ? s3 : null, records: [] }));
  const readers = [...orderOf("nfs"), ...orderOf("s3")];
  // The first gateway of each protocol is the client's own.
  const writers = (["nfs", "s3"] as const).flatMap((protocol) => readers.filter((order) => order.protocol === protocol).slice(0, 1)).map((order) => ({ ...order, task: "write" as const }));
  return { writers, readers };
}

/** Until every client has had so many more records acknowledged. */
async function goOn(clients: readonly RunningClient[], records: number): Promise<void> {
  const wanted = clients.map((client) => client.records.length + records);
  const hasGoneOn = (client: RunningClient, index: number): boolean => {
    const failure = client.failure();
    if (failure !== null) throw new Error(failure);
    return client.records.length >= (wanted[index] ?? 0);
  };
  await until("every client to go on", () => clients.every(hasGoneOn), () => clients.map((client) => `${client.protocol}: ${client.trouble.at(-1)?.text ?? "no trouble said"}`).join("; "));
}

async function until(what: string, holds: () => boolean, why: () => string): Promise<void> {
  const deadline = performance.now() + HEALED_MS_MAX + LATE_MS_MAX;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`waited ${HEALED_MS_MAX + LATE_MS_MAX} ms for ${what}: ${why()}`);
    await pause(POLL_MS);
  }
}

/** Checks of our own carry our name; all others are Ceph's. */
export const isCephs = (code: string): boolean => !code.startsWith("CYNOSURE_");

interface Seen {
  unhealthyAtMs: number | null;
  cephUnhealthyAtMs: number | null;
  readonly codes: Set<string>;
  healthyAtMs: number | null;
  last: Health | null;
}

async function under(fault: Fault, cluster: ClusterUnderFire, clients: readonly RunningClient[], stall: (protocol: Protocol, fromMs: number, toMs: number) => number, say: (line: string) => void): Promise<FaultReport> {
  const isVerbose = process.env["CYNOSURE_FIRE_VERBOSE"] !== undefined;
  if (isVerbose) say(`    ${new Date().toISOString().slice(14, 21)} ${fault.kind} of ${fault.target}`);
  const injectedMs = Date.now();
  await fault.inject();
  const restored = restore(fault);
  const seen: Seen = { unhealthyAtMs: null, cephUnhealthyAtMs: null, codes: new Set(), healthyAtMs: null, last: null };
  await watch(fault, cluster, injectedMs, seen, restored, (line) => {
    if (isVerbose) say(`    ${new Date().toISOString().slice(14, 21)} ${line.slice(0, 160)}`);
  });
  await restored.done;
  await goOn(clients, RECORDS_BETWEEN);
  const endMs = Date.now();
  const after = (atMs: number | null): number | null => (atMs === null ? null : (atMs - injectedMs) / 1_000);
  return {
    fault: fault.kind,
    target: fault.target,
    unhealthyAfterS: after(seen.unhealthyAtMs),
    cephUnhealthyAfterS: after(seen.cephUnhealthyAtMs),
    shownAs: [...seen.codes].toSorted((a, b) => Number(isCephs(b)) - Number(isCephs(a))),
    healthyAfterS: ((seen.healthyAtMs ?? endMs) - injectedMs) / 1_000,
    nfsLongestStallS: stall("nfs", injectedMs, endMs),
    s3LongestStallS: stall("s3", injectedMs, endMs),
  };
}

/** A cut link comes back after its time; everything else comes back by itself. */
function restore(fault: Fault): { readonly done: Promise<void>; isDone: boolean } {
  const after = fault.kind === "cutLink" ? CUT_LINK_MS : 0;
  const state = { isDone: false, done: pause(after).then(() => fault.restore()) };
  void state.done.then(() => (state.isDone = true), () => {});
  return state;
}

/** Until the cluster was shown unhealthy and is healthy again; what cannot be shown is waited for a while only. */
async function watch(fault: Fault, cluster: ClusterUnderFire, injectedMs: number, seen: Seen, restored: { readonly isDone: boolean }, tell: (line: string) => void): Promise<void> {
  let told = "";
  for (;;) {
    const health = await cluster.health();
    const now = Date.now();
    seen.last = health ?? seen.last;
    const words = health === null ? "no control plane answers" : `${health.status} ${health.checks.map((check) => check.code).join(" ")}`;
    if (words !== told) tell(words);
    told = words;
    const isFresh = health !== null && health.observedAtMs > injectedMs;
    // An engine that is not heard is shown as that: an old word, marked.
    const isSilent = health !== null && health.checks.some((check) => check.code === "CYNOSURE_HEALTH_STALE");
    if ((isFresh || isSilent) && !health.ok) {
      seen.unhealthyAtMs ??= now;
      for (const { code } of health.checks) seen.codes.add(code);
      if (health.checks.some((check) => isCephs(check.code))) seen.cephUnhealthyAtMs ??= now;
      seen.healthyAtMs = null;
    }
    if (isFresh && health.ok) seen.healthyAtMs ??= now;
    const hasShown = seen.unhealthyAtMs !== null || now - injectedMs > (hurtsStorage(fault.kind) ? SHOWN_MS_MAX : 5_000);
    // Well for a moment, not between two troubles.
    if (restored.isDone && hasShown && seen.healthyAtMs !== null && now - seen.healthyAtMs > 2_000) return;
    if (now - injectedMs > HEALED_MS_MAX + LATE_MS_MAX) throw new Error(`${fault.kind} of ${fault.target} is not healed after ${HEALED_MS_MAX + LATE_MS_MAX} ms: ${seen.last === null ? "no health" : `${seen.last.status} ${seen.last.checks.map((check) => `${check.code} ${check.summary}`).join("; ")}`}`);
    await pause(POLL_MS);
  }
}
