// An engine's refusal as an ARM error: its words, with the fields it names as targets. Engines answer `{detail}`, `{code, detail}`,
// a map of fields, a bare text or `{error, success}`.
import { ControlPlaneError } from "@cynosure/model";
import type { ErrorCode, ErrorDetail } from "@cynosure/model";
import type { NativeAnswer } from "@cynosure/native-client";
import type { CatalogueOperation } from "@cynosure/projection";
import { isJsonObject } from "./json.ts";
import type { Json } from "./json.ts";

const MESSAGE_LENGTH_MAX = 1_000;
const DETAILS_COUNT_MAX = 50;
const HIDDEN = "***";

const CODES: Readonly<Record<number, ErrorCode>> = {
  400: "InvalidRequestContent",
  401: "ServiceUnavailable",
  403: "OperationNotAllowed",
  404: "ResourceNotFound",
  405: "MethodNotAllowed",
  408: "GatewayTimeout",
  409: "OperationNotAllowed",
  412: "PreconditionFailed",
  413: "RequestEntityTooLarge",
  415: "UnsupportedMediaType",
  423: "OperationNotAllowed",
  429: "TooManyRequests",
  502: "ServiceUnavailable",
  503: "ServiceUnavailable",
  504: "GatewayTimeout",
};

const REMEDIES: Readonly<Partial<Record<ErrorCode, string>>> = {
  InvalidRequestContent: "Mend what it names and send it again.",
  ServiceUnavailable: "Try again; if it lasts, tell the operator.",
  OperationFailed: "Look at the engine's events before you repeat it.",
  OperationNotAllowed: "See the state of what it names, and try again when it has changed.",
};

export function nativeError(engine: string, operation: Pick<CatalogueOperation, "method" | "path">, answer: Pick<NativeAnswer, "status" | "body">, secrets: readonly string[] = []): ControlPlaneError {
  const code = codeOf(answer.status);
  const hide = (text: string): string => secrets.filter((secret) => secret.length > 0).reduce((shown, secret) => shown.replaceAll(secret, HIDDEN), text).slice(0, MESSAGE_LENGTH_MAX);
  const details = fieldsOf(answer.body).slice(0, DETAILS_COUNT_MAX).map(({ target, message }) => ({ code, target, message: hide(message) }));
  const told = answer.status === 401 ? "it did not accept the control plane's own sign-in" : hide(textOf(answer.body) ?? details.map(({ target, message }) => `${target}: ${message}`).join("; "));
  const remedy = REMEDIES[code];
  return new ControlPlaneError(code, `The engine (${engine}) answered ${answer.status} to ${operation.method} ${operation.path}${told === "" ? "" : `: ${told}`}${/[.!?]$/.test(told) ? "" : "."}${remedy === undefined ? "" : ` ${remedy}`}`, {
    ...(details[0] === undefined ? {} : { target: details[0].target }),
    details,
  });
}

function codeOf(status: number): ErrorCode {
  const code = CODES[status];
  if (code !== undefined) return code;
  return status >= 400 && status < 500 ? "InvalidRequestContent" : "OperationFailed";
}

/** What is said as a whole. */
function textOf(body: unknown): string | null {
  if (typeof body === "string") return body.trim();
  if (!isJsonObject(body)) return Array.isArray(body) ? body.map(String).join("; ") : null;
  const told = [body["detail"], body["error"], body["message"]].find((each) => typeof each === "string");
  const code = typeof body["code"] === "string" || typeof body["code"] === "number" ? `${body["code"]}: ` : "";
  return typeof told === "string" ? `${code}${told}` : null;
}

const WHOLE = new Set(["detail", "error", "message", "code", "status", "success", "version", "component", "task", "traceback", "non_field_errors"]);

function fieldsOf(body: unknown): readonly Required<Pick<ErrorDetail, "target" | "message">>[] {
  if (!isJsonObject(body)) return [];
  const ofFields = Object.entries(body).flatMap(([name, value]) => (WHOLE.has(name) ? [] : messages(value).map((message) => ({ target: `properties.${name}`, message }))));
  return [...ofFields, ...messages(body["non_field_errors"]).map((message) => ({ target: "properties", message }))];
}

function messages(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap((each) => messages(each));
  return isJsonObject(value) ? Object.entries(value as Json).flatMap(([name, each]) => messages(each).map((message) => `${name}: ${message}`)) : [];
}
