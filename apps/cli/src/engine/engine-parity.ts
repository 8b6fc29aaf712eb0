// What a cluster says of its engine's own API, in the contract's own types, and who said it.
import type { NativeParity } from "@cynosure/sdk";

export interface EngineParity extends NativeParity {
  readonly clusterName: string;
}
