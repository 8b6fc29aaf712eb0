// Names, spans, numbers and badges as people read them.
import { contractTypes } from "@cynosure/sdk";
import type { Cluster } from "@cynosure/sdk";
import { describe, expect, it } from "vitest";
import { readChoice, themeOf } from "../look/theme.ts";
import { nextWork } from "../running/work-list.ts";
import { healthBadge, realityBadge } from "./badges.ts";
import { durationWords, spanWords } from "./durations.ts";
import { choiceLabel, labelOf } from "./labels.ts";
import { namedType, numberWords, valueWords } from "./values.ts";

const clusterWith = (properties: Partial<Cluster["properties"]>): Cluster => ({ location: "local", properties: { engine: "ceph", substrate: "local", hosts: { size: "small", count: 8 }, protection: { hostFailures: 1 }, ...properties } });

describe("labels", () => {
  it.each([
    ["usableCapacityGB", "Usable capacity (GB)"],
    ["readGBps", "Read (GB/s)"],
    ["nicGbps", "NIC (Gb/s)"],
    ["hostFailures", "Host failures"],
    ["quotaVcpus", "Quota vCPUs"],
    ["criticalPathMs", "Critical path (ms)"],
    ["ephemeralNvmeAllowed", "Ephemeral NVMe allowed"],
    ["createPerSecond", "Create (per second)"],
  ])("of %s is %s", (name, label) => {
    expect(labelOf(name)).toBe(label);
  });

  it("of a choice is its words, but names with capitals of their own stay", () => {
    expect([choiceLabel("erasureCoding"), choiceLabel("HEALTH_OK"), choiceLabel("nfs")]).toEqual(["Erasure coding", "HEALTH_OK", "NFS"]);
  });
});

describe("numbers and spans", () => {
  it("grow their units", () => {
    expect([400, 12_000, 185_000, 7_620_000, 273_600_000].map(durationWords)).toEqual(["0.4 s", "12 s", "3 min 05 s", "2 h 07 min", "3 d 4 h"]);
    expect(spanWords("2026-11-30T00:00:00Z", undefined, Date.parse("2026-11-30T00:01:00Z"))).toBe("1 min 00 s");
    expect(spanWords(undefined, undefined, 0)).toBeUndefined();
  });

  it("group thousands only where a number is no port", () => {
    expect([numberWords(20490), numberWords(25_000_000), numberWords(0.375)]).toEqual(["20490", "25,000,000", "0.38"]);
  });

  it("say an object by its properties, in the contract's words", () => {
    expect(valueWords(contractTypes, namedType(contractTypes, "Protection"), { hostFailures: 2, scheme: "erasureCoding" })).toBe("Host failures: 2; Scheme: Erasure coding");
  });
});

describe("badges", () => {
  it("tell the simulated, the emulated and the real apart", () => {
    expect([clusterWith({ isSimulated: true }), clusterWith({ isSimulated: true, isEmulated: true }), clusterWith({}), clusterWith({ substrate: "bareMetal" })].map((each) => realityBadge(each).text)).toEqual(["Simulated", "Emulated", "Emulated hosts", "Real"]);
  });

  it("never call a cluster well whose engine has not been asked", () => {
    expect(healthBadge(clusterWith({}))).toMatchObject({ text: "Not known yet", tone: "informative" });
    expect(healthBadge(clusterWith({ health: { status: "HEALTH_ERR", ok: false, checks: [], observedAt: "" } })).tone).toBe("danger");
  });
});

describe("the theme", () => {
  it("is the chosen one, else the system's", () => {
    expect([themeOf("system", true), themeOf("system", false), themeOf("light", true), readChoice("purple"), readChoice("dark")]).toEqual(["dark", "light", "light", "system", "dark"]);
  });
});

describe("long-running writes", () => {
  it("are listed newest first, changed by events and gone when dismissed", () => {
    const accepted = (id: number) => ({ kind: "accepted", id, title: `t${id}`, to: undefined, atMs: id }) as const;
    let items = nextWork(nextWork([], accepted(1)), accepted(2));
    items = nextWork(items, { kind: "progress", id: 1, percent: 40, status: "Running" });
    items = nextWork(items, { kind: "failed", id: 2, atMs: 9, error: new Error("no") });
    expect(items.map(({ id, percent, finishedAtMs }) => [id, percent, finishedAtMs])).toEqual([[2, undefined, 9], [1, 40, undefined]]);
    expect(nextWork(items, { kind: "dismissed", id: 2 }).map(({ id }) => id)).toEqual([1]);
  });
});
