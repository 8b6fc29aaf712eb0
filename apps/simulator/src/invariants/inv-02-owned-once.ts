// INV-02: whatever has an owner has one. Names, addresses and ports in the world; plans and steps in the store.
import type { Invariant, Sight, WorldChange } from "./invariant.ts";

function repeated(values: readonly (string | number)[]): string | number | null {
  return values.find((value, k) => values.indexOf(value) !== k) ?? null;
}

function twiceInWorld({ cluster, after }: WorldChange, { pictures }: Sight): string | null {
  const hosts = Object.values(after.hosts);
  const host = repeated(hosts.map((each) => each.hostId)) ?? repeated(hosts.map((each) => each.address)) ?? repeated(hosts.map((each) => each.index));
  if (host !== null) return `two hosts of ${cluster} are both ${host}`;
  const ports = [...pictures.values()].flatMap((picture) => picture.endpoints.map((endpoint) => endpoint.port));
  const port = repeated(ports);
  return port === null ? null : `port ${port} is published twice`;
}

function twiceRunning({ running, database }: Sight): string | null {
  const holders = new Map<string, string>();
  for (const { executorId, planId, stepId } of running) {
    if (!database.leases.isHeld(executorId)) continue;
    const key = `${planId} ${stepId}`;
    const other = holders.get(key);
    if (other !== undefined && other !== executorId) return `step ${stepId} of plan ${planId} is run by ${other} and ${executorId}, which both hold their lease`;
    holders.set(key, executorId);
  }
  return null;
}

function twoPlans({ database }: Sight): string | null {
  const running = new Map<string, string>();
  for (const { record } of database.tables.plans.list()) {
    if (record.status !== "Running") continue;
    const other = running.get(record.plan.clusterKey);
    if (other !== undefined) return `plans ${other} and ${record.plan.id} of ${record.plan.clusterKey} both run`;
    running.set(record.plan.clusterKey, record.plan.id);
  }
  return null;
}

export const ownedOnce = (): Invariant => ({
  id: "INV-02",
  statement: "Nothing is owned twice: no host, address or port twice in the world, no step run by two executors that hold their lease, one running plan of a cluster.",
  worldChanged: (change, sight) => twiceInWorld(change, sight),
  ticked: (sight) => twiceRunning(sight) ?? twoPlans(sight),
});
