// The one seam where a caller's right is decided: every request passes it once with the permission of its
// route and the scope it touches. Today each principal of the built-in tenant may do everything; roles
// come behind this function and nowhere else.
import type { RequestPrincipal } from "@cynosure/arm-protocol";

export interface AuthorizationRequest {
  readonly principal: RequestPrincipal;
  /** `Cynosure.Storage/clusters/write` */
  readonly permission: string;
  /** Resource id the request is about. */
  readonly scope: string;
}

export type Authorize = (request: AuthorizationRequest) => Promise<{ readonly allowed: boolean }>;

export const authorizeTenant =
  (tenantId: string): Authorize =>
  ({ principal }) =>
    Promise.resolve({ allowed: principal.tenantId === tenantId });
