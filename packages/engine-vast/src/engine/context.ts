// What every action of the engine is handed: the call of the port, the signed-in management server, and how it was composed.
import type { EngineCall, EngineVault } from "@cynosure/engine";
import type { VastEngineOptions } from "./management-server.ts";
import type { Vms } from "./vms.ts";

export interface Context {
  readonly vms: Vms;
  readonly call: EngineCall;
  readonly vault: EngineVault;
  readonly options: VastEngineOptions;
}
