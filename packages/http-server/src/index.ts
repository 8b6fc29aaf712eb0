// HTTP server: ARM over Fastify, sign-in, authorisation seam, error mapping.
export * from "./authentication.ts";
export * from "./authorization.ts";
export * from "./client-secret.ts";
export * from "./contract-routes.ts";
export * from "./error-mapping.ts";
export * from "./front-door-routes.ts";
export * from "./request-body.ts";
export * from "./request-target.ts";
export * from "./route.ts";
export * from "./server.ts";
export * from "./sign-in-routes.ts";
export * from "./token-endpoint.ts";
export * from "./token-issuer.ts";
