// Recorded exchanges against the OpenAPI 2 documents: oav's live validator for shapes, protocol-faults.ts for what
// it misses. Knows which operations should have been recognised, so a document that was not read shows.
import { LiveValidator } from "oav";
import { described, findOperation, listDocuments, openApiRoot } from "./openapi-operations.ts";
import type { DescribedOperation } from "./openapi-operations.ts";
import { parseJson, protocolFaults } from "./protocol-faults.ts";
import type { Exchange } from "./record-exchanges.ts";

export interface ExchangeReport {
  readonly count: number;
  /** Operations of the documents that were asked for. */
  readonly exercised: ReadonlySet<string>;
  /** Operations the live validator recognised. */
  readonly validated: ReadonlySet<string>;
  /** Asked for, but no document describes them: the front door's own. */
  readonly undescribed: ReadonlySet<string>;
  readonly faults: readonly string[];
}

interface Issue {
  readonly code: string;
  readonly message: string;
  readonly pathsInPayload: readonly string[];
}
interface Judged {
  readonly operationInfo?: { readonly operationId?: string };
  readonly errors?: readonly Issue[];
  readonly runtimeException?: { readonly code: string; readonly message: string };
}

let opened: Promise<LiveValidator> | undefined;
/** Reading the documents takes most of a second: once is enough for a process. */
export const openValidator = (): Promise<LiveValidator> => (opened ??= readDocuments());

async function readDocuments(): Promise<LiveValidator> {
  const validator = new LiveValidator({ directory: openApiRoot, swaggerPathsPattern: [...listDocuments()], excludedSwaggerPathsPattern: [], git: { shouldClone: false }, isPathCaseSensitive: false, loadValidatorInInitialize: true, isArmCall: true }, () => undefined);
  await validator.initialize();
  return validator;
}

/** How many operations the validator took from the documents: it says nothing of those it dropped. */
export function countLoaded(validator: LiveValidator): number {
  let count = 0;
  for (const versions of validator.operationSearcher.cache.values()) for (const methods of versions.values()) for (const operations of methods.values()) count += operations.length;
  return count;
}

interface Tolerated {
  readonly why: string;
  readonly side: "request" | "answer" | "both";
  readonly isMeant: (issue: Issue, operation: DescribedOperation, exchange: Exchange) => boolean;
}
const at = ({ pathsInPayload }: Issue): string => pathsInPayload.join();

/** Where the contract asks for more patience than the validator has. */
const tolerated: readonly Tolerated[] = [
  { why: "a GET body is a valid PUT body: az reads, changes and writes back what it got (A3, P4)", side: "request", isMeant: ({ code }) => code === "READONLY_PROPERTY_NOT_ALLOWED_IN_REQUEST" },
  { why: "what the server alone writes is ignored in a request, whatever it is (P4)", side: "request", isMeant: (issue) => /^\/(id|name|type|etag|systemData)\b/.test(at(issue)) },
  {
    why: "az resource create sends the group's location with every type; a child has none",
    side: "request",
    isMeant: (issue, { path }) => issue.code === "OBJECT_ADDITIONAL_PROPERTIES" && at(issue) === "/location" && /\/clusters\/[^/]+\/\w+\//.test(path),
  },
  { why: "names are found in any case (U1), and deleting one that cannot be is deleting nothing (D1)", side: "request", isMeant: (issue) => /^(PATTERN|MIN_LENGTH|MAX_LENGTH)$/.test(issue.code) && at(issue).startsWith("/path/") },
  { why: "media types have no case, and a body nobody reads has no type (H14)", side: "request", isMeant: ({ code }, _operation, { requestHeaders, method }) => code === "INVALID_CONTENT_TYPE" && (method === "DELETE" || /^application\/json\b/i.test(requestHeaders["content-type"] ?? "")) },
  { why: "a refused HEAD has no body, and the documents name no refusals for it", side: "answer", isMeant: ({ code }, _operation, { method, status }) => code === "INVALID_RESPONSE_CODE" && method === "HEAD" && status >= 400 },
  { why: "the front door of a test made these up, and the provider hands back what it is given (H10)", side: "both", isMeant: (issue) => issue.code === "INVALID_FORMAT" && /uuid: made-/.test(issue.message) },
];

const words = (issue: Issue): string => `${issue.code} ${issue.message} at ${at(issue) || "the whole"}`;
const problems = (side: "request" | "answer", judged: Judged, operation: DescribedOperation, exchange: Exchange): readonly string[] => [
  ...(judged.runtimeException === undefined ? [] : [`${side}: ${judged.runtimeException.code} ${judged.runtimeException.message}`]),
  ...(judged.errors ?? []).filter((issue) => !tolerated.some((each) => (each.side === "both" || each.side === side) && each.isMeant(issue, operation, exchange))).map((issue) => `${side}: ${words(issue)}`),
];

/** The validator wants one slash, and the version of the document: front-door types accept every client's. */
function urlFor(operation: DescribedOperation, url: string): string {
  const [path = "", query = ""] = url.replace(/^\/+/, "/").split("?", 2);
  const parameters = query.split("&").filter((each) => !/^api-version=/i.test(each) && each !== "");
  const version = operation.isFrontDoor ? operation.apiVersion : (/(?:^|&)api-version=([^&]*)/i.exec(query)?.[1] ?? "");
  return `${path.replaceAll(/\/\/+/g, "/")}?${[`api-version=${version}`, ...parameters].join("&")}`;
}

async function judge(validator: LiveValidator, exchange: Exchange, operation: DescribedOperation): Promise<{ readonly faults: readonly string[]; readonly recognised: string }> {
  const asked = exchange.requestBody === "" ? undefined : parseJson(exchange.requestBody);
  const answered = exchange.answerBody === "" ? undefined : parseJson(exchange.answerBody);
  const pair = {
    liveRequest: { url: urlFor(operation, exchange.url), method: exchange.method, headers: { ...exchange.requestHeaders }, body: asked },
    liveResponse: { statusCode: String(exchange.status), headers: { ...exchange.answerHeaders }, body: answered },
  };
  // Bodies are whatever came over the wire: judging them is what the call is for.
  const result = await validator.validateLiveRequestResponse(pair as Parameters<LiveValidator["validateLiveRequestResponse"]>[0]);
  const request = result.requestValidationResult as Judged;
  const response = result.responseValidationResult as Judged;
  // A refused request is expected to break the document; an accepted one is not.
  const faults = [...(exchange.status < 400 ? problems("request", request, operation, exchange) : []), ...problems("answer", response, operation, exchange)];
  return { faults, recognised: request.operationInfo?.operationId ?? "" };
}

/** A version no document has is refused before an operation is looked for. */
const isVersionKnown = (operation: DescribedOperation, url: string): boolean => operation.isFrontDoor || new RegExp(`[?&]api-version=${operation.apiVersion}(&|$)`, "i").test(url);

/** `.` and `..` are names to us (and refused); the validator walks the path with them. */
const hasDots = (url: string): boolean => /\/(\.|%2e){1,2}(\/|\?|$)/i.test(url);

export async function checkExchanges(exchanges: readonly Exchange[]): Promise<ExchangeReport> {
  const validator = await openValidator();
  const exercised = new Set<string>();
  const validated = new Set<string>();
  const undescribed = new Set<string>();
  const faults: string[] = [];
  const loaded = countLoaded(validator);
  if (loaded !== described.length) faults.push(`the live validator read ${loaded} operations and the documents have ${described.length}`);
  for (const exchange of exchanges) {
    const operation = findOperation(exchange.method, exchange.url);
    const found = [...protocolFaults(exchange, operation)];
    if (operation === null) undescribed.add(`${exchange.method} ${exchange.url.split("?", 1)[0] ?? ""}`);
    else if (isVersionKnown(operation, exchange.url) && !hasDots(exchange.url)) {
      exercised.add(operation.id);
      const judged = await judge(validator, exchange, operation);
      if (judged.recognised === operation.id) validated.add(operation.id);
      else found.push(`the live validator took it for '${judged.recognised}', not for ${operation.id}`);
      found.push(...judged.faults);
    }
    faults.push(...found.map((fault) => `${exchange.method} ${exchange.url} -> ${exchange.status}: ${fault}`));
  }
  return { count: exchanges.length, exercised, validated, undescribed, faults };
}
