// Writes that an engine goes on with by itself, followed in the words of every other operation.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ControlPlaneError } from "@cynosure/model";
import type { StoredNativeOperation } from "@cynosure/resource-store";
import type { NativeOperation } from "./options.ts";
import { CLUSTER, SUBSCRIPTION, clusterKeyIn, openWorld } from "./testkit/world.ts";
import type { World } from "./testkit/world.ts";

const RESOURCE = `/subscriptions/${SUBSCRIPTION}/resourceGroups/quickstart/providers/Cynosure.Storage/clusters/meadow/cephPool/p1`;
const stored: StoredNativeOperation = { id: "11111111-0000-4000-8000-0000000000aa", cluster: clusterKeyIn(CLUSTER), location: "local", resourceId: RESOURCE, kind: "create", taskIds: ["7"], name: null, startedAtMs: 1_000, finishedAtMs: null, status: "Running", error: null, warnings: [] };
const asked: string[] = [];
let world: World;
let now: NativeOperation;
beforeAll(async () => {
  world = await openWorld({
    readNativeOperation: (id) => {
      asked.push(id);
      return Promise.resolve(now);
    },
  });
  await world.testStore.store.nativeOperations.add(stored);
});
afterAll(() => world.close());

const params = { subscriptionId: SUBSCRIPTION, location: "local", operationId: stored.id };
const status = (change: Partial<typeof params> = {}) => world.call("OperationStatuses_Get", { ...params, ...change });
const result = () => world.call("OperationResults_Get", params);
const is = (change: Partial<StoredNativeOperation>, percentComplete: number, answer: unknown = null): void => {
  now = { operation: { ...stored, ...change }, percentComplete, result: answer };
};

describe("an operation of an engine", () => {
  it("runs", async () => {
    is({}, 40);
    expect(await status()).toMatchObject({ status: 200, body: { name: stored.id, status: "Running", percentComplete: 40, resourceId: RESOURCE, startTime: "1970-01-01T00:00:01.000Z" } });
    expect(await result()).toMatchObject({ status: 202, headers: { location: expect.stringContaining(`/operationResults/${stored.id}?`) as string } });
    expect((await status({ operationId: stored.id.toUpperCase() })).status).toBe(200);
  });

  it("succeeds with what the write itself would have answered, and says what was left undone", async () => {
    is({ status: "Succeeded", finishedAtMs: 2_000 }, 100, { name: "p1" });
    expect((await status()).body).toMatchObject({ status: "Succeeded", endTime: "1970-01-01T00:00:02.000Z", properties: { name: "p1" } });
    expect(await result()).toEqual({ status: 200, body: { name: "p1" } });
    is({ status: "Succeeded", finishedAtMs: 2_000, warnings: ["one host was left out"] }, 100, { name: "p1" });
    expect((await status()).body).toMatchObject({ status: "Succeeded", properties: { name: "p1", warnings: ["one host was left out"] } });
    is({ status: "Succeeded", finishedAtMs: 2_000, warnings: ["one host was left out"] }, 100);
    expect((await status()).body).toMatchObject({ properties: { warnings: ["one host was left out"] } });
    expect(await result()).toEqual({ status: 204 });
  });

  it("fails with the engine's reason", async () => {
    is({ status: "Failed", finishedAtMs: 2_000, error: { code: "OperationFailed", message: "pool is full" } }, 100);
    expect((await status()).body).toMatchObject({ status: "Failed", error: { code: "OperationFailed", message: "pool is full" } });
    await expect(result()).rejects.toMatchObject({ code: "OperationFailed", message: expect.stringContaining("pool is full") as string });
  });

  it("is found in its own place alone, and elsewhere no engine is asked", async () => {
    const before = asked.length;
    for (const change of [{ location: "moon" }, { subscriptionId: "00000000-0000-4000-8000-000000000009" }, { operationId: "22222222-0000-4000-8000-0000000000aa" }]) {
      const refused = await status(change).catch((error: unknown) => error);
      expect(refused instanceof ControlPlaneError && refused.kind).toBe("notFound");
    }
    expect(asked).toHaveLength(before);
  });
});
