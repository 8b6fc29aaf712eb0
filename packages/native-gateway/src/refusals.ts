// What the gateway itself answers when it does not forward: in the shape the engine's own clients read. 401 for whatever a
// new sign-in could mend, 403 only for a right that is missing, with the word those clients look for.
import { Buffer } from "node:buffer";
import type { IncomingMessage, ServerResponse } from "node:http";
import { ControlPlaneError } from "@cynosure/model";
import { statusOfKind } from "@cynosure/http-server";

const RETRY_AFTER_SECONDS = "5";
/** How long a refused upload may go on until its connection is cut: a client that only writes would not read the refusal else. */
const DRAIN_MS_MAX = 2_000;

export interface GatewayAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export function refusalOf(error: unknown): GatewayAnswer {
  if (!(error instanceof ControlPlaneError) || error.kind === "internal") return { status: 500, body: { detail: "The gateway met an unexpected condition. Try again; if it stays, tell the operator.", code: "error" } };
  const status = statusOfKind[error.kind];
  if (status === 401) return { status, headers: { "www-authenticate": 'Bearer realm="api"' }, body: { detail: error.message, code: "token_not_valid" } };
  if (status === 403) return { status, body: { detail: error.message, code: "permission_denied" } };
  const waits = status === 503 || status === 504 || status === 429;
  return { status, ...(waits ? { headers: { "retry-after": RETRY_AFTER_SECONDS } } : {}), body: { detail: error.message, code: error.code } };
}

export const permissionDenied = (who: string, what: string, where: string): ControlPlaneError =>
  new ControlPlaneError("AuthorizationFailed", `permission_denied: '${who}' does not have authorization to perform action '${what}' over scope '${where}'. Ask an owner of the scope for a role that holds it.`);

export function sendAnswer(request: IncomingMessage, response: ServerResponse, { status, headers, body }: GatewayAnswer): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const bytes = body === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(body));
  if (!request.complete) endWhenDrained(request, response);
  response.writeHead(status, { ...(body === undefined ? {} : { "content-type": "application/json" }), "content-length": String(bytes.byteLength), "cache-control": "no-store", "x-content-type-options": "nosniff", ...headers });
  response.end(request.method === "HEAD" ? undefined : bytes);
}

function endWhenDrained(request: IncomingMessage, response: ServerResponse): void {
  response.setHeader("connection", "close");
  request.resume();
  const cut = setTimeout(() => request.destroy(), DRAIN_MS_MAX);
  request.once("close", () => clearTimeout(cut));
}
