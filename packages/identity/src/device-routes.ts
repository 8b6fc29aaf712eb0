// Paths of the sign-in with a device code. Open: whoever comes has no token yet.
import { Buffer } from "node:buffer";
import type { RouteAnswer, RouteRequest, ServedRoute } from "@cynosure/http-server";
import { PAGE_HEADERS, describeOutcome, renderDone, renderForm } from "./device-page.ts";
import type { DeviceSignIn } from "./device-sign-in.ts";

const SHOWN_LENGTH_MAX = 200;

export const formOf = (request: RouteRequest): URLSearchParams => new URLSearchParams(Buffer.isBuffer(request.body) ? request.body.toString("utf8") : "");

export const openRoute = (method: "GET" | "POST", path: string, answer: (request: RouteRequest) => Promise<RouteAnswer>): ServedRoute => ({
  method,
  path,
  access: "open",
  takes: method === "POST" ? "form" : "nothing",
  apiVersion: null,
  permission: null,
  answer,
});

export function deviceRoutes(options: { readonly deviceSignIn: DeviceSignIn; readonly codePaths: readonly string[]; readonly pagePath: string }): readonly ServedRoute[] {
  const { deviceSignIn, pagePath } = options;
  return [
    ...options.codePaths.map((path) => openRoute("POST", path, (request) => deviceSignIn.begin(formOf(request)))),
    openRoute("GET", pagePath, ({ query }) => {
      const userCode = (query["user_code"] ?? "").slice(0, SHOWN_LENGTH_MAX);
      return Promise.resolve({ status: 200, headers: PAGE_HEADERS, text: renderForm({ action: pagePath, userCode, clientId: "", trouble: null }) });
    }),
    openRoute("POST", pagePath, (request) => answerPerson(deviceSignIn, pagePath, request)),
  ];
}

async function answerPerson(deviceSignIn: DeviceSignIn, pagePath: string, request: RouteRequest): Promise<RouteAnswer> {
  const form = formOf(request);
  const field = (name: string): string => form.get(name) ?? "";
  const outcome = await deviceSignIn.decide({
    userCode: field("user_code"),
    clientId: field("client_id"),
    clientSecret: field("client_secret"),
    isRefused: field("decision") === "refuse",
    correlationId: request.correlation.correlationId,
  });
  const { status, done, trouble } = describeOutcome(outcome);
  const shown = (name: string): string => field(name).slice(0, SHOWN_LENGTH_MAX);
  const text = done === null ? renderForm({ action: pagePath, userCode: shown("user_code"), clientId: shown("client_id"), trouble }) : renderDone(done.title, done.text);
  return { status, headers: { ...PAGE_HEADERS, ...(status === 429 ? { "retry-after": "60" } : {}) }, text };
}
