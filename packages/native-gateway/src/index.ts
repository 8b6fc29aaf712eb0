// Public names of the native gateway.
export { createNativeGateway } from "./gateway.ts";
export type { GatewayAuditEntry, GatewayCluster, NativeGateway, NativeGatewayOptions, OpenedNative } from "./gateway.ts";
export { createClusterNames } from "./cluster-names.ts";
export { GATEWAY_SECRET_DAYS, GATEWAY_USERS_PER_CLUSTER_MAX, putGatewayUser } from "./gateway-users.ts";
export { gatewayUserHandlers, noGatewayUserHandlers, type GatewayUserHandlers } from "./gateway-user-handlers.ts";
export { GATEWAY_DOMAIN, gatewayIdOf } from "./place.ts";
export { formatNativePath, parseNativePath } from "./native-path.ts";
export { INVOKE_NATIVE, requiredRight } from "./required-right.ts";
export type { RequiredRight } from "./required-right.ts";
export { openUrlPull } from "./url-pull.ts";
export type { UrlPullOptions } from "./url-pull.ts";
export { NO_URL_TARGETS, parseUrlTargets } from "./url-targets.ts";
export type { UrlTargets } from "./url-targets.ts";
