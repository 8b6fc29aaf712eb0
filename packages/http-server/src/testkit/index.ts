// What tests of this and other rooms need to start a listener.
export { authorizeTenant } from "./authorize-tenant.ts";
export { createLoopbackCertificate, type LoopbackCertificate } from "./loopback-certificate.ts";
export { findFreePort } from "./free-port.ts";
