// What tests of this and other rooms need to stand up a gateway.
export { makeCertificateRequest } from "./certificate-request.ts";
export type { TestRequest } from "./certificate-request.ts";
export { createMemoryGatewayStore } from "./memory-store.ts";
export type { MemoryGatewayStore } from "./memory-store.ts";
