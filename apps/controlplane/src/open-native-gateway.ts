// The native gateway of this process: over the stored clusters and gateway users, the rights of the ARM endpoint, and the same
// sealed audit log. The key of its tokens is derived from the installation's master key, so that all control planes share it.
import { hkdfSync } from "node:crypto";
import type { Authenticate, Authorize } from "@cynosure/http-server";
import type { Clock } from "@cynosure/model";
import { createClusterNames, createNativeGateway } from "@cynosure/native-gateway";
import type { NativeGateway, NativeGatewayOptions } from "@cynosure/native-gateway";
import type { Store } from "@cynosure/resource-store";
import { BUILT_IN } from "./built-in.ts";

const KEY_BYTES = 32;

export const gatewayTokenKey = (masterKey: Uint8Array): Uint8Array => new Uint8Array(hkdfSync("sha256", masterKey, "", "cynosure native gateway tokens/1", KEY_BYTES));

export interface OpenNativeGateway {
  readonly native: NativeGatewayOptions["native"];
  readonly store: Store;
  readonly authenticate: Authenticate;
  readonly authorize: Authorize;
  readonly tokenKey: Uint8Array;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}

export function openNativeGateway({ native, store, authenticate, authorize, tokenKey, clock, onError }: OpenNativeGateway): NativeGateway {
  const nowMs = (): number => clock.now();
  return createNativeGateway({
    native,
    findCluster: createClusterNames({ resources: store.resources, nowMs }),
    users: store.gatewayUsers,
    authenticate,
    authorize,
    audit: (entry) => store.transaction((tx) => store.appendAudit({ ...entry, beforeSha256: null }, tx)),
    tokenKey,
    tenantId: BUILT_IN.tenantId,
    nowMs,
    onError,
  });
}
