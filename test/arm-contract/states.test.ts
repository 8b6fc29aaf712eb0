// Rows S and L over a real listener: states, and operations from their first answer to their end.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Exchange, type Reply, clusterBody, fileSystemBody, openExchange, propertiesOf, refusal } from "./support/exchange.ts";

let arm: Exchange;
beforeAll(async () => {
  arm = await openExchange();
});
afterAll(() => arm.close());

const status = (first: Reply): Promise<Reply> => arm.send("GET", String(first.headers["azure-asyncoperation"]));
const result = (first: Reply): Promise<Reply> => arm.send("GET", String(first.headers["azure-asyncoperation"]).replace("operationStatuses", "operationResults"));
const stateOf = async (path: string): Promise<unknown> => propertiesOf(await arm.send("GET", path))["provisioningState"];

describe("provisioningState", () => {
  it("S1, S2: is on its way until the operation ends, then as it ended, and stays", async () => {
    const { name, path } = arm.fresh();
    expect(propertiesOf(await arm.send("PUT", path, clusterBody()))["provisioningState"]).toBe("Creating");
    expect(await stateOf(path)).toBe("Creating");
    await arm.finish(name);
    expect([await stateOf(path), await stateOf(path)]).toEqual(["Succeeded", "Succeeded"]);
    await arm.send("PUT", path, clusterBody({ count: 4 }));
    expect(await stateOf(path)).toBe("Updating");
    await arm.fail(name);
    expect([await stateOf(path), await stateOf(path)]).toEqual(["Failed", "Failed"]);
  });

  it("S3: an update that was never begun is taken back when it is canceled; systemData stays as it was made", async () => {
    const { name, path } = await arm.delivered();
    await arm.send("PUT", `${path}/fileSystems/home`, fileSystemBody(8));
    await arm.finish(name);
    await arm.send("PUT", `${path}/fileSystems/scratch`, fileSystemBody(4)); // runs: what follows waits
    arm.served.world.clock.nowMs += 60_000;
    const waiting = await arm.send("PUT", `${path}/fileSystems/home`, fileSystemBody(16));
    expect(propertiesOf(waiting)["usableCapacityGB"]).toBe(16);
    expect((await arm.send("POST", `${path}/cancel`)).status).toBe(202);
    const after = await arm.send("GET", `${path}/fileSystems/home`);
    expect(propertiesOf(after)).toMatchObject({ usableCapacityGB: 8, provisioningState: "Canceled" });
    expect(after.body["systemData"]).toEqual(waiting.body["systemData"]);
    expect((await status(waiting)).body).toMatchObject({ status: "Canceled", error: { code: "OperationCanceled" } });
    // The next change is not spoiled by it.
    await arm.send("PUT", `${path}/fileSystems/other`, fileSystemBody(4));
    await arm.finish(name);
    expect(propertiesOf(await arm.send("GET", `${path}/fileSystems/home`))).toMatchObject({ usableCapacityGB: 8, provisioningState: "Succeeded" });
  });

  it("S4: writing a child changes neither state, etag nor systemData of its cluster", async () => {
    const { name, path } = await arm.delivered();
    const before = await arm.send("GET", path);
    arm.served.world.clock.nowMs += 60_000;
    await arm.send("PUT", `${path}/fileSystems/home`, fileSystemBody());
    const during = await arm.send("GET", path);
    await arm.finish(name);
    const after = await arm.send("GET", path);
    for (const seen of [during, after]) expect([seen.body["etag"], seen.body["systemData"], propertiesOf(seen)["provisioningState"]]).toEqual([before.body["etag"], before.body["systemData"], "Succeeded"]);
  });
});

describe("an operation", () => {
  it("L1, L2, L3, L6: is found under the subscription at absolute URLs, with whole seconds to wait", async () => {
    const { name, path } = arm.fresh();
    const put = await arm.send("PUT", path, clusterBody());
    const place = `${arm.served.baseUrl}/subscriptions/`;
    expect([String(put.headers["azure-asyncoperation"]).startsWith(place), put.headers["retry-after"]]).toEqual([true, "1"]);
    await arm.finish(name);
    for (const first of [await arm.send("PATCH", path, { properties: { hosts: { count: 4 } } })]) {
      expect([String(first.headers["azure-asyncoperation"]).startsWith(place), String(first.headers.location).startsWith(place)]).toEqual([true, true]);
    }
  });

  it("L4, L5: tells at both URLs where it is, and at the end what came of it", async () => {
    const { name, path } = arm.fresh();
    const put = await arm.send("PUT", path, clusterBody());
    expect((await status(put)).body).toMatchObject({ status: "Running", resourceId: path });
    const pending = await result(put);
    expect([pending.status, pending.text, pending.headers["retry-after"]]).toEqual([202, "", "1"]);
    await arm.fail(name);
    const failed = await status(put);
    expect([failed.status, failed.body]).toMatchObject([200, { status: "Failed", error: { code: "HostUnreachable" }, endTime: expect.any(String) }]);
    expect(Object.hasOwn(failed.body, "properties")).toBe(false);
    expect([(await result(put)).status, (await result(put)).body.error?.code]).toEqual([409, "OperationFailed"]);
  });

  it("L7: carries the result in its status, where azure-cli looks for it", async () => {
    const { name, path } = arm.fresh();
    const put = await arm.send("PUT", path, clusterBody());
    await arm.finish(name);
    expect((await status(put)).body["properties"]).toEqual((await arm.send("GET", path)).body);
    expect((await result(put)).body).toEqual((await arm.send("GET", path)).body);
  });

  it("L2, L8: outlives its resource, and is nobody's under another subscription or location", async () => {
    const { name, path } = await arm.delivered();
    const removed = await arm.send("DELETE", path);
    await arm.finish(name);
    expect((await status(removed)).body).toMatchObject({ status: "Succeeded" });
    const url = String(removed.headers["azure-asyncoperation"]);
    expect((await arm.send("GET", url.replace("/locations/local/", "/locations/mars/"))).body.error?.code).toBe("OperationNotFound");
    expect((await arm.send("GET", url.replace(/[0-9a-f-]{36}(?=\?)/, crypto.randomUUID()))).body.error?.code).toBe("OperationNotFound");
  });

  it("V7: is polled at the version of the write", async () => {
    const put = await arm.send("PUT", arm.fresh().path, clusterBody());
    expect(new URL(String(put.headers["azure-asyncoperation"])).searchParams.get("api-version")).toBe("2026-12-01");
  });

  it("L10: ends Canceled with an error when the resource is canceled; the next PUT completes it", async () => {
    const { name, path } = arm.fresh();
    const put = await arm.send("PUT", path, clusterBody());
    const canceled = await arm.send("POST", `${path}/cancel`);
    expect([canceled.status, canceled.text]).toEqual([202, ""]);
    expect((await status(put)).body).toMatchObject({ status: "Canceled", error: { code: "OperationCanceled", message: expect.stringContaining("PUT") } });
    expect([(await result(put)).status, (await result(put)).body.error?.code]).toEqual([409, "OperationFailed"]);
    expect(await stateOf(path)).toBe("Canceled");
    expect((await arm.send("GET", String(canceled.headers.location))).body["name"]).toBe(name);
    expect((await status(canceled)).body).toMatchObject({ status: "Succeeded", properties: { name } });
    expect((await arm.send("PUT", `${path}/fileSystems/home`, fileSystemBody())).body.error?.code).toBe("OperationNotAllowed");
    expect((await arm.send("PUT", path, clusterBody())).status).toBe(200);
    await arm.finish(name);
    expect(await stateOf(path)).toBe("Succeeded");
  });

  it("L10: with nothing to cancel is 409, and of what is not there 404", async () => {
    const { path } = await arm.delivered();
    expect(refusal(await arm.send("POST", `${path}/cancel`))).toEqual([409, "OperationNotAllowed", path]);
    expect((await arm.send("POST", `${arm.fresh().path}/cancel`)).body.error?.code).toBe("ResourceNotFound");
  });

  it("L10: a canceled deletion leaves a cluster that can be deleted", async () => {
    const { name, path } = await arm.delivered();
    await arm.send("PUT", `${path}/fileSystems/home`, fileSystemBody());
    await arm.finish(name);
    const removal = await arm.send("DELETE", path);
    await arm.send("POST", `${path}/cancel`);
    expect([(await status(removal)).body["status"], await stateOf(path), await stateOf(`${path}/fileSystems/home`)]).toEqual(["Canceled", "Canceled", "Canceled"]);
    expect((await arm.send("DELETE", path)).status).toBe(202);
    await arm.finish(name);
    expect((await arm.send("GET", path)).status).toBe(404);
  });

  it("L11: the same PUT sent again is the same operation", async () => {
    const { path } = arm.fresh();
    const [first, second] = [await arm.send("PUT", path, clusterBody()), await arm.send("PUT", path, clusterBody())];
    expect(second.headers["azure-asyncoperation"]).toBe(first.headers["azure-asyncoperation"]);
  });
});
