// What the front door is made of; filled in by the composition root.
import type { Clock, InstallationId } from "@cynosure/model";
import type { OurHandlers } from "@cynosure/arm-store";
import type { RequestContext } from "@cynosure/arm-protocol";
import type { Store } from "@cynosure/resource-store";
import type { ThrottleLimits } from "./throttling/limits.ts";

export interface FrontDoorConfig {
  readonly tenantId: string;
  readonly subscriptionId: string;
  readonly subscriptionName: string;
  readonly installationId: InstallationId;
  readonly locations: readonly { readonly name: string; readonly displayName: string }[];
  /** Types below `clusters` that are served beside the contract's, as the engines of this control plane have them: `clusters/vastViews`. Asked when they are shown. */
  readonly projectedTypes?: () => readonly string[];
}

export interface FrontDoorOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** Unguessable. */
  readonly newId: () => string;
  readonly config: FrontDoorConfig;
  /** The public cloud's numbers unless given. */
  readonly throttleLimits?: ThrottleLimits;
}

export interface MoveRequest {
  readonly source: { readonly subscriptionId: string; readonly resourceGroupName: string };
  /** Id of the group. */
  readonly targetResourceGroup: string;
  /** As the client wrote them; checked to be resources of the source group. */
  readonly resources: readonly string[];
}

/** What the front door asks of the provider behind it; given once both exist, as each needs the other. */
export interface ProviderPort extends Pick<OurHandlers, "Clusters_Delete" | "Clusters_Update"> {
  /** Throws what is in the way of the move. Without it nothing here can be moved. */
  readonly validateMove?: (request: MoveRequest, context: RequestContext) => Promise<void>;
  /** Answers once the resources have their new ids. */
  readonly move?: (request: MoveRequest, context: RequestContext) => Promise<void>;
}
