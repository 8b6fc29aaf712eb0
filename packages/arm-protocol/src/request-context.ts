// What a handler may know of the request beside parameters and body. The HTTP layer fills it in; handlers
// never see headers.
import type { WriteCondition } from "./etag.ts";

export interface RequestPrincipal {
  readonly id: string;
  readonly type: "User" | "Application";
  readonly displayName: string;
  readonly tenantId: string;
  /** Object ids of the groups the caller's token names; a role given to a group holds for its members. */
  readonly groups?: readonly string[];
}

/** Who made and changed a resource, as the front door says (H9). */
export interface SystemDataStamp {
  readonly createdBy?: string;
  readonly createdByType?: string;
  readonly createdAt?: string;
  readonly lastModifiedBy?: string;
  readonly lastModifiedByType?: string;
  readonly lastModifiedAt?: string;
}

/** The identity the front door made for the resource being written (H10). */
export interface ManagedIdentityStamp {
  readonly principalId: string | null;
  readonly tenantId: string | null;
  readonly identityUrl: string | null;
}

export interface RequestContext {
  readonly principal: RequestPrincipal;
  readonly requestId: string;
  readonly correlationId: string;
  readonly apiVersion: string;
  readonly condition: WriteCondition;
  /** Public URL of the service, no trailing slash: the base of every link. */
  readonly baseUrl: string;
  /** Only where a front door that is trusted sends them. */
  readonly systemData?: SystemDataStamp;
  readonly managedIdentity?: ManagedIdentityStamp;
}
