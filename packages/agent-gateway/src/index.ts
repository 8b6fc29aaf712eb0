// Public names of the agent gateway.
export { createAuthority } from "./authority.ts";
export type { Authority, AuthoritySource, IssuedAgentCertificate, IssuedServerCertificate } from "./authority.ts";
export { createAgentGateway, gatewayServerName, socketPathBytesMax } from "./gateway.ts";
export type { AgentGateway, AgentGatewayOptions } from "./gateway.ts";
export { identityUri, parseIdentityUri } from "./host-identity.ts";
export type { HostIdentity } from "./host-identity.ts";
export { issueJoinToken, joinTokenLifetimeMs } from "./join-tokens.ts";
export { placeholdersOf, renderHostPlan } from "./placeholders.ts";
export type { Placeholder, PlaceholderKind, PlaceholderValues, RenderOutcome } from "./placeholders.ts";
export { gatewayLimits } from "./routes.ts";
export type { GatewayLogger } from "./routes.ts";
