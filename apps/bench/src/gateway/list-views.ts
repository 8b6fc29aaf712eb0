// A list of 10,000 views through ARM beside the engine's own, in one run and turn by turn: in pages of the same size, and beside all of
// them at once. The engine is the emulator; a faster one makes the share of the second hop larger.
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import https from "node:https";
import { text } from "node:stream/consumers";
import { join } from "node:path";
import { CONTROL_PLANE_NODE_FLAGS } from "@cynosure/machine";
import { median } from "../median.ts";
import { endChild } from "./end-child.ts";

const VIEWS = 10_000;
const PAGE = 1_000;
const ROUNDS = 5;

export interface ListFigures {
  readonly views: number;
  readonly nativePagesMs: number;
  readonly nativeWholeMs: number;
  readonly armMs: number;
  /** ARM to the engine's own pages of the same size. */
  readonly ratio: number;
  /** ARM to all of them in one answer of the engine. */
  readonly ratioToWhole: number;
  readonly engine: "emulated";
}

/** One connection for each side, both under TLS. */
const agent = new https.Agent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false });

function read(url: string, headers: Readonly<Record<string, string>>): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  https.request(url, { headers, agent }, (answer) => {
    text(answer).then((body) => (answer.statusCode === 200 ? resolve(JSON.parse(body)) : reject(new Error(`${url} answered ${answer.statusCode}: ${body.slice(0, 300)}`))), reject);
  }).once("error", reject).end();
  return promise;
}

async function timed(count: () => Promise<number>): Promise<number> {
  const startedAt = performance.now();
  const found = await count();
  if (found !== VIEWS) throw new Error(`${found} views were listed instead of ${VIEWS}`);
  return performance.now() - startedAt;
}

export async function benchList(note: (text: string) => void): Promise<ListFigures> {
  const children: ChildProcess[] = [];
  const start = async (file: string, flags: readonly string[], ...args: readonly string[]): Promise<Readonly<Record<string, string>>> => {
    const child = spawn(process.execPath, [...flags, join(import.meta.dirname, file), ...args], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
    children.push(child);
    const [told] = (await Promise.race([once(child, "message"), once(child, "exit").then(() => Promise.reject(new Error(`${file} ended at once`)))])) as [Readonly<Record<string, string>>]; // sent by that file
    return told;
  };
  try {
    const { origin = "", authorization = "", certificatePem = "" } = await start("list-engine.ts", [], String(VIEWS));
    note(`${VIEWS} views made`);
    const { url = "" } = await start("list-server.ts", CONTROL_PLANE_NODE_FLAGS, origin, authorization, certificatePem);
    const native = { authorization };
    const pages = async (): Promise<number> => {
      let [found, hasMore] = [0, true];
      for (let page = 1; hasMore; page += 1) {
        const body = (await read(`${origin}/api/latest/views/?page=${page}&page_size=${PAGE}`, native)) as { readonly results: readonly unknown[]; readonly next: string | null }; // the engine's envelope
        found += body.results.length;
        hasMore = body.next !== null;
      }
      return found;
    };
    const whole = async (): Promise<number> => ((await read(`${origin}/api/latest/views/`, native)) as readonly unknown[]).length; // a bare list
    const arm = async (): Promise<number> => {
      let found = 0;
      for (let next: string | undefined = url; next !== undefined; ) {
        const body = (await read(next, { authorization: "Bearer bench" })) as { readonly value: readonly unknown[]; readonly nextLink?: string }; // ARM's list
        found += body.value.length;
        next = body.nextLink;
      }
      return found;
    };
    const times = { pages: [] as number[], whole: [] as number[], arm: [] as number[] };
    for (const way of [pages, whole, arm]) await timed(way);
    for (let round = 0; round < ROUNDS; round += 1) {
      times.pages.push(await timed(pages));
      times.arm.push(await timed(arm));
      times.whole.push(await timed(whole));
      note(`list ${round + 1} of ${ROUNDS}: engine ${times.pages.at(-1)?.toFixed(0)} ms in pages, ${times.whole.at(-1)?.toFixed(0)} ms at once, ARM ${times.arm.at(-1)?.toFixed(0)} ms`);
    }
    const [nativePagesMs, nativeWholeMs, armMs] = [median(times.pages), median(times.whole), median(times.arm)];
    return { views: VIEWS, nativePagesMs, nativeWholeMs, armMs, ratio: armMs / nativePagesMs, ratioToWhole: armMs / nativeWholeMs, engine: "emulated" };
  } finally {
    agent.destroy();
    for (const child of children) await endChild(child);
  }
}
