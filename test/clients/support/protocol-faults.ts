// What the live validator does not look at: poll headers, ETags, paging, undocumented refusals, the error body.
// Each fault is one line for people. Pure.
import type { DescribedOperation } from "./openapi-operations.ts";
import type { Exchange } from "./record-exchanges.ts";

type Body = Readonly<Record<string, unknown>>;
const isBody = (value: unknown): value is Body => typeof value === "object" && value !== null && !Array.isArray(value);

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Refusals any ARM operation may answer; the documents say `default` for all of them. */
const REFUSALS: readonly number[] = [400, 401, 403, 404, 405, 409, 412, 413, 415, 429, 503];
const TERMINAL: readonly unknown[] = ["Succeeded", "Failed", "Canceled", undefined];

export function protocolFaults(exchange: Exchange, operation: DescribedOperation | null): readonly string[] {
  const parsed = parseJson(exchange.answerBody);
  const body = isBody(parsed) ? parsed : null;
  const { status } = exchange;
  return [
    ...(exchange.answerHeaders["x-ms-request-id"] === undefined ? ["no x-ms-request-id (H4)"] : []),
    ...(status >= 400 ? refusalFaults(exchange, body) : [...pollFaults(exchange, operation, body), ...etagFaults(exchange, body), ...listFaults(exchange, operation, body)]),
    ...(status < 400 && operation !== null && !operation.statuses.includes(String(status)) ? [`answers ${status}, and the document names ${operation.statuses.join(", ")}`] : []),
    ...((status === 204 || (status === 202 && exchange.method === "DELETE")) && exchange.answerBody !== "" ? [`${status} with a body (D1)`] : []),
  ];
}

function refusalFaults({ status, method, answerBody, answerHeaders }: Exchange, body: Body | null): readonly string[] {
  const seconds = answerHeaders["retry-after"];
  const missing = (status === 429 || status === 503) && !/^\d+$/.test(seconds ?? "") ? [`${status} without whole seconds in Retry-After (§11)`] : [];
  if (!REFUSALS.includes(status)) return [...missing, `${status} is no refusal of ARM's table (§11)`];
  if (method === "HEAD") return missing;
  const error = body?.["error"];
  if (body === null || !isBody(error)) return [...missing, `${status} without the error envelope: ${answerBody.slice(0, 100)}`];
  const { code, message } = error;
  return [
    ...missing,
    ...(Object.keys(body).length === 1 ? [] : ["something beside 'error' in the error body (§11)"]),
    ...(typeof code === "string" && /^[A-Z][A-Za-z0-9]+$/.test(code) ? [] : [`the error code '${String(code)}' is not PascalCase`]),
    ...(typeof message === "string" && message !== "" ? [] : ["the error has no message"]),
  ];
}

/** What the tests of a provider behind a front door configure as its public base. */
const CONFIGURED_BASE = "https://management.public.test";
/** A request put into the server without a network: it has no public host. */
const INJECTED_HOST = "localhost:80";
/** Names that belong to nobody: a test tried whether links follow a false Host header. */
const isFalseHost = (host: string): boolean => host.endsWith(".example") || host === "localhost" || host === "127.0.0.1:1";

const isPublicUrl = (url: string | undefined, { requestHeaders }: Exchange): boolean => {
  if (url === undefined || !URL.canParse(url)) return false;
  const host = requestHeaders["host"] ?? "";
  // Behind a front door the base is the referer's or the configured one (H7); a stranger's referer is not heard (H8).
  const bases = [`https://${host}`, requestHeaders["referer"] ?? "", CONFIGURED_BASE].filter((base) => URL.canParse(base));
  const isPublic = host === INJECTED_HOST || isFalseHost(host) || bases.some((base) => new URL(base).host === new URL(url).host);
  return isPublic && new URL(url).searchParams.has("api-version");
};

function pollFaults(exchange: Exchange, operation: DescribedOperation | null, body: Body | null): readonly string[] {
  const { status, method, answerHeaders } = exchange;
  const properties = body?.["properties"];
  const isStarted = method === "PUT" && isBody(properties) && !TERMINAL.includes(properties["provisioningState"]);
  if (status !== 202 && !isStarted) return [];
  // ARM's own deletion of a group is followed at Location alone; a provider gives both.
  const isPoll = method === "GET" || operation?.isFrontDoor === true;
  return [
    ...(status === 202 && !isPublicUrl(answerHeaders["location"], exchange) ? ["202 without an absolute Location on the public host (L5, L6)"] : []),
    ...(!isPoll && !isPublicUrl(answerHeaders["azure-asyncoperation"], exchange) ? [`a started ${method} without an absolute Azure-AsyncOperation on the public host (L6)`] : []),
    ...(/^[1-9]\d*$/.test(answerHeaders["retry-after"] ?? "") ? [] : ["a running operation without whole seconds in Retry-After (L3)"]),
  ];
}

function etagFaults({ answerHeaders }: Exchange, body: Body | null): readonly string[] {
  const inBody = body?.["etag"];
  if (body === null || Array.isArray(body["value"])) return [];
  return answerHeaders["etag"] === inBody ? [] : [`the ETag header is ${answerHeaders["etag"] ?? "absent"}, the body's etag ${String(inBody)} (§10)`];
}

function listFaults(exchange: Exchange, operation: DescribedOperation | null, body: Body | null): readonly string[] {
  if (exchange.method !== "GET" || body === null || !Array.isArray(body["value"])) return [];
  const others = Object.keys(body).filter((name) => name !== "value" && name !== "nextLink");
  const link = body["nextLink"];
  const isLink = typeof link === "string" && isPublicUrl(link, exchange) && /[?&]\$skiptoken=/i.test(link);
  return [
    // `GET /subscriptions` has a count of its own in ARM.
    ...(others.length === 0 || operation?.isFrontDoor === true ? [] : [`a list with more than value and nextLink: ${others.join(", ")} (G3)`]),
    ...(link === undefined || link === null || isLink ? [] : [`a nextLink that cannot be followed: '${String(link)}' (G4)`]),
  ];
}
