import { setTimeout as sleep } from "node:timers/promises";
import { describeEngine } from "@cynosure/engine/testkit";
import { startEmulatedCluster } from "./testkit/emulated-cluster.ts";
import { createVastEngine } from "./index.ts";

const none = createVastEngine({ isEmulated: true, locate: () => Promise.resolve(null), clientAddresses: () => null });
let engine = none;

describeEngine(
  () => ({
    // The engine of the live cluster is known when that has started.
    engine: new Proxy(none, { get: (_, key) => Reflect.get(engine, key) as unknown }),
    engineVersion: "5.4",
    async makeLive() {
      const cluster = await startEmulatedCluster(5);
      ({ engine } = cluster);
      return { ...cluster, sleep: (ms) => sleep(Math.min(ms, 20)) };
    },
  }),
  { name: "the VAST engine on an emulated management server" },
);
