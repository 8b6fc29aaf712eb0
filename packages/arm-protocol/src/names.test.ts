// Rules U3, U4, U5, U9, V1-V4 and the tag limits, as tables.
import { describe, expect, it } from "vitest";
import { checkApiVersion } from "./api-version.ts";
import { checkLocation } from "./locations.ts";
import { checkBodyIdentity, checkName, checkSubscriptionId, resourceGroupNameRule } from "./names.ts";
import { checkTags, TAG_LIMITS } from "./tags.ts";

const codeOf = (outcome: { ok: boolean; problem?: { code: string } }): string => (outcome.ok ? "ok" : (outcome.problem?.code ?? "?"));

describe("names", () => {
  it.each([
    ["quickstart", "ok"],
    ["a.b_(c)-d", "ok"],
    ["ends.", "InvalidResourceName"],
    ["", "InvalidResourceName"],
    ["has space", "InvalidResourceName"],
    ["x".repeat(90), "ok"],
    ["x".repeat(91), "InvalidResourceName"],
  ])("U4: resource group '%s' is %s", (name, expected) => {
    expect(codeOf(checkName("resource group", name, resourceGroupNameRule))).toBe(expected);
  });

  it("U4: a subscription id that is no GUID is refused", () => {
    expect(codeOf(checkSubscriptionId("mine"))).toBe("InvalidSubscriptionId");
    expect(codeOf(checkSubscriptionId("00000000-0000-4000-8000-000000000001"))).toBe("ok");
  });

  it("U5: the refusal names the rule in words, and a line break never slips past the end of a pattern", () => {
    const rule = { pattern: /^[a-z]+$/, must: "be lower-case letters" };
    expect(checkName("thing", "fine", rule)).toEqual({ ok: true, value: "fine" });
    for (const name of ["../etc", "ends\n", "line\nbreak", ""]) {
      expect(checkName("thing", name, rule, "thingName")).toMatchObject({ ok: false, problem: { code: "InvalidResourceName", target: "thingName", message: expect.stringContaining("be lower-case letters") } });
    }
  });

  it("U3: a body may repeat its identity in any case but not contradict the URL", () => {
    const id = { subscriptionId: "s", resourceGroup: "g", namespace: "N.X", segments: [{ type: "clusters", name: "Poc" }] };
    expect(checkBodyIdentity({ id: "/subscriptions/S/resourcegroups/G/providers/N.X/clusters/poc", name: "POC", type: "n.x/Clusters" }, id).ok).toBe(true);
    for (const body of [{ id: "/subscriptions/other" }, { name: "b" }, { type: "N.X/hosts" }, { name: 1 }]) {
      expect(checkBodyIdentity(body, id)).toMatchObject({ ok: false, problem: { code: "MismatchingResourceSegments", target: Object.keys(body)[0] } });
    }
  });
});

describe("locations", () => {
  it("U9: spaces and case do not matter, the canonical spelling comes back", () => {
    expect(checkLocation("West US", "clusters", ["local", "westus"])).toEqual({ ok: true, value: "westus" });
  });
  it("U9: none and an unknown one are refused, the refusal lists what exists", () => {
    expect(codeOf(checkLocation(undefined, "clusters", ["local"]))).toBe("LocationRequired");
    expect(checkLocation("mars", "clusters", ["local"])).toMatchObject({ ok: false, problem: { code: "LocationNotAvailableForResourceType", message: expect.stringContaining("'local'") } });
  });
});

describe("api-version", () => {
  const provider = { providerType: { namespace: "Cynosure.Storage", type: "clusters", locations: ["local"] }, supported: ["2026-12-01"] };
  const frontDoor = { providerType: null, supported: ["2021-04-01"], acceptsAnyFrom: "2015-01-01" };
  it.each([
    ["V1", "2026-12-01", provider, "ok"],
    ["V2", undefined, provider, "MissingApiVersionParameter"],
    ["V2", "", frontDoor, "MissingApiVersionParameter"],
    ["V3", "2020-01-01", provider, "NoRegisteredProviderFound"],
    ["V4", "banana", frontDoor, "InvalidApiVersionParameter"],
    ["V4", "2010-01-01", frontDoor, "InvalidApiVersionParameter"],
    ["V1", "2019-11-01", frontDoor, "ok"],
  ])("%s: %s is answered", (_rule, value, scope, expected) => {
    expect(codeOf(checkApiVersion(value, scope))).toBe(expected);
  });
  it("V3: the refusal lists versions and locations", () => {
    const outcome = checkApiVersion("2020-01-01", provider);
    expect(outcome).toMatchObject({ ok: false, problem: { message: expect.stringMatching(/'2026-12-01'.*'local'/) } });
  });
});

describe("tags", () => {
  it("are kept verbatim up to their limits", () => {
    expect(checkTags({ Team: "A b" })).toEqual({ ok: true, value: { Team: "A b" } });
    const many = Object.fromEntries(Array.from({ length: TAG_LIMITS.countMax + 1 }, (_, i) => [`k${i}`, "v"]));
    for (const bad of [many, { "a/b": "v" }, { k: 1 }, [], { ["k".repeat(513)]: "v" }, { k: "v".repeat(257) }]) {
      expect(codeOf(checkTags(bad))).toBe("InvalidRequestContent");
    }
  });
});
