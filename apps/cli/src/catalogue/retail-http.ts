// Fetches pages of a public HTTPS service: each with a deadline and a bound on its size, again after 429 and 5xx as the
// service says and a few times at most, never from another host than was asked. Knows nothing of prices.
import { setTimeout as delay } from "node:timers/promises";
import { CommandError, ExitCode } from "../exit-code.ts";

const PAGE_BYTES_MAX = 32 * 1024 * 1024;
const ATTEMPTS_MAX = 6;
const RETRY_AFTER_SECONDS_MAX = 300;

export interface PageFetch {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  /** Before the second attempt, doubled before each further one, where the service does not say how long to wait. */
  readonly retryDelayMs: number;
  readonly note: (line: string) => void;
}

/** https everywhere; http only to this machine. */
export function checkEndpoint(text: string): URL {
  let url: URL;
  try {
    url = new URL(text);
  } catch (cause) {
    throw new CommandError(ExitCode.usage, `--endpoint is ${JSON.stringify(text.slice(0, 100))}, which is no URL; give one, for example https://prices.azure.com/api/retail/prices`, { cause });
  }
  const isLoopback = ["127.0.0.1", "[::1]", "localhost"].includes(url.hostname);
  if (url.protocol === "https:" || (url.protocol === "http:" && isLoopback)) {
    if (url.username === "" && url.password === "" && url.search === "" && url.hash === "") return url;
    throw new CommandError(ExitCode.usage, "--endpoint carries a user name, a query or a fragment; give the bare URL");
  }
  throw new CommandError(ExitCode.usage, `--endpoint is ${url.origin}; only https is read, and http from this machine`);
}

const unreachable = (message: string, cause?: unknown): CommandError => new CommandError(ExitCode.unreachable, message, { code: "PricesUnreachable", cause });

export async function fetchPage(url: URL, options: PageFetch): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await tryPage(url, options);
    if (outcome.kind === "page") return outcome.body;
    const reason = `${url.origin} ${outcome.reason}`;
    if (attempt >= ATTEMPTS_MAX) throw unreachable(`${reason}, ${ATTEMPTS_MAX} times in a row; try again later`, outcome.cause);
    const waitMs = outcome.retryAfterMs ?? options.retryDelayMs * 2 ** (attempt - 1);
    if (waitMs > RETRY_AFTER_SECONDS_MAX * 1000) throw unreachable(`${reason} and asks to wait ${Math.ceil(waitMs / 1000)} s, more than the ${RETRY_AFTER_SECONDS_MAX} s that are waited; try again later`);
    options.note(`${reason}; again in ${(waitMs / 1000).toFixed(1)} s`);
    await delay(waitMs, undefined, { signal: options.signal });
  }
}

type Outcome = { readonly kind: "page"; readonly body: string } | { readonly kind: "again"; readonly reason: string; readonly retryAfterMs: number | null; readonly cause?: unknown };

async function tryPage(url: URL, { signal, timeoutMs }: PageFetch): Promise<Outcome> {
  const deadline = AbortSignal.timeout(timeoutMs);
  try {
    // A redirect could lead anywhere.
    const response = await fetch(url, { headers: { accept: "application/json" }, redirect: "manual", signal: AbortSignal.any([signal, deadline]) });
    if (response.status === 429 || response.status >= 500) {
      await response.body?.cancel();
      return { kind: "again", reason: `answers ${response.status}`, retryAfterMs: retryAfterMs(response.headers.get("retry-after")) };
    }
    if (response.status !== 200) {
      await response.body?.cancel();
      throw unreachable(`${url.origin} answers ${response.status}${response.status < 400 ? ", a redirect, which is not followed" : ""}; check --endpoint and --regions`);
    }
    return { kind: "page", body: await readBody(response, url) };
  } catch (cause) {
    if (signal.aborted || cause instanceof CommandError) throw signal.aborted ? signal.reason : cause;
    return { kind: "again", reason: deadline.aborted ? `does not answer within ${timeoutMs / 1000} s` : `cannot be reached (${reasonOf(cause)})`, retryAfterMs: null, cause };
  }
}

const reasonOf = (cause: unknown): string => (cause instanceof Error ? (cause.cause instanceof Error ? cause.cause.message : cause.message) : String(cause));

async function readBody(response: Response, url: URL): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > PAGE_BYTES_MAX) throw unreachable(`${url.origin} sends a page of more than ${PAGE_BYTES_MAX} bytes; nothing was kept of it`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** Seconds, or a date. */
function retryAfterMs(header: string | null): number | null {
  if (header === null) return null;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - Date.now());
}
