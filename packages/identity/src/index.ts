// Identity: the built-in token issuer and its principals, the issuers trusted besides it, signing in, and
// telling who sends a bearer token.
export * from "./bearer-authentication.ts";
export type { VerifyClient } from "./client-check.ts";
export * from "./client-secret.ts";
export * from "./client-verification.ts";
export { createPrincipalLiveness, LIVENESS_MS_MAX, type IsLivingPrincipal } from "./principal-liveness.ts";
export { portalRoutes, type PortalRoutesOptions } from "./portal/portal-routes.ts";
export { createPortalSessions, type PortalSessions } from "./portal/portal-sessions.ts";
export { createSessionAuthenticate } from "./portal/session-authentication.ts";
export * from "./service-principals.ts";
export * from "./sign-in-routes.ts";
export * from "./token-issuer.ts";
export * from "./token-verifier.ts";
export { parseTrustedIssuers, TrustedIssuerConfigError, type TrustedIssuerConfig } from "./trusted-issuer-config.ts";
export { createTrustedIssuers, type TrustedIssuers } from "./trusted-issuers.ts";
