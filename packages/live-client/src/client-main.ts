// A live client as a process of its own, so that it neither waits for the control plane nor makes it wait. Ends when its
// standard input does, which is also when the control plane was killed, or after the time it was given; then it
// removes what it wrote, as far as the cluster lets it.
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import type { Clock } from "@cynosure/model";
import { runLoad } from "./load.ts";
import type { LiveOrder, LiveWord } from "./messages.ts";
import { Meter } from "./meter.ts";
import type { ObjectStore } from "./object-store.ts";

const SECOND_MS = 1_000;
const CLEAR_MS_MAX = 45_000;
/** Some time after a host was lost a gateway may take 30 s over removing a bucket: the next is asked, and finds done what the first ends late. */
const CLEAR_ATTEMPT_MS_MAX = 5_000;
const AGAIN_MS = 200;
/** A cluster that acknowledges nothing for so long is not coming back while somebody watches. */
const SILENCE_MS_MAX = 600_000;

const clock: Clock = { now: () => Date.now(), sleep: (ms, signal) => pause(ms, undefined, signal === undefined ? {} : { signal }) };
const stopping = new AbortController();
const orders = Promise.withResolvers<LiveOrder>();
createInterface({ input: process.stdin })
  .once("line", (line) => orders.resolve(JSON.parse(line) as LiveOrder)) // written by live-clients.ts
  .once("close", () => stopping.abort(new Error("told to stop")));

const { target, seed, runMsMax } = await orders.promise;
const meter = new Meter(clock.now());
const say = (sample: LiveWord["sample"]): void => {
  const word: LiveWord = { sample, totals: meter.totals() };
  process.stdout.write(`${JSON.stringify(word)}\n`);
};
const seconds = setInterval(() => {
  say(meter.second(clock.now()));
  if (meter.silentMs(clock.now()) > SILENCE_MS_MAX) stopping.abort(new Error("nothing was acknowledged"));
}, SECOND_MS);
const limit = setTimeout(() => stopping.abort(new Error("its time is over")), runMsMax);

/** Loaded when it is spoken: the library of the one is not everywhere. */
async function openStore(): Promise<ObjectStore> {
  if (target.protocol === "nfs") return (await import("./nfs-store.ts")).openNfsStore(target);
  return (await import("./s3-store.ts")).openS3Store(target);
}

const store = await openStore();
await runLoad({ store, meter, clock, seed, signal: stopping.signal });
clearInterval(seconds);
clearTimeout(limit);
say(meter.second(clock.now()));
async function clear(): Promise<void> {
  const over = AbortSignal.timeout(CLEAR_MS_MAX);
  for (;;) {
    try {
      return await store.clear(AbortSignal.any([over, AbortSignal.timeout(CLEAR_ATTEMPT_MS_MAX)]));
    } catch (error) {
      if (over.aborted) throw error;
      store.reset();
      await pause(AGAIN_MS);
    }
  }
}

await clear().catch((error: unknown) => meter.failed(`removing what was written: ${error instanceof Error ? error.message : String(error)}`));
say(null);
// Not waited for: a call that still hangs.
process.stdout.write("", () => process.exit(0));
