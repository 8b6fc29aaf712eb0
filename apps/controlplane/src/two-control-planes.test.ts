import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { ControlPlaneError, clusterKey, done, installationId } from "@cynosure/model";
import type { LiveClients, LiveReport, LiveTarget } from "@cynosure/model";
import type { Store } from "@cynosure/resource-store";
import { createSeededRng, createSimulatedClock, createSimulatedSubstrate, createSimulatedWorld } from "@cynosure/simulated";
import type { SubstrateCall } from "@cynosure/substrate";
import type { Workflows } from "@cynosure/workflow";
import { keepExecutor } from "./executor-keeper.ts";
import { fenceStore } from "./fenced-store.ts";
import { liveClientsOfLeader, serveLeaderCalls, throughLeader } from "./leader-calls.ts";
import { systemClock } from "./system-clock.ts";

const scratch = mkdtempSync(join(tmpdir(), "cynosure-leader-calls-"));
afterAll(() => rmSync(scratch, { recursive: true }));

describe("an executor that is kept", () => {
  /** Workflows that remember how they were launched and closed. */
  const stage = (options: { readonly failures?: number; readonly isStuck?: boolean } = {}) => {
    const events: string[] = [];
    const relaunched = Promise.withResolvers<void>();
    const stuck = Promise.withResolvers<Error>();
    let lose: (reason: Error) => void = () => {};
    let failures = options.failures ?? 0;
    const start = () =>
      keepExecutor({
        processName: "cp-x",
        clock: options.isStuck === true ? { now: () => 0, sleep: async () => {} } : systemClock,
        log: (event) => void (event === "lease taken anew" && relaunched.resolve()),
        onStuck: stuck.resolve,
        launch: async (executorId, onLost): Promise<Workflows> => {
          if (events.length > 0 && failures > 0) {
            failures -= 1;
            throw new Error("the database is away");
          }
          events.push(`launch ${executorId}`);
          lose = onLost;
          return { executorId, isLeaseHeld: () => true, close: async () => (options.isStuck === true ? new Promise<void>(() => {}) : void events.push(`close ${executorId}`)) };
        },
      });
    return { events, start, lose: () => lose(new Error("cut")), relaunched: relaunched.promise, stuck: stuck.promise };
  };

  it("is closed and launched under a new id when its lease is lost, as often as the database refuses", async () => {
    const { events, start, lose, relaunched } = stage({ failures: 2 });
    const keeper = await start();
    lose();
    await relaunched;
    expect(events).toEqual(["launch cp-x.1", "close cp-x.1", "launch cp-x.4"]);
    await keeper.close();
    expect(events.at(-1)).toBe("close cp-x.4");
  });

  it("gives the process up when the old executor does not stop", async () => {
    const { start, lose, stuck, events } = stage({ isStuck: true });
    await start();
    lose();
    expect((await stuck).message).toContain("cp-x.1 lost its lease and did not stop");
    expect(events).toEqual(["launch cp-x.1"]);
  });
});

describe("the store of a lost executor", () => {
  it("refuses every call, in every part, and passes all of them on while the lease is held", async () => {
    const calls: string[] = [];
    let isHeld = true;
    const part = { complete: async (plan: string) => void calls.push(plan) };
    // Only what is called below.
    const fenced = fenceStore({ steps: part, transaction: async (work: () => unknown) => work() } as unknown as Store, () => isHeld);
    await fenced.steps.complete("p1" as never, "s" as never);
    isHeld = false;
    expect(() => fenced.steps.complete("p2" as never, "s" as never)).toThrow(/lost its lease/);
    expect(() => fenced.transaction(async () => {})).toThrow(/lost its lease/);
    expect(calls).toEqual(["p1"]);
  });
});

describe("what only the leader may do", () => {
  const silent: LiveReport = { isRunning: false, protocol: null, startedAtMs: null, samples: [], bytesWritten: 0, bytesRead: 0, objectsVerified: 0, corruptObjects: 0, longestStallMs: 0, lastError: null };
  const nobody = (): Promise<never> => Promise.reject(new Error("not here"));
  const noClients: LiveClients = { start: nobody, stop: nobody, read: nobody };
  const world = createSimulatedWorld({ clock: createSimulatedClock(), rng: createSeededRng("leader"), durationFactor: 0 });
  const substrate = createSimulatedSubstrate({ world });
  const call = (executorEpoch: number): SubstrateCall => ({ clusterKey: clusterKey("/subscriptions/s/resourceGroups/g/providers/Cynosure.Storage/clusters/c"), installationId: installationId("00000000"), generation: 1, executorEpoch });

  it("is done by the leader when another asks, with its answer and its fence, through a socket for the owner alone", async () => {
    const socketPath = join(scratch, "leader.sock");
    const server = await serveLeaderCalls(socketPath, { simulated: substrate }, noClients);
    expect(statSync(socketPath).mode & 0o777).toBe(0o600);
    const follower = throughLeader(substrate, socketPath, () => false);
    expect(await follower.ensureNetwork(call(3))).toEqual(done(undefined));
    expect(await follower.ensureEndpoints(call(3), [])).toEqual(done([]));
    expect(await follower.ensureEndpoints(call(2), [])).toMatchObject({ kind: "failed", error: { code: "StaleExecutor" } });
    expect(await follower.destroyNetwork(call(3))).toEqual({ kind: "done" });
    await server.close();
  });

  it("waits while nobody leads, and is done here when this one leads", async () => {
    const none = join(scratch, "none.sock");
    expect(await throughLeader(substrate, none, () => false).ensureEndpoints(call(3), [])).toMatchObject({ kind: "waiting", waitingOn: expect.stringContaining("leads this installation") });
    expect(await throughLeader(substrate, none, () => true).ensureEndpoints(call(3), [])).toEqual(done([]));
    const stopped = new AbortController();
    stopped.abort(new Error("stopped"));
    await expect(throughLeader(substrate, none, () => false).ensureEndpoints({ ...call(3), signal: stopped.signal }, [])).rejects.toThrow();
  });

  it("is also to run live clients: another control plane hears of the one that runs, and of a refusal in its own words", async () => {
    const socketPath = join(scratch, "live.sock");
    const target: LiveTarget = { protocol: "s3", endpoints: [], bucket: "b", s3Keys: { accessKeyId: "a", secretAccessKey: "s" } };
    const started: LiveTarget[] = [];
    const own: LiveClients = {
      start: async (_cluster, asked) => {
        started.push(asked);
        if (started.length > 1) throw new ControlPlaneError("OperationNotAllowed", "as many as may run");
        return { ...silent, isRunning: true };
      },
      stop: async () => silent,
      read: async () => ({ ...silent, objectsVerified: 7 }),
    };
    const server = await serveLeaderCalls(socketPath, {}, own);
    const follower = liveClientsOfLeader(noClients, socketPath, () => false);
    const { clusterKey: cluster } = call(1);
    expect(await follower.start(cluster, target)).toEqual({ ...silent, isRunning: true });
    expect(started).toEqual([target]);
    expect(await follower.read(cluster)).toMatchObject({ objectsVerified: 7 });
    await expect(follower.start(cluster, target)).rejects.toMatchObject({ code: "OperationNotAllowed", message: "as many as may run" });
    expect(await liveClientsOfLeader(own, join(scratch, "none.sock"), () => true).stop(cluster)).toEqual(silent);
    await server.close();
    await expect(follower.read(cluster)).rejects.toMatchObject({ code: "ServiceUnavailable" });
  });
});
