// Reading a file from a URL that a caller gave, without letting him reach what only we can reach: https alone, to an address that
// was resolved once and checked, without redirects. Names may resolve to what they like; the connection goes where was looked.
import { lookup } from "node:dns/promises";
import https from "node:https";
import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import { ControlPlaneError } from "@cynosure/model";
import { isAllowedAddress } from "./url-targets.ts";
import type { UrlTargets } from "./url-targets.ts";

export interface UrlPullOptions {
  /** What may be read although it is not public. */
  readonly allowed: UrlTargets;
  /** PEM of authorities besides the public ones. */
  readonly caPem?: string;
  readonly timeoutMsMax?: number;
  readonly signal?: AbortSignal;
  /** Every address of a name. */
  readonly resolve?: (hostname: string) => Promise<readonly string[]>;
}

const TIMEOUT_MS_MAX = 30_000;
const URL_LENGTH_MAX = 8_192;

/** The head of the answer, its body unread. Throws for whatever is not to be read, or answers other than 200. */
export async function openUrlPull(url: string, options: UrlPullOptions): Promise<IncomingMessage> {
  const refuse = (why: string, cause?: unknown): ControlPlaneError => new ControlPlaneError("InvalidParameter", `The URL cannot be read: ${why}.`, { target: "sourceUri", ...(cause === undefined ? {} : { cause }) });
  if (url.length > URL_LENGTH_MAX || !URL.canParse(url)) throw refuse(`it is no URL of at most ${URL_LENGTH_MAX} characters. Give a complete one that begins with https://`);
  const parsed = new URL(url);
  if (parsed.protocol !== "https:") throw refuse("only https is read. Give a URL that begins with https://");
  if (parsed.username !== "" || parsed.password !== "") throw refuse("it holds a name or password before its host. Give a signed URL instead");
  const hostname = parsed.hostname.replace(/^\[|\]$/g, "");
  const addresses = await resolved(hostname, options.resolve ?? resolveAll, refuse);
  // One that is not allowed among several is how a check is led around.
  const wrong = addresses.find((address) => !isAllowedAddress(address, hostname, options.allowed));
  const [address] = addresses;
  if (wrong !== undefined || address === undefined) throw refuse(`'${hostname}' is at ${wrong ?? "no address"}, which is no public address. Use a public one, or have the operator allow it`);
  const answer = await ask(parsed, hostname, address, options, refuse);
  if (answer.statusCode === 200) return answer;
  answer.destroy();
  const isElsewhere = (answer.statusCode ?? 0) >= 300 && (answer.statusCode ?? 0) < 400;
  throw refuse(isElsewhere ? `it answers with a redirect (${answer.statusCode}), which is not followed. Give the URL it leads to` : `it answers with ${answer.statusCode}. Give one that answers 200`);
}

type Refuse = (why: string, cause?: unknown) => ControlPlaneError;

async function resolved(hostname: string, resolve: (hostname: string) => Promise<readonly string[]>, refuse: Refuse): Promise<readonly string[]> {
  if (isIP(hostname) !== 0) return [hostname];
  try {
    return await resolve(hostname);
  } catch (cause) {
    throw refuse(`the name '${hostname}' is not known. Check it`, cause);
  }
}

const resolveAll = async (hostname: string): Promise<readonly string[]> => (await lookup(hostname, { all: true })).map(({ address }) => address);

function ask(url: URL, hostname: string, address: string, options: UrlPullOptions, refuse: Refuse): Promise<IncomingMessage> {
  return new Promise((settle, reject) => {
    const timeoutMsMax = options.timeoutMsMax ?? TIMEOUT_MS_MAX;
    const request = https.request({
      host: address,
      port: url.port === "" ? 443 : Number(url.port),
      path: `${url.pathname}${url.search}`,
      // The certificate must be the name's, wherever it leads.
      ...(isIP(hostname) === 0 ? { servername: hostname } : {}),
      headers: { host: url.host, "accept-encoding": "identity" },
      agent: false,
      timeout: timeoutMsMax,
      ...(options.caPem === undefined ? {} : { ca: options.caPem }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    request.once("timeout", () => request.destroy(new Error(`nothing came for ${timeoutMsMax} ms`)));
    request.once("error", (error) => reject(refuse(`${error.message}. Check that it answers`, error)));
    request.once("response", settle);
    request.end();
  });
}
