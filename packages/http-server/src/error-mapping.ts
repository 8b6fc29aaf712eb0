// The only place where a kind of error becomes a status code. Unknown errors become one 500 that names
// the request id and nothing of the inside.
import type { ErrorKind } from "@cynosure/model";
import { ControlPlaneError } from "@cynosure/model";
import type { ErrorBody } from "@cynosure/arm-protocol";
import { formatErrorBody, normalizePath } from "@cynosure/arm-protocol";

export const statusOfKind: Readonly<Record<ErrorKind, number>> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  notFound: 404,
  methodNotAllowed: 405,
  conflict: 409,
  preconditionFailed: 412,
  tooLarge: 413,
  unsupportedMediaType: 415,
  tooMany: 429,
  internal: 500,
  unavailable: 503,
  timeout: 504,
};

export interface ErrorAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: ErrorBody;
}

const RETRY_AFTER_SECONDS = "10";

/** Codes of the system and of SQL (class 08, 53, 57P) that say a dependency is away or full, not that we are wrong. */
const AWAY = /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|08\w{3}|53\w{3}|57P\w{2})$/;
const POOL_FULL = "timeout exceeded when trying to connect";

function isAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return ("code" in error && AWAY.test(String(error.code))) || error.message === POOL_FULL;
}

const TARGET_LENGTH_MAX = 300;

/** A refusal always says what it is about: without a field, parameter or header at fault, that is the resource asked for. */
function targetOf(kind: ErrorKind, target: string | undefined, url: string): string {
  if (target !== undefined && target !== "") return target;
  if (kind === "unauthenticated") return "Authorization";
  const path = normalizePath(url.split("?", 1)[0] ?? "");
  let shown = path;
  try {
    shown = decodeURIComponent(path);
  } catch {
    // A broken escape is shown as it came.
  }
  return shown.toWellFormed().slice(0, TARGET_LENGTH_MAX);
}

export function mapError(error: unknown, requestId: string, url: string): ErrorAnswer {
  const away = isAway(error) ? new ControlPlaneError("ServiceUnavailable", "The service cannot reach its database now. Try again; a write may be repeated as it is.", { cause: error }) : null;
  const known = error instanceof ControlPlaneError ? error : away;
  // A step's own failure never answers a request: a handler that lets one through has a bug like any other.
  if (known === null || known.kind === "internal") {
    const message = `The service met an unexpected condition. Try again; if it stays, give the operator the request id ${requestId}.`;
    return { status: 500, headers: {}, body: formatErrorBody({ code: "InternalServerError", message }) };
  }
  // T4: whoever is told to wait may send the same again.
  const waits = known.kind === "unavailable" || known.kind === "tooMany" || known.kind === "timeout";
  return {
    status: statusOfKind[known.kind],
    headers: waits ? { "retry-after": RETRY_AFTER_SECONDS } : {},
    body: formatErrorBody({ code: known.code, message: known.message, target: targetOf(known.kind, known.target, url), details: known.details }),
  };
}
