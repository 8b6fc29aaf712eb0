// `npm run bench -- gateway`: the native gateway beside nginx, in one run, before the same static upstream. Streams are taken turn by
// turn by the same client; small requests go one after the other over one connection. What it takes to load an engine's document is timed in a
// process that did nothing before.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import https from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findFreePort } from "@cynosure/http-server/testkit";
import { CONTROL_PLANE_NODE_FLAGS } from "@cynosure/machine";
import { median, quantile } from "../median.ts";
import { endChild } from "./end-child.ts";
import { benchList } from "./list-views.ts";
import type { ListFigures } from "./list-views.ts";
import { SMALL_PATH, STREAM_BYTES, STREAM_PATH, nginxVersion, startProxy, startStatic } from "./nginx.ts";

const STREAMS = 5;
const SMALL_REQUESTS = 3_000;
const WARM_REQUESTS = 500;
const SAMPLE_EVERY_MS = 20;
/** Of Linux's accounting in /proc. */
const TICKS_PER_SECOND = 100;

interface Side {
  readonly streamMBps: number;
  readonly streamRunsMBps: readonly number[];
  /** Of the proxy alone: what other work on the machine hardly changes. */
  readonly cpuSecondsPerStream: number;
  readonly smallP50Ms: number;
  readonly smallP99Ms: number;
  readonly cpuMicrosecondsPerRequest: number;
}

export interface GatewayFigures {
  readonly nginxVersion: string;
  readonly streamBytes: number;
  readonly nginx: Side;
  readonly gateway: Side;
  readonly streamRatio: number;
  readonly addedP50Ms: number;
  /** Resident memory of the gateway at its most during the streams, over what it was before the last of them began. */
  readonly streamMemoryMiB: { readonly before: number; readonly most: number };
  readonly documentLoadMs: number;
  readonly list: ListFigures;
  readonly bounds: { readonly streamRatio: 0.8; readonly addedP50Ms: 1; readonly documentLoadMs: 300; readonly listRatio: 1.3 };
}

interface Announced {
  readonly port: number;
  readonly gatewayId: string;
  readonly secret: string;
  readonly keyPem: string;
  readonly certificatePem: string;
}

interface Target {
  readonly port: number;
  readonly prefix: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Whose processor time counts. */
  readonly pids: readonly number[];
}

interface Stream {
  readonly megabytesPerSecond: number;
  readonly cpuSeconds: number;
}

const shown = (stream: Stream | undefined): string => `${stream?.megabytesPerSecond.toFixed(0)} MB/s (${stream?.cpuSeconds.toFixed(2)} s of processor time)`;

export async function benchGateway(note: (text: string) => void): Promise<GatewayFigures> {
  const version = nginxVersion();
  if (version === null || spawnSync("curl", ["--version"]).error !== undefined) throw new Error("this benchmark needs nginx and curl beside it: apt-get install nginx-light curl");
  const dir = mkdtempSync(join(tmpdir(), "bench-gateway-"));
  const closers: (() => Promise<unknown>)[] = [];
  try {
    const documentLoadMs = loadDocument();
    note(`document loaded in ${documentLoadMs.toFixed(0)} ms`);
    const upstreamPort = await findFreePort();
    const upstream = await startStatic(join(dir, "static"), upstreamPort);
    closers.push(upstream.close);
    // Run as `cynosure up` runs a control plane.
    const child = spawn(process.execPath, [...CONTROL_PLANE_NODE_FLAGS, join(import.meta.dirname, "gateway-server.ts"), `http://127.0.0.1:${upstreamPort}`], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
    closers.push(() => endChild(child));
    const [announced] = (await once(child, "message")) as [Announced]; // sent by gateway-server
    const proxyPort = await findFreePort();
    const proxy = await startProxy(join(dir, "proxy"), proxyPort, upstreamPort, announced);
    closers.push(proxy.close);
    const nginx: Target = { port: proxyPort, prefix: "", headers: {}, pids: childrenOf(proxy.pid) };
    const gateway: Target = { port: announced.port, prefix: `/clusters/${announced.gatewayId}`, headers: { authorization: `Api-Token ${announced.secret}` }, pids: [child.pid ?? 0] };
    const runs: { nginx: Stream[]; gateway: Stream[] } = { nginx: [], gateway: [] };
    let memory = { before: 0, most: 0 };
    for (let run = 0; run < STREAMS; run += 1) {
      runs.nginx.push(await streamOnce(nginx));
      const before = residentMiB(child.pid ?? 0);
      const watch = watchMemory(child.pid ?? 0);
      runs.gateway.push(await streamOnce(gateway));
      memory = { before, most: Math.max(before, watch()) };
      note(`stream ${run + 1} of ${STREAMS}: nginx ${shown(runs.nginx.at(-1))}, gateway ${shown(runs.gateway.at(-1))}, memory ${memory.before.toFixed(0)} to ${memory.most.toFixed(0)} MiB`);
    }
    const small = { nginx: await smallRequests(nginx), gateway: await smallRequests(gateway) };
    const speeds = (name: "nginx" | "gateway"): readonly number[] => runs[name].map(({ megabytesPerSecond }) => megabytesPerSecond);
    const side = (name: "nginx" | "gateway"): Side => ({ streamMBps: median(speeds(name)), streamRunsMBps: speeds(name), cpuSecondsPerStream: median(runs[name].map(({ cpuSeconds }) => cpuSeconds)), ...small[name] });
    return {
      nginxVersion: version,
      streamBytes: STREAM_BYTES,
      nginx: side("nginx"),
      gateway: side("gateway"),
      streamRatio: median(speeds("gateway")) / median(speeds("nginx")),
      addedP50Ms: small.gateway.smallP50Ms - small.nginx.smallP50Ms,
      streamMemoryMiB: memory,
      documentLoadMs,
      list: await benchList(note),
      bounds: { streamRatio: 0.8, addedP50Ms: 1, documentLoadMs: 300, listRatio: 1.3 },
    };
  } finally {
    for (const close of closers.reverse()) await close();
    rmSync(dir, { recursive: true, force: true });
  }
}

export const renderGateway = (figures: GatewayFigures): string[] => [
  `1 GB over TLS, same upstream, medians: gateway ${figures.gateway.streamMBps.toFixed(0)} MB/s of ${figures.nginxVersion} ${figures.nginx.streamMBps.toFixed(0)} MB/s: ${(figures.streamRatio * 100).toFixed(0)} % (bound 80 %)`,
  `processor time of it: gateway ${figures.gateway.cpuSecondsPerStream.toFixed(2)} s, nginx ${figures.nginx.cpuSecondsPerStream.toFixed(2)} s`,
  `memory of the gateway while streaming: ${figures.streamMemoryMiB.before.toFixed(0)} MiB before, ${figures.streamMemoryMiB.most.toFixed(0)} MiB at most`,
  `small requests p50: gateway ${figures.gateway.smallP50Ms.toFixed(2)} ms, nginx ${figures.nginx.smallP50Ms.toFixed(2)} ms: ${figures.addedP50Ms.toFixed(2)} ms added (bound 1 ms)`,
  `processor time of a small request: gateway ${figures.gateway.cpuMicrosecondsPerRequest.toFixed(0)} µs, nginx ${figures.nginx.cpuMicrosecondsPerRequest.toFixed(0)} µs`,
  `the document of 772 operations loaded in ${figures.documentLoadMs.toFixed(0)} ms (bound 300 ms)`,
  `${figures.list.views} views of an EMULATED engine: ${figures.list.armMs.toFixed(0)} ms through ARM, ${figures.list.nativePagesMs.toFixed(0)} ms natively in the same pages: ${figures.list.ratio.toFixed(2)} (bound 1.3); at once ${figures.list.nativeWholeMs.toFixed(0)} ms: ${figures.list.ratioToWhole.toFixed(2)}`,
];

/** By a client in C, which costs both sides the same and little. */
async function streamOnce({ port, prefix, headers, pids }: Target): Promise<Stream> {
  const cpuBefore = cpuSeconds(pids);
  const child = spawn("curl", ["-sk", "--fail", "-o", "/dev/null", "-w", "%{size_download} %{time_total}", ...Object.entries(headers).flatMap(([name, value]) => ["-H", `${name}: ${value}`]), `https://127.0.0.1:${port}${prefix}${STREAM_PATH}`], { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  child.stdout.on("data", (piece: Buffer) => (text += piece.toString("utf8")));
  await once(child, "close");
  const [bytes = 0, seconds = 1] = text.split(" ").map(Number);
  if (bytes !== STREAM_BYTES) throw new Error(`the stream from port ${port} ended after ${bytes} bytes of ${STREAM_BYTES}`);
  return { megabytesPerSecond: bytes / 1e6 / seconds, cpuSeconds: cpuSeconds(pids) - cpuBefore };
}

async function smallRequests(target: Target): Promise<Omit<Side, "streamMBps" | "streamRunsMBps" | "cpuSecondsPerStream">> {
  const agent = new https.Agent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false });
  const askOnce = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const request = https.request({ host: "127.0.0.1", port: target.port, path: `${target.prefix}${SMALL_PATH}`, headers: target.headers, agent }, (answer) => {
        if (answer.statusCode !== 200) reject(new Error(`port ${target.port} answered ${answer.statusCode}`));
        answer.resume().once("end", resolve);
      });
      request.once("error", reject).end();
    });
  for (let count = 0; count < WARM_REQUESTS; count += 1) await askOnce();
  const cpuBefore = cpuSeconds(target.pids);
  const times: number[] = [];
  for (let count = 0; count < SMALL_REQUESTS; count += 1) {
    const startedAt = performance.now();
    await askOnce();
    times.push(performance.now() - startedAt);
  }
  agent.destroy();
  return { smallP50Ms: median(times), smallP99Ms: quantile(times, 0.99), cpuMicrosecondsPerRequest: ((cpuSeconds(target.pids) - cpuBefore) * 1e6) / SMALL_REQUESTS };
}

const cpuSeconds = (pids: readonly number[]): number =>
  pids.reduce((sum, pid) => {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
    return sum + (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  }, 0);

const residentMiB = (pid: number): number => Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024;

function watchMemory(pid: number): () => number {
  let most = 0;
  const timer = setInterval(() => (most = Math.max(most, residentMiB(pid))), SAMPLE_EVERY_MS);
  return () => {
    clearInterval(timer);
    return most;
  };
}

/** The workers of a master. */
const childrenOf = (pid: number): number[] => readdirSync(`/proc/${pid}/task`).flatMap((task) => readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").trim().split(/\s+/).filter((text) => text !== "").map(Number));

function loadDocument(): number {
  const program = 'const { buildCatalogue } = await import("@cynosure/projection"); const { readFileSync } = await import("node:fs"); const started = performance.now(); const built = buildCatalogue("vast", JSON.parse(readFileSync(new URL(import.meta.resolve("@cynosure/projection/documents/vast.json")), "utf8"))); if (built.operations.length !== 772) throw new Error(`${built.operations.length} operations`); console.log(performance.now() - started);';
  const ran = spawnSync(process.execPath, ["--input-type=module", "-e", program], { cwd: import.meta.dirname, encoding: "utf8" });
  if (ran.status !== 0) throw new Error(`the document was not loaded: ${ran.stderr}`);
  return Number(ran.stdout);
}
