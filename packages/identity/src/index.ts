// Identity: the built-in token issuer and its principals, signing in, and telling who sends a bearer token.
export * from "./bearer-authentication.ts";
export * from "./client-secret.ts";
export * from "./client-verification.ts";
export * from "./service-principals.ts";
export * from "./sign-in-routes.ts";
export * from "./token-endpoint.ts";
export * from "./token-issuer.ts";
