// From what projected types answer to what the listener sends: poll URLs, nextLink, and engine output that is no JSON.
import { buildNextLink, longRunningHeaders } from "@cynosure/arm-protocol";
import { NAMESPACE } from "@cynosure/arm-store";
import { operationPollSeconds } from "@cynosure/http-server";
import type { RouteAnswer, RouteRequest } from "@cynosure/http-server";
import type { ProjectedAnswer } from "@cynosure/projected-types";
import { jsonThatFits, requireFit } from "./answer-size.ts";
import { listOf } from "./list-answer.ts";
import type { ProjectedRoutesOptions } from "./options.ts";

/** What an engine sends must not run as a page of this origin. */
const inert = (contentType: string): Readonly<Record<string, string>> => ({ "content-type": contentType, "content-disposition": "attachment", "content-security-policy": "sandbox; default-src 'none'" });

export function formatAnswer(answer: ProjectedAnswer, request: RouteRequest, isKept: boolean, options: Pick<ProjectedRoutesOptions, "retryAfterSecondsMin">): RouteAnswer {
  const headers = { ...(isKept ? {} : { "cache-control": "no-store" }), ...operationHeaders(answer, request, options) };
  if (request.method === "HEAD") return { status: answer.status === 200 ? 204 : answer.status, headers };
  if (answer.text !== undefined) return { status: answer.status, headers: { ...headers, ...inert(answer.text.contentType) }, text: requireFit(answer.text.text, request.requestUrl) };
  if (answer.list !== undefined) return { status: answer.status, headers: { ...headers, "content-type": JSON_TYPE }, ...listOf(answer.list, answer.skipToken, request.requestUrl) };
  if (answer.body === undefined) return { status: answer.status, headers };
  return { status: answer.status, headers: { ...headers, "content-type": JSON_TYPE }, text: jsonThatFits(withNextLink(answer, request), request.requestUrl) };
}

const JSON_TYPE = "application/json; charset=utf-8";

function withNextLink({ body, skipToken }: ProjectedAnswer, request: RouteRequest): unknown {
  if (skipToken === undefined || typeof body !== "object" || body === null) return body;
  return { ...body, nextLink: buildNextLink(request.requestUrl, skipToken) };
}

function operationHeaders({ operation }: ProjectedAnswer, request: RouteRequest, { retryAfterSecondsMin }: Pick<ProjectedRoutesOptions, "retryAfterSecondsMin">): Readonly<Record<string, string>> {
  const { method } = request;
  if (operation === undefined || (method !== "PUT" && method !== "PATCH" && method !== "DELETE" && method !== "POST")) return {};
  const place = {
    baseUrl: request.baseUrl,
    subscriptionId: request.params["subscriptionId"] ?? "",
    namespace: NAMESPACE,
    location: operation.location,
    operationId: operation.id,
    apiVersion: request.apiVersion,
  };
  return longRunningHeaders(method, place, operationPollSeconds(retryAfterSecondsMin));
}
