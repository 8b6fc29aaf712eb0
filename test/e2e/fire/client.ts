// A client of the cluster as a process of its own: writes records one after another, says each only once it was
// acknowledged, reads earlier ones back all the time, and goes on by itself after every failure. Or checks
// records that were acknowledged before. Orders on standard input, events on standard output.
import { readFileSync, writeSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { sha256 } from "../../../apps/cli/src/verification/seeded-file.ts";
import { recordOf } from "./records.ts";
import type { ClientEvent, ClientOrder, RecordStore, WrittenRecord } from "./records.ts";

/** Leaves the machine to the cluster: this is no benchmark. */
const PACE_MS = 80;
const RETRY_MS = 200;
/** A record is read back soon after it was written, and an old one now and then. */
const READ_BACK_EVERY = 2;
const CHECK_ATTEMPTS_MAX = 20;

const say = (event: ClientEvent): void => void writeSync(1, `${JSON.stringify(event)}\n`);

async function openStore(order: ClientOrder): Promise<RecordStore> {
  if (order.protocol === "nfs") return (await import("./nfs-store.ts")).openNfsStore(order.endpoint, order.place);
  if (order.s3Keys === null) throw new Error("S3 needs keys");
  return (await import("./s3-store.ts")).openS3Store(order.endpoint, order.place, order.s3Keys);
}

/** Until it works: a hard mount never gives up. Answers how many attempts it took. */
async function persist(store: RecordStore, what: string, work: () => Promise<void>): Promise<number> {
  let said = "";
  for (let attempts = 1; ; attempts++) {
    try {
      await work();
      return attempts;
    } catch (error) {
      const text = `${what}: ${error instanceof Error ? error.message : String(error)}${error instanceof Error && error.cause instanceof Error ? ` (${error.cause.message})` : ""}`;
      if (text !== said) say({ kind: "trouble", atMs: Date.now(), text });
      said = text;
      store.reset();
      await pause(RETRY_MS);
    }
  }
}

async function write(order: ClientOrder, store: RecordStore): Promise<never> {
  const written: WrittenRecord[] = [];
  for (let sequence = 1; ; sequence++) {
    const { record, bytes } = recordOf(order.seed, order.protocol, sequence);
    const attempts = await persist(store, `writing ${record.name}`, () => store.write(record.name, bytes));
    say({ kind: "acknowledged", atMs: Date.now(), attempts, ...record });
    written.push(record);
    if (sequence % READ_BACK_EVERY === 0) {
      const earlier = written[sequence % (2 * READ_BACK_EVERY) === 0 ? (sequence * 7919) % written.length : written.length - READ_BACK_EVERY] ?? record;
      let isSame = false;
      await persist(store, `reading ${earlier.name}`, async () => void (isSame = sha256(await store.read(earlier.name)) === earlier.sha256));
      say({ kind: "readBack", atMs: Date.now(), sequence: earlier.sequence, isSame });
    }
    await pause(PACE_MS);
  }
}

async function check(order: ClientOrder, store: RecordStore): Promise<void> {
  const wrong: { name: string; reason: string }[] = [];
  for (const record of order.records) {
    for (let attempt = 1; ; attempt++) {
      try {
        if (sha256(await store.read(record.name)) !== record.sha256) wrong.push({ name: record.name, reason: "SHA-256 differs" });
        break;
      } catch (error) {
        store.reset();
        if (attempt < CHECK_ATTEMPTS_MAX && !/-2\b|ENOENT|404/.test(String(error))) {
          await pause(RETRY_MS);
          continue;
        }
        wrong.push({ name: record.name, reason: error instanceof Error ? error.message : String(error) });
        break;
      }
    }
  }
  say({ kind: "checked", endpoint: order.endpoint.name, same: order.records.length - wrong.length, wrong });
}

// The parent process writes exactly a ClientOrder.
const order = JSON.parse(readFileSync(0, "utf8")) as ClientOrder;
const store = await openStore(order);
if (order.task === "check") await check(order, store);
else await write(order, store);
