// What `cluster plan` and `plan show` ask of the service and how they read, against a service that answers what
// each case says. Whole sessions are in test/scenarios.
import { Command } from "commander";
import { describe, expect, it } from "vitest";
import { cliVerbs } from "@cynosure/sdk";
import type { Cluster, ClusterPlan, PlanDiff, PlanSummary } from "@cynosure/sdk";
import type { Arm } from "../arm.ts";
import { CommandError, ExitCode } from "../exit-code.ts";
import { extendPlanCommands } from "./plan-commands.ts";
import { addResourceCommands } from "./resource-commands.ts";

const none = { added: [], removed: [], changed: [] };
const sameDiff: PlanDiff = { settings: [], hosts: none, pools: none, endpoints: none, actions: none };
const untouched = { daemonsStarted: [], daemonsStopped: [], daemonsRestarted: [], daemonsReloaded: [], daemonsRedefined: [], filesAdded: [], filesChanged: [], filesRemoved: [] };
const grownDiff: PlanDiff = {
  ...sameDiff,
  settings: [{ name: "hosts.count", before: "3", after: "4" }],
  hosts: { added: [{ name: "host-4", values: [{ name: "size", after: "local-small" }], ...untouched, daemonsStarted: ["osd.3"] }], removed: [], changed: [{ name: "host-1", values: [], ...untouched, daemonsStarted: ["mds.host-1"] }] },
};
const step = { id: "network.ensure", title: "make the network", dependsOn: [], expectedMs: 100 };
const firstSummary: PlanSummary = { generation: 1, isSimulated: true, comment: "what if", criticalPathMs: 1500, hosts: [{ name: "host-1", daemons: ["mon.host-1"] }], pools: [], diff: sameDiff, steps: [step], findings: [], report: [] };
const summary = (change: Partial<PlanSummary> = {}): PlanSummary => ({ ...firstSummary, generation: 2, parentPlanId: "p-1", steps: [], ...change });
const planless: Cluster = { name: "west", location: "north", properties: { engine: "simulated", substrate: "simulated", hosts: { size: "local-small", count: 3 }, protection: { hostFailures: 1 }, isSimulated: true } };
const cluster: Cluster = { ...planless, properties: { ...planless.properties, targetPlanId: "p-1" } };

interface Session {
  readonly current?: Cluster;
  readonly preview?: PlanSummary;
  readonly plan?: ClusterPlan;
}

/** Types one command; answers what was sent and what was said. */
async function type(words: readonly string[], { current, preview, plan }: Session): Promise<{ readonly sent: readonly (readonly [string, unknown])[]; readonly lines: readonly string[]; readonly json: unknown }> {
  const sent: [string, unknown][] = [];
  const said: { lines: readonly string[]; json: unknown } = { lines: [], json: undefined };
  const answer = (id: string, body: unknown): Promise<{ body: never; operationId: null }> => {
    sent.push([id, body]);
    const found = id === "Clusters_Get" ? current : id === "Clusters_WhatIf" ? preview : plan;
    if (found === undefined) throw new CommandError(ExitCode.notFound, `${id} found nothing`, { httpStatus: 404 });
    return Promise.resolve({ body: found as never, operationId: null }); // the case answers in the contract's types
  };
  const arm: Arm = {
    endpoint: "https://127.0.0.1:1",
    scope: { subscriptionId: "s", resourceGroupName: "quickstart", location: "local" },
    send: (id, _params, body) => answer(id, body),
    sendAny: (id, _params, body) => answer(id, body),
    items: () => { throw new Error("no list is asked for here"); },
    token: () => Promise.resolve(""),
  };
  const output = { isJson: false, notes: process.stderr, note: () => {}, result: (json: unknown, lines: readonly string[]) => void Object.assign(said, { json, lines }) };
  const program = new Command("cynosure").exitOverride();
  addResourceCommands(program, cliVerbs, () => Promise.reject(new Error("not a command of this room")));
  extendPlanCommands(program, (work) => work({ arm, output, signal: new AbortController().signal }));
  await program.parseAsync(["node", "cynosure", ...words]);
  return { sent, ...said };
}

describe("cluster plan", () => {
  it("of a cluster that is there asks what would be with the flags on top of it as it is, and shows plan and difference", async () => {
    const { sent, lines, json } = await type(["cluster", "plan", "west", "--hosts-count", "4"], { current: cluster, preview: summary({ diff: grownDiff, steps: [step] }) });
    expect(sent).toMatchObject([["Clusters_Get", undefined], ["Clusters_WhatIf", { location: "north", properties: { engine: "simulated", hosts: { size: "local-small", count: 4 } } }]]);
    expect(lines).toEqual([
      "SIMULATED Plan 2 of west: 1 hosts, 1 daemons", "  1 steps, critical path 1.5 s", "  host-1  mon.host-1", "",
      "What is different from the target plan", "Settings", "~ hosts.count: 3 -> 4", "Hosts", "+ host-4 (local-small): osd.3", "~ host-1: + mds.host-1", "",
      "Nothing was done. To do it, with the same flags:", "  cynosure cluster update west",
    ]);
    expect(json).toMatchObject({ parentPlanId: "p-1", diff: grownDiff });
  });
  it("is what-if too, the name the API has for it", async () => {
    expect((await type(["cluster", "what-if", "west"], { current: cluster, preview: summary() })).sent.map(([id]) => id)).toEqual(["Clusters_Get", "Clusters_WhatIf"]);
  });
  it("of a cluster that is not there wants all of it, and says that it is not there", async () => {
    await expect(type(["cluster", "plan", "east", "--hosts-count", "4"], {})).rejects.toMatchObject({ exitCode: ExitCode.usage, message: expect.stringMatching(/^there is no cluster east yet; cluster plan needs --engine/) });
    const flags = ["--engine", "simulated", "--substrate", "simulated", "--hosts-size", "local-small", "--hosts-count", "3", "--protection-host-failures", "1"];
    const { lines } = await type(["cluster", "plan", "east", ...flags], { preview: firstSummary });
    expect(lines.slice(-4)).toEqual(["There is no cluster east yet: all of this is new.", "", "Nothing was done. To do it, with the same flags:", "  cynosure cluster create east"]);
  });
  it("needs a name, and sends nothing without one", async () => {
    await expect(type(["cluster", "plan"], { current: cluster })).rejects.toThrow(/^cluster plan needs a name/);
  });
  it("tells nothing to do from what a failed change left to do", async () => {
    expect((await type(["cluster", "plan", "west"], { current: cluster, preview: summary() })).lines.slice(-4)).toEqual(["Nothing is different from the target plan: west stays as it is.", "", "Nothing was done. What was done last:", "  cynosure plan show --cluster west"]);
    expect((await type(["cluster", "plan", "west"], { current: cluster, preview: summary({ steps: [step] }) })).lines).toContain("Nothing is different from the target plan; the steps finish what it left undone.");
  });
});

describe("plan show", () => {
  const plan: ClusterPlan = {
    name: "p-1",
    properties: {
      generation: 1, comment: "create cluster west", status: "failed", operationId: "o-1", criticalPathMs: 1500, hosts: [{ name: "host-1", daemons: [] }], pools: [], findings: [], report: [],
      steps: [
        { ...step, status: "done", attempts: 1, startedAt: "2026-12-01T00:00:00Z", finishedAt: "2026-12-01T00:00:01.500Z" },
        { ...step, title: "create host-1", status: "failed", attempts: 3, error: { code: "HostFailed", message: "no space is left for the disk of this host on the machine: free some, then write the cluster again" } },
      ],
    },
  };
  it("without a name shows the target plan: what for, how far, and of a step that failed why", async () => {
    const { sent, lines } = await type(["plan", "show", "--cluster", "west"], { current: cluster, plan });
    expect(sent.map(([id]) => id)).toEqual(["Clusters_Get", "Plans_Get"]);
    expect(lines.slice(3)).toEqual([
      "  create cluster west: failed", "  operation o-1",
      "  step    took   what",
      "  done    1.5 s  make the network",
      "  failed         create host-1: no space is left for the disk of this host on",
      "                 the machine: free some, then write the cluster again",
    ]);
  });
  it("of a cluster that has none yet says so", async () => {
    await expect(type(["plan", "show", "--cluster", "west"], { current: planless, plan })).rejects.toMatchObject({ exitCode: ExitCode.notFound });
    expect((await type(["plan", "show", "p-1", "--cluster", "west"], { current: planless, plan })).json).toEqual(plan);
    await expect(type(["plan", "show"], { current: cluster, plan })).rejects.toThrow(/^plan show needs --cluster/);
  });
});
