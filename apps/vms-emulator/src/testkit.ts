// A client of an emulator for tests: signed in as its first user, over plain HTTP on loopback; and a wait for a condition.
import { setTimeout as sleep } from "node:timers/promises";
import { startVmsEmulator } from "./start.ts";
import type { EmulatorOptions } from "./options.ts";

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

export interface TestClient {
  readonly origin: string;
  call(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Reply>;
  /** The body of an answer that must be good. */
  good(method: string, path: string, body?: unknown): Promise<Readonly<Record<string, unknown>>>;
  rows(path: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** State of a task that is over. */
  ended(answer: Readonly<Record<string, unknown>>): Promise<string>;
  close(): Promise<void>;
}

const WAIT_MS_MAX = 10_000;
const POLL_MS = 5;

export const basic = (username: string, password: string): string => `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;

export async function startForTest(options: EmulatorOptions = {}): Promise<TestClient> {
  const emulator = await startVmsEmulator({ tls: false, delays: { taskMs: 5 }, ...options });
  const call: TestClient["call"] = async (method, path, body, headers = { authorization: basic("admin", "123456") }) => {
    const target = path.startsWith("/api/") || path.startsWith("/__") ? path : `/api/latest${path}`;
    const response = await fetch(`${emulator.origin}${target}`, { method, headers: { "content-type": "application/json", ...headers }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: (response.headers.get("content-type") ?? "").includes("json") ? (JSON.parse(text) as unknown) : text }; // what JSON.parse gives is unknown
  };
  const good: TestClient["good"] = async (method, path, body) => {
    const reply = await call(method, path, body);
    if (reply.status >= 300) throw new Error(`${method} ${path} answered ${reply.status}: ${JSON.stringify(reply.body)}`);
    return (reply.body ?? {}) as Readonly<Record<string, unknown>>; // an object in every answer that tests read
  };
  return {
    origin: emulator.origin,
    call,
    good,
    rows: async (path) => (await good("GET", path)) as unknown as readonly Readonly<Record<string, unknown>>[], // a list by its path
    async ended(answer) {
      const task = answer["async_task"];
      if (typeof task !== "object" || task === null || !("id" in task)) throw new Error(`no task in ${JSON.stringify(answer)}`);
      const deadlineMs = performance.now() + WAIT_MS_MAX;
      while (performance.now() < deadlineMs) {
        const { state } = await good("GET", `/vtasks/${String(task.id)}/`);
        if (state !== "RUNNING") return String(state);
        await sleep(POLL_MS);
      }
      throw new Error(`task ${String(task.id)} runs longer than ${WAIT_MS_MAX} ms`);
    },
    close: () => emulator.close(),
  };
}
