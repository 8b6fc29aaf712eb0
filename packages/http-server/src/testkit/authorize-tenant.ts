// For tests of anything but roles: everybody of the tenant may do everything.
import type { Authorize } from "../authorization.ts";

export const authorizeTenant =
  (tenantId: string): Authorize =>
  ({ principal }) =>
    Promise.resolve({ allowed: principal.tenantId === tenantId });
