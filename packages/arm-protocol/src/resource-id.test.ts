// Rules U1, U2, U6, U7 and T5 as tables, and the round trip as a property.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { childResourceId, formatResourceId, isSameResource, normalizePath, parentResourceId, parseResourceId, resourceIdKey, resourceNameOf, resourceTypeOf } from "./resource-id.ts";
import type { ResourceId } from "./resource-id.ts";

const CLUSTER = "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/Quick-Start/providers/Cynosure.Storage/clusters/Poc";

function parsed(text: string): ResourceId {
  const outcome = parseResourceId(text);
  if (!outcome.ok) throw new Error(outcome.problem.message);
  return outcome.value;
}

describe("resource ids", () => {
  it("U1: ids that differ only in case are the same resource", () => {
    expect(isSameResource(CLUSTER, CLUSTER.toUpperCase())).toBe(true);
    expect(isSameResource(parsed(CLUSTER), CLUSTER.replace("resourceGroups", "resourcegroups"))).toBe(true);
    expect(resourceIdKey(CLUSTER)).toBe(CLUSTER.toLowerCase());
  });

  it("U2: the user's casing of names survives, static words become canonical", () => {
    expect(formatResourceId(parsed(CLUSTER.replace("resourceGroups", "RESOURCEGROUPS").replace("providers", "PROVIDERS")))).toBe(CLUSTER);
  });

  it("T5: double slashes count as one", () => {
    expect(normalizePath("/a//b///c/")).toBe("/a/b/c");
    expect(formatResourceId(parsed(CLUSTER.replace("Cynosure.Storage/", "Cynosure.Storage//")))).toBe(CLUSTER);
  });

  it.each([
    ["/subscriptions/s", "Microsoft.Resources/subscriptions", "s"],
    ["/subscriptions/s/resourceGroups/g", "Microsoft.Resources/resourceGroups", "g"],
    ["/subscriptions/s/providers/N.X/locations/local", "N.X/locations", "local"],
    ["/subscriptions/s/resourceGroups/g/providers/N.X/clusters/c/fileSystems/f", "N.X/clusters/fileSystems", "f"],
  ])("U7: %s is of type %s and named %s", (text, type, name) => {
    expect(resourceTypeOf(parsed(text))).toBe(type);
    expect(resourceNameOf(parsed(text))).toBe(name);
  });

  it.each(["", "clusters", "/subscriptions", "/subscriptions/s/elsewhere/x", "/subscriptions/s/resourceGroups", `${CLUSTER}/fileSystems`, "/subscriptions/s/providers/N.X"])("U7: '%s' is refused with MismatchingResourceSegments", (text) => {
    expect(parseResourceId(text)).toMatchObject({ ok: false, problem: { code: "MismatchingResourceSegments" } });
  });

  it("the chain of parents ends at the subscription", () => {
    const child = childResourceId(parsed(CLUSTER), "fileSystems", "home");
    const chain: string[] = [];
    for (let at: ResourceId | null = child; at !== null; at = parentResourceId(at)) chain.push(resourceTypeOf(at));
    expect(chain).toEqual(["Cynosure.Storage/clusters/fileSystems", "Cynosure.Storage/clusters", "Microsoft.Resources/resourceGroups", "Microsoft.Resources/subscriptions"]);
  });

  it("U6: what is formatted parses back to the same id", () => {
    const word = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_.-]{0,20}$/).filter((w) => !["resourcegroups", "providers"].includes(w.toLowerCase()));
    const id = fc.record({
      subscriptionId: fc.uuid(),
      resourceGroup: fc.option(word, { nil: null }),
      namespace: word,
      segments: fc.array(fc.record({ type: word, name: word }), { minLength: 1, maxLength: 3 }),
    });
    fc.assert(fc.property(id, (value) => void expect(parsed(formatResourceId(value))).toEqual(value)));
  });
});
