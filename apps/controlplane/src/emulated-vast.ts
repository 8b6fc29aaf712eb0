// The VAST engine of this process where no real cluster is: over emulated management servers on the hosts of the simulated
// substrate, which take them along when they go. Everything it shows says EMULATED.
import { createVastEngine, type VastEngine } from "@cynosure/engine-vast";
import type { Installation } from "@cynosure/machine";
import type { Substrate } from "@cynosure/substrate";
import { createEmulatedServers } from "./emulated-servers.ts";

/** Of the network of simulated hosts, what those do not take themselves. */
const ADDRESSES = { subnetBits: 24, ranges: [["10.88.0.200", "10.88.0.231"]] } as const;

export interface EmulatedVast {
  readonly engine: VastEngine;
  /** The substrate, whose networks take the servers on them along. */
  readonly substrate: Substrate;
  stopServers(): Promise<void>;
}

export function createEmulatedVast(options: { readonly installation: Installation; readonly projectDir: string; readonly substrate: Substrate }): EmulatedVast {
  const servers = createEmulatedServers(options);
  const { substrate } = options;
  const engine = createVastEngine({
    isEmulated: true,
    locate: servers.locate,
    clientAddresses: () => ADDRESSES,
    benchmark: (_, seconds) => Promise.resolve({ readMBps: 0, writeMBps: 0, seconds, path: "EMULATED: the management server is emulated and no data was moved" }),
  });
  return {
    engine,
    stopServers: () => servers.stopAll(),
    substrate: {
      ...substrate,
      async destroyNetwork(call) {
        const result = await substrate.destroyNetwork(call);
        if (result.kind === "done") await servers.remove(call.clusterKey);
        return result;
      },
    },
  };
}
