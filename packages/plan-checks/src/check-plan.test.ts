import { describe, expect, it } from "vitest";
import { hostId, stepId, type DaemonSpec, type HostFile, type Inventory, type Plan, type PlanStep, type PlannedHost, type PoolLayout } from "@cynosure/model";
import { aPolicy, anInput, inventoryAfter, planned, replan } from "@cynosure/planner/testkit";
import { emptyInventory } from "@cynosure/planner";
import { checkPlan, isRefused, rules, suspectSecret } from "./index.ts";

const firstPlan = planned(anInput(aPolicy(5)));
const nothingSeen: Inventory = emptyInventory(firstPlan.policy, 0);
const rulesFiring = (plan: Plan, inventory = nothingSeen, parent: Plan | null = null): string[] => [...new Set(checkPlan(plan, inventory, parent).map((finding) => finding.rule))];

function withHost(plan: Plan, name: string, change: (host: PlannedHost) => PlannedHost): Plan {
  const host = plan.hosts[hostId(name)];
  if (host === undefined) throw new Error(`no host ${name}`);
  return { ...plan, hosts: { ...plan.hosts, [host.hostId]: change(host) } };
}
const withDaemons = (plan: Plan, name: string, daemons: (old: readonly DaemonSpec[]) => readonly DaemonSpec[]): Plan =>
  withHost(plan, name, (host) => ({ ...host, hostPlan: { ...host.hostPlan, daemons: daemons(host.hostPlan.daemons) } }));
const withFile = (plan: Plan, file: HostFile): Plan => withHost(plan, "host-1", (host) => ({ ...host, hostPlan: { ...host.hostPlan, files: [...host.hostPlan.files, file] } }));
const withSteps = (plan: Plan, change: (step: PlanStep) => PlanStep): Plan => ({ ...plan, steps: plan.steps.map(change) });
const withPools = (plan: Plan, change: (pool: PoolLayout) => PoolLayout): Plan => ({ ...plan, layout: { ...plan.layout, pools: plan.layout.pools.map(change) } });
const destroyStep = (plan: Plan, name: string): PlanStep => ({ ...(plan.steps[0] ?? firstStep()), id: stepId(`host.destroy:${name}`), action: { kind: "host.destroy", hostId: hostId(name) }, dependsOn: [] });
const firstStep = (): PlanStep => {
  const [step] = firstPlan.steps;
  if (step === undefined) throw new Error("no step");
  return step;
};

describe("plans of the planner", () => {
  it("are clean: first, changed, grown, removed", () => {
    expect(checkPlan(firstPlan, nothingSeen)).toEqual([]);
    const home = firstPlan.policy.fileSystems.map((item) => ({ ...item, name: "scratch" }));
    for (const policy of [aPolicy(5, { fileSystems: [...firstPlan.policy.fileSystems, ...home] }), aPolicy(9), aPolicy(5, { presence: "absent" })]) {
      expect(checkPlan(replan(firstPlan, policy), inventoryAfter(firstPlan), firstPlan)).toEqual([]);
    }
  });
});

describe("each rule fires on what it forbids", () => {
  const fires: Record<string, () => string[]> = {
    "CHK-01": () => rulesFiring(withSteps(firstPlan, (step) => (step.id === "network.ensure" ? { ...step, dependsOn: [stepId("host.join:host-1")] } : step))),
    "CHK-02": () => rulesFiring(withSteps(firstPlan, (step) => (step.id === "host.converge:host-2:1" ? { ...step, dependsOn: [] } : step))),
    "CHK-03": () => rulesFiring(firstPlan, inventoryAfter(firstPlan)),
    "CHK-04": () => rulesFiring(withPools(firstPlan, (pool) => ({ ...pool, scheme: { kind: "replication", copies: 2, copiesMin: 2 } }))),
    "CHK-05": () => rulesFiring(withPools(firstPlan, (pool) => ({ ...pool, scheme: { kind: "erasureCoding", dataChunks: 4, codingChunks: 2, chunksMin: 5 } }))),
    "CHK-06": () => rulesFiring({ ...replan(firstPlan), steps: ["host-1", "host-2"].map((name) => destroyStep(firstPlan, name)) }, inventoryAfter(firstPlan), firstPlan),
    "CHK-07": () => rulesFiring({ ...replan(firstPlan), steps: ["host-1", "host-2"].map((name) => destroyStep(firstPlan, name)) }, inventoryAfter(firstPlan), firstPlan),
    "CHK-08": () => rulesFiring(withDaemons(firstPlan, "host-4", (daemons) => daemons.filter((daemon) => daemon.kind !== "gateway"))),
    "CHK-09": () => rulesFiring(withDaemons(firstPlan, "host-1", (daemons) => [...daemons, ...daemons.filter((daemon) => daemon.kind === "monitor").map((daemon) => ({ ...daemon, id: "mon.second" }))])),
    "CHK-10": () => rulesFiring(withFile(firstPlan, { path: "/var/lib/cynosure/keyring", mode: 0o600, stage: 1, text: "[client.admin]\n\tkey = AQBExampleExampleExampleExampleExample12==\n" })),
    "CHK-11": () => rulesFiring(withFile(firstPlan, { path: "/var/lib/cynosure/x.conf", mode: 0o600, stage: 1, text: "peer={{address:host-77}}" })),
  };

  it("and every rule has such a case", () => {
    expect(Object.keys(fires)).toEqual(rules.map((rule) => rule.id));
  });
  for (const [id, fire] of Object.entries(fires)) {
    it(`${id}: ${rules.find((rule) => rule.id === id)?.statement ?? "unknown rule"}`, () => {
      expect(fire()).toContain(id);
    });
  }

  it("CHK-01 also on a missing predecessor and on a repeated id", () => {
    expect(rulesFiring(withSteps(firstPlan, (step) => (step.id === "host.ensure:host-1" ? { ...step, dependsOn: [stepId("nowhere")] } : step)))).toEqual(["CHK-01"]);
    expect(rulesFiring({ ...firstPlan, steps: [...firstPlan.steps, firstStep()] })).toContain("CHK-01");
  });
  it("CHK-04 also on writes acknowledged by one copy, and on a wish without a pool of its scheme", () => {
    expect(rulesFiring(withPools(firstPlan, (pool) => ({ ...pool, scheme: { kind: "replication", copies: 3, copiesMin: 1 } })))).toEqual(["CHK-04"]);
    const wished = { ...firstPlan, policy: aPolicy(5, { buckets: [{ name: "results", protection: { hostFailures: 1, scheme: "erasureCoding" } }] }) };
    expect(rulesFiring(wished)).toContain("CHK-04");
  });
  it("CHK-04 lets a pool stay as it was when the last wish for it is gone, and no longer when another wish is above it", () => {
    const twoWish = { hostFailures: 2, scheme: "replication" } as const;
    const strong = (fileSystems: Plan["policy"]["fileSystems"]): Plan["policy"] => aPolicy(5, { protection: twoWish, fileSystems, buckets: [{ name: "results", protection: twoWish }] });
    const both = planned(anInput(strong(firstPlan.policy.fileSystems)));
    const left = { ...replan(both, strong([])), layout: both.layout };
    expect(rulesFiring(left, inventoryAfter(both), both)).toEqual([]);
    expect(rulesFiring(left, inventoryAfter(both))).toEqual(["CHK-04"]);
    expect(rulesFiring(withPools(left, (pool) => (pool.name === "bucket-results" ? { ...pool, scheme: { kind: "replication", copies: 3, copiesMin: 2 } } : pool)), inventoryAfter(both), both)).toContain("CHK-04");
  });
  it("CHK-06 counts hosts that are down already", () => {
    const seen = inventoryAfter(firstPlan);
    const oneDown = { ...seen, hosts: seen.hosts.map((host) => (host.index === 4 ? { ...host, power: "off" as const } : host)) };
    const removing = { ...replan(firstPlan), steps: [destroyStep(firstPlan, "host-1")] };
    expect(rulesFiring(removing, oneDown, firstPlan)).toEqual(["CHK-06"]);
    expect(rulesFiring(removing, seen, firstPlan)).toEqual([]);
  });
  it("CHK-07 when two hosts restart daemons and neither waits for the other", () => {
    const small = planned(anInput(aPolicy(4)));
    const grown = replan(small, aPolicy(5));
    const loose = withSteps(grown, (step) => (step.action.kind === "host.converge" ? { ...step, dependsOn: step.dependsOn.filter((id) => !id.startsWith("host.converge:host-1") || step.action.kind !== "host.converge" || step.action.hostId !== "host-2") } : step));
    expect(rulesFiring(grown, inventoryAfter(small), small)).toEqual([]);
    expect(rulesFiring(loose, inventoryAfter(small), small)).toEqual(["CHK-07"]);
  });
  it("CHK-09 only warns about an even number of monitors", () => {
    const even = withDaemons(firstPlan, "host-5", (daemons) => daemons.filter((daemon) => daemon.kind !== "monitor"));
    expect(checkPlan(even, nothingSeen)).toMatchObject([{ rule: "CHK-09", severity: "degraded" }]);
    expect(isRefused(checkPlan(even, nothingSeen))).toBe(false);
  });
  it("no rule minds how a cluster that goes away looks", () => {
    expect(checkPlan(withPools(replan(firstPlan, aPolicy(5, { presence: "absent" })), (pool) => ({ ...pool, scheme: { kind: "replication", copies: 9, copiesMin: 1 } })), inventoryAfter(firstPlan), firstPlan)).toEqual([]);
  });
});

describe("what looks like a secret", () => {
  it("is found in its usual dresses", () => {
    for (const text of ["key = AQBExampleExampleExampleExampleExample12==", "-----BEGIN PRIVATE KEY-----", 'secret_key: "correcthorse"', "password=hunter2hunter2", "x kJ7dfEXAMPLEkeyForTests0123456789abcdefGH y"]) expect(suspectSecret(text)).not.toBeNull();
  });
  it("is not found in placeholders, paths, identifiers and switches", () => {
    const fine = ["key = {{secret:client.admin}}", "keyring = /var/lib/cynosure/ceph/mon.keyring", "fsid = 5a1f0e3c-2b4d-4c6e-8f10-1234567890ab", "auth_cluster_required = cephx", "/var/lib/cynosure/disks/disk0/block", "rgw_crypt_require_ssl = false", 'secret = "{{secret:s3}}"', "ms_bind_ipv4 = true", "{\"pools\":[\"fs-home\"],\"disks\":8}"];
    for (const text of fine) expect([text, suspectSecret(text)]).toEqual([text, null]);
  });
});
