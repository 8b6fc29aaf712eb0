// What the front door is made of; filled in by the composition root.
import type { Clock, InstallationId } from "@cynosure/model";
import type { Store } from "@cynosure/resource-store";

export interface FrontDoorConfig {
  readonly tenantId: string;
  readonly subscriptionId: string;
  readonly subscriptionName: string;
  readonly installationId: InstallationId;
  readonly locations: readonly { readonly name: string; readonly displayName: string }[];
}

export interface FrontDoorOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** Unguessable. */
  readonly newId: () => string;
  readonly config: FrontDoorConfig;
}
