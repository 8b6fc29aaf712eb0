// The resource provider's own door where Azure Resource Manager stands before it: who is let in, what ARM's
// headers mean, and the paths only ARM calls.
export { armParents, createArmAdmit } from "./admission.ts";
export { createArmAuthenticate, type ArmTrust } from "./arm-authentication.ts";
export { readManagedIdentity, readPrincipal, readPublicUrl, readSystemData, unknownPrincipal } from "./arm-headers.ts";
export { READY_PATH, armRoutes, type ArmRouteOptions } from "./arm-routes.ts";
export { REFRESH_LOOK_EVERY_MS, openArmTrust, type ArmTrustOptions, type OpenArmTrust } from "./arm-trust.ts";
export { createClientCertificates, parseCertificateList, type ClientCertificates } from "./client-certificates.ts";
export { BehindArmConfigError, DELETED_GRACE_HOURS_DEFAULT, DELETED_GRACE_HOURS_MAX, parseBehindArmConfig } from "./configuration.ts";
export type { BehindArmConfig, ClientCertificateTrust, SignedTokenTrust } from "./configuration.ts";
export { fetchDocument, type DocumentSource, type FetchDocument } from "./fetch-document.ts";
export { createSignedTokens, type SignedTokens, type SignedTokensOptions } from "./signed-tokens.ts";
