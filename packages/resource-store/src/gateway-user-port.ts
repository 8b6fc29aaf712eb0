// Users of a cluster's native gateway, as the store keeps them: who speaks the engine's own API with a secret of ours.
// Of the secret only a digest ever comes here; it is random and long, so one digest is enough.
import type { ClusterKey } from "@cynosure/model";
import type { Transaction } from "./port.ts";

export interface StoredGatewayUser {
  readonly clusterKey: ClusterKey;
  /** Lower case. */
  readonly name: string;
  /** What roles and audit rows name; stays when the secret is renewed. */
  readonly principalId: string;
  /** Public part of the secret. */
  readonly secretId: string;
  readonly secretSha256: string;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
}

export interface GatewayUserStore {
  /** Makes the user, or gives the one of that name the new secret; answers how it is kept. Null when there are `countMax` others already. */
  put(user: StoredGatewayUser, countMax: number, tx: Transaction): Promise<StoredGatewayUser | null>;
  find(cluster: ClusterKey, name: string): Promise<StoredGatewayUser | null>;
  /** By name. */
  list(cluster: ClusterKey): Promise<readonly StoredGatewayUser[]>;
  /** True when there was one. */
  remove(cluster: ClusterKey, name: string, tx: Transaction): Promise<boolean>;
}
