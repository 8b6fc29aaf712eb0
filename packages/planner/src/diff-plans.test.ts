// Laws of the difference between two plans, over plans as they are made and over plans with any one value changed.
import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { isEmptyDiff, renderPlanDiff, type ClusterPolicy, type Plan, type PlanDiff, type PlanDiffHost, type PlanDiffItem, type PlanDiffPart, type PlanDiffValue } from "@cynosure/model";
import { diffPlans } from "./index.ts";
import { GIB, aPolicy, anInput, planned, replan } from "./testkit/index.ts";
import { valueChanges } from "./value-changes.ts";

const names = fc.uniqueArray(fc.constantFrom("home", "scratch", "projects", "archive"), { maxLength: 3 });
const policies: fc.Arbitrary<ClusterPolicy> = fc.record({ count: fc.integer({ min: 5, max: 9 }), files: names, buckets: names, capacityGiB: fc.integer({ min: 1, max: 3 }), hostFailures: fc.integer({ min: 1, max: 2 }) }).map(({ count, files, buckets, capacityGiB, hostFailures }) => {
  const protection = { hostFailures, scheme: "replication" as const };
  return aPolicy(count, { protection, fileSystems: files.map((name) => ({ name, usableCapacityBytes: capacityGiB * GIB, protocols: ["nfs"], protection })), buckets: buckets.map((name) => ({ name, protection })) });
});
const plans: fc.Arbitrary<Plan> = policies.map((policy) => planned(anInput(policy)));
const maybePlans = fc.option(plans, { nil: null });

/** What a diff speaks of: what the plan aims at, without numbers, makers and steps, which each plan has of its own. */
const aimOf = ({ policy, hosts, layout }: Plan) => ({ policy, hosts, pools: layout.pools, endpoints: layout.endpoints, steps: layout.steps });
type Aim = ReturnType<typeof aimOf>;
const withAim = (plan: Plan, { policy, hosts, pools, endpoints, steps }: Aim): Plan => ({ ...plan, policy, hosts, layout: { ...plan.layout, pools, endpoints, steps } });

type Path = readonly (string | number)[];
/** Progress of a host plan is no content, whose cluster it is and whether it is wanted are asked before. */
const isContent = (path: Path): boolean => !["policy/clusterKey", "policy/presence"].includes(path.join("/")) && !(path[2] === "hostPlan" && (path[3] === "generation" || path[3] === "stage") && path.length === 4);

function leavesOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== "object" || value === null || Object.keys(value).length === 0) return isContent(path) ? [path] : [];
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, [...path, key]));
}

function otherThan(value: unknown): unknown {
  if (Array.isArray(value)) return ["more"];
  if (typeof value === "number") return value + 1;
  return typeof value === "string" ? `${value}x` : { more: true };
}

function changeAt(value: unknown, [key, ...rest]: Path): unknown {
  if (key === undefined) return otherThan(value);
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) }) as Record<string | number, unknown>; // a path leads through objects and lists only
  copy[key] = changeAt(copy[key], rest);
  return copy;
}

const swapValues = (values: readonly PlanDiffValue[]): PlanDiffValue[] => values.map(({ name, before, after }) => ({ name, ...(after === undefined ? {} : { before: after }), ...(before === undefined ? {} : { after: before }) }));
const inOrder = <T>(values: readonly T[]): T[] => [...values].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
const plainItem = ({ name, values }: PlanDiffItem) => ({ name, values: inOrder(values) });
const plainHost = (host: PlanDiffHost) => ({
  ...plainItem(host), started: host.daemonsStarted, stopped: host.daemonsStopped, touched: inOrder([...host.daemonsRestarted, ...host.daemonsReloaded, ...host.daemonsRedefined]), filesAdded: host.filesAdded, filesRemoved: host.filesRemoved, filesChanged: inOrder(host.filesChanged),
});
const swapItem = <T extends PlanDiffItem>(item: T): T => ({ ...item, values: swapValues(item.values) });
const swapHost = (host: PlanDiffHost): PlanDiffHost => ({ ...swapItem(host), daemonsStarted: host.daemonsStopped, daemonsStopped: host.daemonsStarted, filesAdded: host.filesRemoved, filesRemoved: host.filesAdded });
const swapPart = <T extends PlanDiffItem>(part: PlanDiffPart<T>, swap: (item: T) => T): PlanDiffPart<T> => ({ added: part.removed.map(swap), removed: part.added.map(swap), changed: part.changed.map(swap) });
const swapDiff = (diff: PlanDiff): PlanDiff => ({ settings: swapValues(diff.settings), hosts: swapPart(diff.hosts, swapHost), pools: swapPart(diff.pools, swapItem), endpoints: swapPart(diff.endpoints, swapItem), actions: swapPart(diff.actions, swapItem) });

const plainPart = <T extends PlanDiffItem>(part: PlanDiffPart<T>, plain: (item: T) => unknown) => ({ added: inOrder(part.added.map(plain)), removed: inOrder(part.removed.map(plain)), changed: inOrder(part.changed.map(plain)) });
/** Without the order of what is said, and with all that happens to a daemon that stays taken together: what it reads may differ. */
const plainDiff = (diff: PlanDiff) => ({ settings: inOrder(diff.settings), hosts: plainPart(diff.hosts, plainHost), pools: plainPart(diff.pools, plainItem), endpoints: plainPart(diff.endpoints, plainItem), actions: plainPart(diff.actions, plainItem) });

const partsOf = (diff: PlanDiff): readonly PlanDiffPart[] => [diff.hosts, diff.pools, diff.endpoints, diff.actions];
const namesIn = (plan: Plan | null): readonly (readonly string[])[] => [
  Object.values(plan?.hosts ?? {}).map(({ hostId }) => hostId), (plan?.layout.pools ?? []).map(({ name }) => name), (plan?.layout.endpoints ?? []).map(({ name }) => name), (plan?.layout.steps ?? []).map(({ id }) => id),
];

/** As a database may give it back: the same data, keys in another order. */
function reordered<T>(value: T): T {
  if (Array.isArray(value)) return value.map((item: unknown) => reordered(item)) as T; // item for item
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).reverse().map(([key, inner]) => [key, reordered(inner as unknown)])) as T; // key for key
}

describe("the difference between two plans", () => {
  it("is empty between a plan and itself, and says so in words", () => {
    fc.assert(
      fc.property(plans, (plan) => {
        const diff = diffPlans(plan, { ...reordered(plan), id: plan.id, generation: plan.generation + 1, createdBy: "someone else", steps: [] });
        expect(isEmptyDiff(diff)).toBe(true);
        expect(renderPlanDiff(diff)).toEqual(["No change"]);
      }),
      { numRuns: 40 },
    );
  });

  it("leaves nothing out: whichever one value differs, there is a difference, and its words are not empty", () => {
    fc.assert(
      fc.property(plans, fc.nat(), (plan, at) => {
        const leaves = leavesOf(aimOf(plan));
        const path = leaves[at % leaves.length] ?? [];
        const other = withAim(plan, changeAt(aimOf(plan), path) as Aim); // one leaf is another, the shape is the same
        for (const diff of [diffPlans(plan, other), diffPlans(other, plan)]) {
          expect([path, isEmptyDiff(diff)]).toEqual([path, false]);
          expect(renderPlanDiff(diff).length).toBeGreaterThan(1);
        }
      }),
      { numRuns: 400 },
    );
  });

  it("has added and removed, before and after swapped when the plans are", () => {
    fc.assert(
      fc.property(maybePlans, maybePlans, (a, b) => {
        expect(plainDiff(diffPlans(b, a))).toEqual(plainDiff(swapDiff(diffPlans(a, b))));
      }),
      { numRuns: 60 },
    );
  });

  it("leads from the names before to the names after: what is removed goes, what is added comes, what is changed stays", () => {
    fc.assert(
      fc.property(maybePlans, maybePlans, (a, b) => {
        for (const [k, { added, removed, changed }] of partsOf(diffPlans(a, b)).entries()) {
          const [before, after] = [namesIn(a)[k] ?? [], namesIn(b)[k] ?? []];
          const gone = new Set(removed.map(({ name }) => name));
          expect(new Set([...before.filter((name) => !gone.has(name)), ...added.map(({ name }) => name)])).toEqual(new Set(after));
          expect([...gone].every((name) => before.includes(name))).toBe(true);
          expect(changed.every(({ name }) => before.includes(name) && after.includes(name))).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("does not depend on the order of keys, and names everything it has in lines of at most 80 columns", () => {
    fc.assert(
      fc.property(plans, plans, fc.string({ minLength: 1, maxLength: 200 }), (a, b, name) => {
        const long: Plan = { ...b, policy: { ...b.policy, location: name } };
        const diff = diffPlans(a, long);
        const lines = renderPlanDiff(diff);
        expect(renderPlanDiff(diffPlans(reordered(a), reordered(long)))).toEqual(lines);
        expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
        const said = lines.map((line) => line.trim()).join(" ");
        const shown = [...diff.settings.map((value) => value.name), ...[diff.hosts, diff.pools, diff.endpoints].flatMap((part) => [...part.added, ...part.removed, ...part.changed].map((item) => item.name)), ...[...diff.actions.added, ...diff.actions.removed, ...diff.actions.changed].map(({ title }) => title)];
        expect(shown.filter((each) => !said.includes(each))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});

describe("no plan, and a plan that removes the cluster", () => {
  const plan = planned(anInput(aPolicy(3)));
  const removal = replan(plan, aPolicy(3, { presence: "absent" }));
  it("are the same: before it everything is added, after it everything is removed", () => {
    expect(diffPlans(null, plan).hosts).toMatchObject({ added: [{ name: "host-1" }, { name: "host-2" }, { name: "host-3" }], removed: [], changed: [] });
    expect(diffPlans(removal, plan)).toEqual(diffPlans(null, plan));
    expect(diffPlans(plan, removal)).toEqual(diffPlans(plan, null));
    expect(diffPlans(plan, null).settings.every(({ before, after }) => before !== undefined && after === undefined)).toBe(true);
    expect(isEmptyDiff(diffPlans(removal, null))).toBe(true);
  });
});

describe("what reads for people", () => {
  it("says + for what comes, - for what goes, ~ for what stays and changes", () => {
    const before = planned(anInput(aPolicy(4)));
    const lines = renderPlanDiff(diffPlans(before, replan(before, aPolicy(5))));
    expect(lines).toContain("~ hosts.count: 4 -> 5");
    expect(lines).toContain("+ host-5 (local-small): mon.host-5 osd.4 gw.host-5");
    expect(lines).toContain("~ host-3: - gw.host-3; restarts mon.host-3; changed files");
    expect(renderPlanDiff(diffPlans(replan(before, aPolicy(5)), before))).toContain("- host-5 (local-small): mon.host-5 osd.4 gw.host-5");
  });
  it("says a capacity in gigabytes when it is a whole number of them, else exactly", () => {
    const sized = (usableCapacityBytes: number): Plan => planned(anInput(aPolicy(3, { fileSystems: [{ name: "home", usableCapacityBytes, protocols: ["nfs"], protection: { hostFailures: 1, scheme: "replication" } }] })));
    expect(diffPlans(sized(8e9), sized(16e9)).settings).toEqual([{ name: "fileSystems.home.usableCapacity", before: "8 GB", after: "16 GB" }]);
    expect(diffPlans(sized(8e9), sized(8e9 + 1)).settings).toEqual([{ name: "fileSystems.home.usableCapacity", before: "8 GB", after: "8000000001 bytes" }]);
  });
});

describe("the difference between two values", () => {
  const trees = fc.dictionary(fc.string({ maxLength: 4 }), fc.jsonValue({ maxDepth: 3 }).filter((value) => value !== undefined), { maxKeys: 4 });
  it("is empty exactly when they hold the same data", () => {
    fc.assert(
      fc.property(trees, trees, fc.boolean(), (a, other, isSame) => {
        const b = isSame ? reordered(a) : other;
        expect(valueChanges(a, b).length === 0).toBe(JSON.stringify(sorted(a)) === JSON.stringify(sorted(b)));
      }),
      { numRuns: 500 },
    );
  });
  it("tells a list by what came and went, and what would read the same in a form that does not", () => {
    expect(valueChanges({ list: ["a", "b", "b"] }, { list: ["b", "c", "a"] })).toEqual([{ name: "list", before: "b" }, { name: "list", after: "c" }]);
    expect(valueChanges({ list: [1, 2] }, { list: [2, 1] })).toEqual([{ name: "list", before: "[1,2]", after: "[2,1]" }]);
    expect(valueChanges({ a: "1" }, { a: 1 })).toEqual([{ name: "a", before: '"1"', after: "1" }]);
    expect(valueChanges({ a: { b: 1 } }, { "a.b": 1 })).toEqual([{ name: '["a.b"]', after: "1" }, { name: "a.b", before: "1" }]);
    expect(valueChanges({ a: "one\ntwo" }, null)).toEqual([{ name: "a", before: '"one\\ntwo"' }]);
  });
});

/** Keys in one order, so that equal data has equal text. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return Object.is(value, -0) ? 0 : value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]): [string, unknown] => [`k${key}`, sorted(inner)]).sort(([a], [b]) => (a < b ? -1 : 1)));
}
