import { describe, expect, it } from "vitest";
import type { Arm } from "../arm.ts";
import { CommandError, ExitCode } from "../exit-code.ts";
import type { ProgressState } from "../progress/progress-state.ts";
import { deliverOption } from "./deliver.ts";

interface Fake {
  readonly arm: Arm;
  readonly writes: string[];
  readonly states: Map<string, string>;
}

/** A service that finishes an operation the second time it is asked about it; operations run in order. */
function fakeService(initial: Record<string, string> = {}, failing: string | null = null): Fake {
  const states = new Map(Object.entries(initial));
  const writes: string[] = [];
  const asked = new Map<string, number>();
  const targets = new Map<string, string>([...states.keys()].map((name) => [`op-${name}`, name]));
  const order = [...targets.keys()];
  const put = (name: string) => {
    writes.push(name);
    states.set(name, "Accepted");
    targets.set(`op-${name}`, name);
    order.push(`op-${name}`);
    return { status: 201, body: {}, operationId: `op-${name}` };
  };
  const current = () => order.find((id) => ["Accepted", "Creating"].includes(states.get(targets.get(id) ?? "") ?? "")) ?? order.at(-1) ?? "none";
  const show = (name: string, extra: object = {}) => {
    const state = states.get(name);
    if (state === undefined) throw new CommandError(ExitCode.notFound, `${name} was not found`, { httpStatus: 404 });
    return { status: 200, body: { name, properties: { provisioningState: state, ...extra } }, operationId: null };
  };
  const send = async (id: string, params: Record<string, string>): Promise<unknown> => {
    const child = params["fileSystemName"] ?? params["bucketName"];
    switch (id) {
      case "Clusters_CreateOrUpdate":
        return put("cluster");
      case "FileSystems_CreateOrUpdate":
      case "Buckets_CreateOrUpdate":
        return put(child ?? "");
      case "Clusters_Get":
        return show("cluster", { targetPlanId: "plan-1" });
      case "FileSystems_Get":
      case "Buckets_Get":
        return show(child ?? "");
      case "Plans_Get":
        return { status: 200, operationId: null, body: { properties: { operationId: current(), hosts: [{ name: "host-1", daemons: ["mon.a"] }], steps: [{ id: "s", title: "start mon.a", status: "running", attempts: 1, dependsOn: [], expectedMs: 1 }] } } };
      case "Hosts_ListByCluster":
        return { status: 200, operationId: null, body: { value: [] } };
      case "OperationStatuses_Get": {
        const operation = params["operationId"] ?? "";
        const count = (asked.get(operation) ?? 0) + 1;
        asked.set(operation, count);
        const name = targets.get(operation) ?? "";
        if (name === failing) return { status: 200, operationId: null, body: { status: "Failed", error: { code: "StepFailed", message: "host-3 could not converge" } } };
        if (count < 2) return { status: 200, operationId: null, body: { status: "Running" } };
        states.set(name, "Succeeded");
        return { status: 200, operationId: null, body: { status: "Succeeded" } };
      }
      default:
        throw new Error(`unexpected ${id}`);
    }
  };
  // The fake answers by operation name; what it answers has the fields that are read.
  const arm = { endpoint: "https://x", scope: { subscriptionId: "s", resourceGroupName: "quickstart", location: "local" }, send } as unknown as Arm;
  return { arm, writes, states };
}

const option = { clusterName: "here", cluster: {}, fileSystems: [{ name: "home", body: {} }], buckets: [{ name: "results", body: {} }] } as unknown as Parameters<typeof deliverOption>[1]; // only these fields are read

function deliver(fake: Fake): { result: Promise<void>; pictures: ProgressState[] } {
  const pictures: ProgressState[] = [];
  const view = { show: (state: ProgressState) => void pictures.push(state), finish: () => {} };
  return { pictures, result: deliverOption({ arm: fake.arm, isSimulated: false, view, startedAtMs: 0, nowMs: () => 0, signal: new AbortController().signal, note: () => {} }, option) };
}

describe("delivering a sized option", () => {
  it("writes the cluster, then its file systems and buckets, and follows each to its end", async () => {
    const fake = fakeService();
    const { result, pictures } = deliver(fake);
    await result;
    expect(fake.writes).toEqual(["cluster", "home", "results"]);
    expect([...fake.states.values()]).toEqual(["Succeeded", "Succeeded", "Succeeded"]);
    expect(pictures[0]).toMatchObject({ title: "create cluster here", hosts: [{ hostId: "host-1", state: "absent", daemonsTotal: 1 }], steps: [{ title: "start mon.a" }] });
  });

  it("follows what an earlier run started and writes nothing twice", async () => {
    const fake = fakeService({ cluster: "Accepted", home: "Accepted" });
    await deliver(fake).result;
    expect(fake.writes).toEqual(["results"]);
    expect([...fake.states.values()]).toEqual(["Succeeded", "Succeeded", "Succeeded"]);
  });

  it("writes nothing when everything is there", async () => {
    const fake = fakeService({ cluster: "Succeeded", home: "Succeeded", results: "Succeeded" });
    await deliver(fake).result;
    expect(fake.writes).toEqual([]);
  });

  it("ends with the operation's reason and id when it fails", async () => {
    const { result } = deliver(fakeService({}, "cluster"));
    await expect(result).rejects.toMatchObject({ message: "host-3 could not converge", code: "StepFailed", operationId: "op-cluster", exitCode: ExitCode.failed });
  });
});
