import { describe, expect, it } from "vitest";
import { clusterKey, hostId, installationId } from "@cynosure/model";
import { describeSubstrate, finish, type SubstrateUnderTest } from "@cynosure/substrate/testkit";
import { createSeededRng, createSimulatedClock, createSimulatedSubstrate, createSimulatedWorld, type FaultOptions } from "./index.ts";

function underTest(faults: FaultOptions = {}): SubstrateUnderTest {
  const clock = createSimulatedClock();
  const world = createSimulatedWorld({ clock, rng: createSeededRng("suite"), faults, jitter: 0.2 });
  let clusters = 0;
  return {
    substrate: createSimulatedSubstrate({ world }),
    location: "local",
    newCluster() {
      clusters += 1;
      const key = clusterKey(`/subscriptions/s/resourceGroups/g/providers/Cynosure.Storage/clusters/c${clusters}`);
      return {
        clusterKey: key,
        installationId: installationId("00c0ffee"),
        hostSpec: (index) => ({
          hostId: hostId(`host-${index + 1}`), index, size: "local-small", failureDomain: `host-${index + 1}`, image: { name: "simulated-1.0" },
          disks: [{ name: "disk0", path: "/var/lib/cynosure/disks/disk0", sizeBytes: 1 }],
          boot: { clusterKey: key, hostId: hostId(`host-${index + 1}`), joinToken: `token-${index}`, caPem: "", gatewayUrl: "unix:/none" },
        }),
      };
    },
    sleep: (ms) => clock.advance(ms),
    close: () => Promise.resolve(),
  };
}

describeSubstrate(async () => underTest(), { name: "simulated substrate" });
describeSubstrate(async () => underTest({ lostAnswerRate: 0.3, duplicateRate: 0.3, slowHosts: { "host-2": 5 } }), { name: "simulated substrate with lost answers, duplicates and a slow host" });

describe("simulated substrate", () => {
  const networkOf = async (faults: FaultOptions): Promise<unknown> => {
    const under = underTest(faults);
    const { clusterKey: key, installationId: id } = under.newCluster();
    return finish(() => under.substrate.ensureNetwork({ clusterKey: key, installationId: id, generation: 1, executorEpoch: 1 }), (ms) => under.sleep(ms));
  };
  it("fails where it is told to: for a while, for ever, or by breaking off", async () => {
    expect(await networkOf({ failAt: [{ method: "ensureNetwork", times: 3, how: "retry" }] })).toMatchObject({ kind: "done" });
    expect(await networkOf({ failAt: [{ method: "ensureNetwork", times: Infinity, how: "failed" }] })).toMatchObject({ kind: "failed", error: { code: "SimulatedFailure" } });
    await expect(networkOf({ failAt: [{ method: "ensureNetwork", times: 1, how: "throw" }] })).rejects.toThrow("broke off");
  });
  it("says that it is simulated", () => {
    expect(underTest().substrate.isSimulated).toBe(true);
  });
});
