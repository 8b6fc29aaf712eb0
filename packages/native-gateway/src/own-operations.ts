// Signing in and out of the engine's API, answered by the gateway: its tokens are ours, and whom it signs in is one of its own
// users. The answers have what official clients read.
import type { IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import type { RequestPrincipal } from "@cynosure/arm-protocol";
import type { ClusterKey } from "@cynosure/model";
import { ControlPlaneError } from "@cynosure/model";
import type { StoredGatewayUser } from "@cynosure/resource-store";
import type { GatewayCallers } from "./caller.ts";
import type { GatewayTokens } from "./gateway-tokens.ts";
import type { GatewayAnswer } from "./refusals.ts";

export const SIGN_IN_BYTES_MAX = 16 * 1024;

export interface OwnOperation {
  readonly what: "token" | "refresh" | "login" | "logout";
  readonly request: IncomingMessage;
  readonly cluster: ClusterKey;
  readonly engine: string;
  readonly callers: GatewayCallers;
  readonly tokens: GatewayTokens;
  /** Of those who have signed in already. */
  readonly principal?: RequestPrincipal;
}

export async function answerOurs(own: OwnOperation): Promise<GatewayAnswer> {
  const { what, callers, cluster } = own;
  switch (what) {
    case "token": {
      const body = await readFields(own.request);
      return tokensOf(own, await callers.signIn(field(body, "username"), field(body, "password"), cluster));
    }
    case "refresh":
      return tokensOf(own, await callers.refresh(field(await readFields(own.request), "refresh"), cluster));
    case "login":
      // What may be done is decided for each request; nothing here says more than who it is.
      return { status: 200, body: { id: 0, username: own.principal?.displayName ?? "", user_type: "SUPER_ADMIN", is_active: true, permissions: [], roles: [], tenant_id: null } };
    case "logout":
      // Tokens end by their time, or with their user.
      own.request.resume();
      return { status: 200, body: {} };
  }
}

function tokensOf({ engine, tokens, cluster }: OwnOperation, user: StoredGatewayUser): GatewayAnswer {
  const issue = (kind: "access" | "refresh"): string => tokens.issue({ kind, clusterKey: cluster, userName: user.name, secretId: user.secretId });
  if (engine === "ceph") return { status: 201, body: { token: issue("access"), username: user.name, permissions: {}, pwdExpirationDate: null, sso: false, pwdUpdateRequired: false } };
  return { status: 200, body: { access: issue("access"), refresh: issue("refresh") } };
}

/** JSON or a form: clients send either. */
async function readFields(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const length = Number(request.headers["content-length"] ?? Number.NaN);
  if (!(length <= SIGN_IN_BYTES_MAX)) throw new ControlPlaneError("InvalidRequestContent", `The body has no Content-Length, or is larger than ${SIGN_IN_BYTES_MAX} bytes. Send the few fields of a sign-in only.`);
  const body = await text(request);
  if ((request.headers["content-type"] ?? "").toLowerCase().startsWith("application/x-www-form-urlencoded")) return Object.fromEntries(new URLSearchParams(body));
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === "object" && parsed !== null) return { ...parsed };
  } catch {
    // As for what is no object.
  }
  throw new ControlPlaneError("InvalidRequestContent", "The body is no JSON object. Send the fields of a sign-in as JSON.");
}

function field(body: Readonly<Record<string, unknown>>, name: string): string {
  const value = body[name];
  if (typeof value !== "string" || value === "") throw new ControlPlaneError("InvalidRequestContent", `The field '${name}' is missing. Send it as text.`, { target: name });
  return value;
}
