// Starts a client as a process of its own (in the host image where its library is) and keeps what it says:
// acknowledged records, wrong reads, and how long nothing was acknowledged.
import { dirname, join, resolve } from "node:path";
import { findHostImage, run, runInImage } from "@cynosure/machine";
import type { ClientEvent, ClientOrder, Protocol, WrittenRecord } from "./records.ts";

const root = resolve(import.meta.dirname, "..", "..", "..");
const CLIENT_FILE = "test/e2e/fire/client.ts";
const RUN_MS_MAX = 3_600_000;
const NODE_FLAGS = ["--disable-warning=ExperimentalWarning", "--max-old-space-size=128"] as const;

function start(order: ClientOrder, imagesDir: string, signal: AbortSignal | undefined, onEvent: (event: ClientEvent) => void, onNoise: (line: string) => void): Promise<unknown> {
  const onLine = (line: string): void => {
    if (line.startsWith("{")) onEvent(JSON.parse(line) as ClientEvent); // written by client.ts
    else onNoise(line);
  };
  const options = { stdin: JSON.stringify(order), onLine, timeoutMsMax: RUN_MS_MAX, ...(signal === undefined ? {} : { signal }) };
  if (order.protocol === "s3") return run([process.execPath, ...NODE_FLAGS, join(root, CLIENT_FILE)], options);
  const imageDir = findHostImage(imagesDir, "ceph-18.2");
  if (imageDir === null) throw new Error("the host image is not built");
  const binds = [{ from: root, to: "/opt/cynosure" }, { from: dirname(process.execPath), to: "/opt/cynosure-node/bin" }];
  return runInImage({ imageDir, argv: ["/opt/cynosure-node/bin/node", ...NODE_FLAGS, `/opt/cynosure/${CLIENT_FILE}`], binds, network: "machine", ...options });
}

export interface RunningClient {
  readonly protocol: Protocol;
  readonly records: readonly WrittenRecord[];
  readonly wrongReads: readonly number[];
  readonly readBacks: () => number;
  readonly trouble: readonly { readonly atMs: number; readonly text: string }[];
  /** Why the client ended though nobody told it to. */
  failure(): string | null;
  /** The longest time without an acknowledgement that overlaps the span. */
  longestStallMs(fromMs: number, toMs: number): number;
  stop(): Promise<void>;
}

export function startClient(order: ClientOrder, imagesDir: string, onTrouble: (protocol: Protocol, text: string) => void): RunningClient {
  const stopping = new AbortController();
  const records: WrittenRecord[] = [];
  const acknowledgedMs: number[] = [Date.now()];
  const wrongReads: number[] = [];
  const trouble: { atMs: number; text: string }[] = [];
  let readBacks = 0;
  let failure: string | null = null;
  const onEvent = (event: ClientEvent): void => {
    if (event.kind === "acknowledged") {
      const { sequence, name, sizeBytes, sha256 } = event;
      records.push({ sequence, name, sizeBytes, sha256 });
      acknowledgedMs.push(event.atMs);
    } else if (event.kind === "readBack") {
      readBacks += 1;
      if (!event.isSame) wrongReads.push(event.sequence);
    } else if (event.kind === "trouble") {
      trouble.push({ atMs: event.atMs, text: event.text });
      onTrouble(order.protocol, event.text);
    }
  };
  const ended = start(order, imagesDir, stopping.signal, onEvent, (line) => trouble.push({ atMs: Date.now(), text: line })).then(
    () => void (failure = `the ${order.protocol} client ended by itself: ${trouble.slice(-8).map((one) => one.text).join("; ")}`),
    () => undefined, // told to stop
  );
  return {
    protocol: order.protocol,
    records,
    wrongReads,
    readBacks: () => readBacks,
    trouble,
    failure: () => failure,
    longestStallMs: (fromMs, toMs) => longestGap(acknowledgedMs, fromMs, toMs),
    async stop() {
      stopping.abort(new Error("the run is over"));
      await ended;
    },
  };
}

export function longestGap(timesMs: readonly number[], fromMs: number, toMs: number): number {
  let longest = 0;
  for (const [index, time] of timesMs.entries()) {
    const next = timesMs[index + 1] ?? toMs;
    if (next >= fromMs && time <= toMs) longest = Math.max(longest, next - time);
  }
  return longest;
}

/** Reads every record through one endpoint and compares. */
export async function checkRecords(order: ClientOrder, imagesDir: string): Promise<Extract<ClientEvent, { kind: "checked" }>> {
  const found: Extract<ClientEvent, { kind: "checked" }>[] = [];
  const noise: string[] = [];
  await start(order, imagesDir, undefined, (event) => void (event.kind === "checked" && found.push(event)), (line) => noise.push(line));
  const [checked] = found;
  if (checked === undefined) throw new Error(`the check through ${order.endpoint.name} ended without a word: ${noise.slice(-5).join("; ")}`);
  return checked;
}
