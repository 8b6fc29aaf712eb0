// What the mock answers to a requirement and to what-if: one option, one plan; plain data of the contract's types.
import type { Cluster, PlanSummary, Requirement, SizingAnswer, SizingLimit } from "@cynosure/contract";
import { mockFleet } from "./mock-fleet.ts";

const limits: readonly SizingLimit[] = [
  { name: "hostsForProtection", unit: "hosts", required: 3, available: 8, slack: 1.67, verdict: "met", evidence: "two copies and one to spare" },
  { name: "usableCapacity", unit: "GB", required: 8, available: 11, slack: 0.375, verdict: "met", evidence: "8 disks of 4 GB, two copies, filled to 85 %" },
  { name: "readThroughput", unit: "GB/s", verdict: "undetermined", evidence: "the hosts share one machine, whose rate is not known before it is measured" },
];

export const mockSizing = (requirement: Requirement): SizingAnswer => ({
  requirementName: requirement.name,
  isSimulated: false,
  hypothetical: false,
  catalogueAsOf: "2026-11-20",
  problems: [],
  sites: requirement.sites.map((site) => ({
    siteName: site.name,
    clauses: [],
    ruledOut: [],
    notes: [],
    options: [{
      rank: 1, location: site.location, engine: "ceph", deploymentMode: "customerTenant", hostSize: "small", hostCount: 8, hypothetical: false,
      binding: "hosts.count: the requirement fixes 8 hosts", slack: [], whyNotOneFewer: "the requirement asks for 8", limits: [], undetermined: ["readThroughput"],
      clusters: [{ name: site.name, hostCount: 8, binding: "hosts.count", limits, whyNotOneFewer: "the requirement asks for 8", cluster: { location: site.location, properties: { engine: "ceph", substrate: "local", hosts: { size: "small", count: 8 }, protection: { hostFailures: 1 } } }, fileSystems: [{ name: "home", body: { properties: { usableCapacityGB: 8, protocols: ["nfs"], protection: { hostFailures: 1 } } } }], buckets: [] }],
      cost: { verdict: "undetermined", evidence: "local hosts are not bought" }, sensitivity: [], risks: [{ code: "OneMachine", message: "All hosts share one machine: when it stops, all of them do." }], evidence: [], fallbackLadder: [], billOfMaterials: [],
    }],
  })),
});

export function mockPlanSummary(body: Cluster): PlanSummary {
  const plan = mockFleet(Date.now()).get("harbour")?.plans[0]?.properties;
  if (plan === undefined) throw new Error("The mock has no plan to copy");
  const nothing = { added: [], removed: [], changed: [] };
  return { generation: 1, isSimulated: body.properties.engine === "simulated", comment: "create the cluster", criticalPathMs: plan.criticalPathMs, hosts: plan.hosts, pools: plan.pools, steps: plan.steps, findings: plan.findings, report: plan.report, diff: { settings: [], hosts: nothing, pools: nothing, endpoints: nothing, actions: nothing } };
}
