// What tests of this and other rooms need of a native gateway.
export { openRecordingEngine, type RecordedRequest, type RecordingEngine } from "./recording-engine.ts";
export { openGatewayRig, type GatewayRig, type GatewayRigOptions } from "./gateway-rig.ts";
export { vastCatalogue } from "./vast-catalogue.ts";
