// What a handler may know of the request beside parameters and body. The HTTP layer fills it in; handlers
// never see headers.
import type { WriteCondition } from "./etag.ts";

export interface RequestPrincipal {
  readonly id: string;
  readonly type: "User" | "Application";
  readonly displayName: string;
  readonly tenantId: string;
}

export interface RequestContext {
  readonly principal: RequestPrincipal;
  readonly requestId: string;
  readonly correlationId: string;
  readonly apiVersion: string;
  readonly condition: WriteCondition;
  /** Public URL of the service, no trailing slash: the base of every link. */
  readonly baseUrl: string;
}
