// Writes down every ARM request and answer of each HTTP server in this process, as the server itself sees them:
// loaded with `--import` into a control plane, or imported by a test that serves in its own process. Sits on
// Node's diagnostics channel, so the product has no hook for it. Secrets are left out before anything is written
// (leave-out-secrets.ts); judging is check-exchanges.ts's.
import { Buffer } from "node:buffer";
import { subscribe } from "node:diagnostics_channel";
import { appendFileSync, mkdirSync, readFileSync, readdirSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { leaveOutSecrets, leaveOutTokens } from "./leave-out-secrets.ts";
import { RECORD_DIR_VARIABLE } from "./record-children.ts";

export interface Exchange {
  readonly method: string;
  readonly url: string;
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly requestBody: string;
  readonly status: number;
  readonly answerHeaders: Readonly<Record<string, string>>;
  readonly answerBody: string;
}

/** Sign-in and metadata are not ARM's. */
const isArm = (url: string): boolean => /^\/+(subscriptions|providers|tenants)\b/i.test(url);
/** A token is nobody's business, also not a test's. */
const isKept = ([name]: readonly [string, unknown]): boolean => !["authorization", "proxy-authorization", "cookie", "set-cookie"].includes(name.toLowerCase());
const flat = (headers: Readonly<Record<string, unknown>>): Record<string, string> => Object.fromEntries(Object.entries(headers).filter(isKept).map(([name, value]) => [name.toLowerCase(), String(value)]));

/** Hands over each exchange once its answer is complete. */
export function recordExchanges(onExchange: (exchange: Exchange) => void): void {
  subscribe("http.server.request.start", (message) => {
    const { request, response } = message as { request: IncomingMessage; response: ServerResponse }; // documented by Node
    if (!isArm(request.url ?? "")) return;
    const asked: Buffer[] = [];
    const answered: Buffer[] = [];
    const push = request.push.bind(request);
    request.push = (chunk: unknown, encoding?: BufferEncoding) => {
      if (Buffer.isBuffer(chunk)) asked.push(chunk);
      return push(chunk, encoding);
    };
    const keep = (chunk: unknown): void => {
      if (typeof chunk === "string") answered.push(Buffer.from(chunk));
      else if (chunk instanceof Uint8Array) answered.push(Buffer.from(chunk));
    };
    const write = response.write.bind(response) as (...args: unknown[]) => boolean; // all its forms are passed on as they come
    const end = response.end.bind(response) as (...args: unknown[]) => ServerResponse; // as above
    let head: Record<string, string> = {};
    const writeHead = response.writeHead.bind(response) as (...args: unknown[]) => ServerResponse; // as above
    response.writeHead = (...args: unknown[]) => {
      // Headers given here are not among `getHeaders()` afterwards.
      const given = args.find((each) => typeof each === "object" && each !== null && !Array.isArray(each));
      head = { ...head, ...flat((given ?? {}) as Record<string, unknown>) };
      return writeHead(...args);
    };
    response.write = (...args: unknown[]) => {
      keep(args[0]);
      return write(...args);
    };
    response.end = (...args: unknown[]) => {
      keep(args[0]);
      return end(...args);
    };
    response.once("finish", () => {
      onExchange({
        method: request.method ?? "",
        url: leaveOutTokens(request.url ?? ""),
        requestHeaders: flat(request.headers),
        requestBody: leaveOutSecrets(Buffer.concat(asked).toString("utf8")),
        status: response.statusCode,
        answerHeaders: { ...flat(response.getHeaders()), ...head },
        answerBody: leaveOutSecrets(Buffer.concat(answered).toString("utf8")),
      });
    });
  });
}

/** All records below a directory, in no order that means anything. A line without its end is of a process that was killed while it wrote. */
export function readExchanges(dir: string): readonly Exchange[] {
  return readdirSync(dir)
    .filter((name) => name.endsWith(".ndjson"))
    .flatMap((name) => readFileSync(join(dir, name), "utf8").split("\n").slice(0, -1))
    .map((line) => JSON.parse(line) as Exchange); // written by this file
}

const dir = process.env[RECORD_DIR_VARIABLE];
if (dir !== undefined && dir !== "") {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  // A pid comes again, in another process or another namespace.
  const path = join(dir, `${process.pid}-${Date.now()}.ndjson`);
  recordExchanges((exchange) => appendFileSync(path, `${JSON.stringify(exchange)}\n`, { mode: 0o600 }));
}
