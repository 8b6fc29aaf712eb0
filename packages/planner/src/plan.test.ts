import { describe, expect, it } from "vitest";
import { renderPlanDiff, type Plan, type PlanStep, type StepId } from "@cynosure/model";
import { describePlan, diffPlans, plan } from "./index.ts";
import { aPolicy, anInput, anOffer, goldenText, inventoryAfter, planned, replan, testRng } from "./testkit/index.ts";

const stepLines = (plan: Plan): string[] => plan.steps.map((step) => `${step.id} <- ${step.dependsOn.length === 0 ? "nothing" : step.dependsOn.join(" ")}`);
const idsOf = (plan: Plan, kind: PlanStep["action"]["kind"]): StepId[] => plan.steps.filter((step) => step.action.kind === kind).map((step) => step.id);
const byId = (plan: Plan, id: string): PlanStep => {
  const found = plan.steps.find((step) => step.id === id);
  if (found === undefined) throw new Error(`no step ${id} among ${plan.steps.map((step) => step.id).join(" ")}`);
  return found;
};

describe("first plan of a cluster", () => {
  for (const count of [3, 8, 12]) {
    it(`is as reviewed for ${count} hosts`, () => {
      const first = planned(anInput(aPolicy(count)));
      const text = [...describePlan(first), "", ...renderPlanDiff(diffPlans(null, first)), "", ...stepLines(first), ""].join("\n");
      expect(text).toBe(goldenText(`create-${count}-hosts`, import.meta.url, text));
    });
  }

  it("numbers hosts from 1 and gives each its own failure domain and disks", () => {
    const first = planned(anInput(aPolicy(3), { offer: { ...anOffer, diskCount: 2 } }));
    expect(Object.keys(first.hosts)).toEqual(["host-1", "host-2", "host-3"]);
    const hosts = Object.values(first.hosts);
    expect(new Set(hosts.map((host) => host.failureDomain)).size).toBe(3);
    expect(hosts[0]?.disks.map((disk) => disk.path)).toEqual(["/var/lib/cynosure/disks/disk0", "/var/lib/cynosure/disks/disk1"]);
  });

  it("publishes no host plan before the hosts it names have addresses", () => {
    const first = planned(anInput(aPolicy(3)));
    expect(byId(first, "host.converge:host-3:1").dependsOn).toEqual(expect.arrayContaining(["host.ensure:host-1", "host.ensure:host-2", "host.join:host-3", "engine.act:tiny.keys"]));
  });

  it("leaves out a stage at which a host has nothing new, and waits for its stage before instead", () => {
    const first = planned(anInput(aPolicy(5)));
    expect(idsOf(first, "host.converge").filter((id) => id.endsWith(":3"))).toEqual(["host.converge:host-4:3", "host.converge:host-5:3"]);
    expect(byId(first, "engine.act:tiny.health").dependsOn).toContain("host.converge:host-1:2");
  });

  it("does what the engine wants done between two stages between them", () => {
    const first = planned(anInput(aPolicy(3)));
    expect(byId(first, "engine.act:tiny.fileSystem:home").dependsOn).toContain("host.converge:host-1:2");
    expect(byId(first, "host.converge:host-3:3").dependsOn).toContain("engine.act:tiny.fileSystem:home");
  });

  it("explains what each step waits on and what was left out", () => {
    const result = plan(anInput(aPolicy(4)));
    if (!result.ok) throw new Error("not planned");
    expect(result.report.steps.find((line) => line.step === "host.join:host-1")).toMatchObject({ waitingOn: "host.ensure:host-1" });
    expect(result.report.steps.find((line) => line.step === "host.converge:host-1:3")?.outcome).toMatch(/^left out/);
  });
});

describe("what cannot be planned", () => {
  const targetsOf = (change: Parameters<typeof anInput>[1], policy = aPolicy(3)): string[] => {
    const result = plan(anInput(policy, change));
    return result.ok ? [] : result.problems.map((problem) => problem.target);
  };
  it("names the count when the engine cannot run on so few or so many hosts", () => {
    for (const count of [0, 2, 33, 3.5]) expect(targetsOf({}, aPolicy(count))).toContain("properties.hosts.count");
  });
  it("names the count when the location has too few hosts, and the size when it cannot be had", () => {
    expect(targetsOf({ offer: { ...anOffer, hostCountMax: 2 } })).toEqual(["properties.hosts.count"]);
    expect(targetsOf({ offer: { ...anOffer, restriction: "no quota" } })).toEqual(["properties.hosts.size"]);
    expect(targetsOf({ offer: { ...anOffer, size: "other" } })).toEqual(["properties.hosts.size"]);
  });
  it("asks for no offer when no host is added", () => {
    const parent = planned(anInput(aPolicy(3)));
    const gone = { ...anOffer, hostCountMax: 0, restriction: "it is no longer offered" };
    expect(targetsOf({ parent, offer: gone })).toEqual([]);
    expect(targetsOf({ parent, offer: gone }, aPolicy(4))).toEqual(["properties.hosts.size"]);
  });
  it("hands on what the engine says about protection", () => {
    expect(targetsOf({}, aPolicy(3, { protection: { hostFailures: 2, scheme: "replication" } }))).toEqual(["properties.protection"]);
  });
  it("refuses to shrink or to change what is fixed, with the remedy", () => {
    const parent = planned(anInput(aPolicy(5)));
    expect(targetsOf({ parent }, aPolicy(3))).toEqual(["properties.hosts.count"]);
    expect(targetsOf({ parent }, aPolicy(5, { engineVersion: "2.0", engine: "ceph" }))).toEqual(["properties.engine", "properties.engineVersion"]);
  });
});

describe("a plan that changes a cluster", () => {
  const parent = planned(anInput(aPolicy(5)));

  it("has no step when nothing differs", () => {
    expect(replan(parent).steps).toEqual([]);
    expect(renderPlanDiff(diffPlans(parent, replan(parent)))).toEqual(["No change"]);
  });

  it("touches only the hosts whose host plan differs, once, under a fresh generation", () => {
    const home = parent.policy.fileSystems[0];
    if (home === undefined) throw new Error("no file system");
    const next = replan(parent, aPolicy(5, { fileSystems: [home, { ...home, name: "scratch" }] }));
    expect(idsOf(next, "host.converge")).toEqual(["host.converge:host-4:3", "host.converge:host-5:3"]);
    expect(idsOf(next, "host.ensure")).toEqual([]);
    const action = byId(next, "host.converge:host-4:3").action;
    expect(action.kind === "host.converge" && action.generation).toBe((parent.hosts[planHost(parent, 3)]?.hostPlan.generation ?? 0) + 1);
    expect(next.hosts[planHost(parent, 0)]).toEqual(parent.hosts[planHost(parent, 0)]);
    const text = [...renderPlanDiff(diffPlans(parent, next)), "", ...stepLines(next), ""].join("\n");
    expect(text).toBe(goldenText("add-file-system", import.meta.url, text));
  });

  it("restarts daemons on one host after the other", () => {
    // Five monitors instead of three: every host's configuration changes and nobody can reload it.
    const small = planned(anInput(aPolicy(4)));
    const next = replan(small, aPolicy(5));
    expect(byId(next, "host.converge:host-2:3").dependsOn).toContain("host.converge:host-1:3");
    expect(byId(next, "host.converge:host-3:3").dependsOn).toContain("host.converge:host-2:3");
    expect(byId(next, "host.ensure:host-5").dependsOn).toEqual([]);
    expect(byId(next, "engine.act:tiny.health").dependsOn).toContain("host.converge:host-4:3");
  });

  it("removes a file system, and removes it again when that failed", () => {
    const without = aPolicy(5, { fileSystems: [] });
    const removal = replan(parent, without);
    expect(idsOf(removal, "engine.act")).toContain("engine.act:tiny.dropFileSystem:home");
    expect(idsOf(removal, "endpoints.ensure")).toHaveLength(1);
    const again = replan(removal, without, { parentSucceeded: false });
    expect(idsOf(again, "engine.act")).toContain("engine.act:tiny.dropFileSystem:home");
    expect(replan(removal, without).steps).toEqual([]);
  });
});

const planHost = (plan: Plan, index: number): keyof Plan["hosts"] => {
  const host = Object.values(plan.hosts).find((each) => each.index === index);
  if (host === undefined) throw new Error(`no host with index ${index}`);
  return host.hostId;
};

describe("a plan after a failed one", () => {
  const first = planned(anInput(aPolicy(3)));

  it("creates everything again, for steps are idempotent", () => {
    const again = planned(anInput(first.policy, { parent: first, parentSucceeded: false, inventory: inventoryAfter(first, 0), rng: testRng("2") }));
    expect(stepLines(again)).toEqual(stepLines(first));
  });

  it("does not take a host back to a stage it is past", () => {
    const again = planned(anInput(first.policy, { parent: first, parentSucceeded: false, inventory: inventoryAfter(first, 2), rng: testRng("2") }));
    expect(idsOf(again, "host.converge").filter((id) => id.startsWith("host.converge:host-3"))).toEqual(["host.converge:host-3:2", "host.converge:host-3:3"]);
    const [converge] = again.steps.filter((step) => step.id === "host.converge:host-3:2");
    expect(converge?.action.kind === "host.converge" && converge.action.generation).toBe(4);
  });
});

describe("a plan that removes a cluster", () => {
  const parent = planned(anInput(aPolicy(3)));
  const absent = aPolicy(3, { presence: "absent" });

  it("withdraws endpoints, destroys all hosts at once, then the network, then forgets", () => {
    const text = stepLines(replan(parent, absent)).join("\n");
    expect(text).toBe(
      ["endpoints.remove <- nothing", "host.destroy:host-1 <- endpoints.remove", "host.destroy:host-2 <- endpoints.remove", "host.destroy:host-3 <- endpoints.remove", "network.destroy <- host.destroy:host-1 host.destroy:host-2 host.destroy:host-3", "cluster.forget <- network.destroy"].join("\n"),
    );
  });
  it("also removes hosts that were seen but never planned", () => {
    const lone = planned(anInput(absent, { inventory: inventoryAfter(parent) }));
    expect(idsOf(lone, "host.destroy")).toHaveLength(3);
  });
  it("has nothing to do when it was done, and everything again when it failed", () => {
    const removal = replan(parent, absent);
    expect(replan(removal, absent).steps).toEqual([]);
    expect(stepLines(replan(removal, absent, { parentSucceeded: false }))).toEqual(stepLines(removal));
  });
  it("must finish before the cluster can be created again, or hosts might be forgotten", () => {
    const result = plan(anInput(aPolicy(3), { parent: replan(parent, absent), parentSucceeded: false, inventory: inventoryAfter(parent) }));
    expect(result.ok ? "planned" : result.problems[0]?.message).toMatch(/Delete it again/);
  });
  it("is followed by a plan that creates all hosts anew under higher generations", () => {
    const removal = replan(parent, absent);
    const anew = planned(anInput(aPolicy(3), { parent: removal, rng: testRng("3") }));
    expect(stepLines(anew)).toEqual(stepLines(parent));
    const generation = anew.steps.flatMap(({ action }) => (action.kind === "host.converge" ? [action.generation] : []));
    expect(Math.min(...generation)).toBeGreaterThan(2);
  });
});
