// What tests of this and other rooms need to call a provider as Azure Resource Manager does.
export { PUBLIC_BASE, serveProvider, type ServedProvider } from "./served-provider.ts";
export { callProvider, certificateList, makeArmClient, serveDocument } from "./test-arm.ts";
export type { ArmAnswer, ArmCall, DocumentServer, ListedClient } from "./test-arm.ts";
