// What pages read out of answers: addresses, plans, hosts, instructions, sizing. No browser, no network.
import { validate } from "@cynosure/sdk";
import type { ClusterHost, ClusterPlan, PlanStep } from "@cynosure/sdk";
import { describe, expect, it } from "vitest";
import { scopeWords } from "./access/access-words.ts";
import { isAbout, relativeId, sinceFilter } from "./cluster/activity.ts";
import { bytesWords, fillWords } from "./cluster/capacity-words.ts";
import { clusterId, clusterPath, readTab } from "./cluster/cluster-address.ts";
import { failureDomains, hostBadge, isHeard } from "./cluster/host-map.ts";
import { bucketInstructions, mountInstructions, shellWord } from "./cluster/instructions.ts";
import { correctnessWords } from "./cluster/live-client-words.ts";
import { comparePlans, planToShow, progressOf, waitWords } from "./cluster/plan-reading.ts";
import { presetsFor } from "./create/presets.ts";
import { requirementWords } from "./create/requirement-words.ts";
import { slackWords } from "./create/sizing-reading.ts";
import { doctorWords, worstFirst } from "./doctor/doctor-words.ts";

const id = clusterId("s", "quick start", "meadow");
const step = (part: Partial<PlanStep> & { readonly id: string }): PlanStep => ({ title: part.id, status: "pending", attempts: 0, dependsOn: [], expectedMs: 1000, ...part });
const plan = (generation: number, status: "running" | "succeeded" | "pending"): ClusterPlan => ({ name: `plan-${generation}`, properties: { generation, comment: "", status, criticalPathMs: 0, hosts: [], pools: [], steps: [], findings: [], report: [] } });
const host = (part: Partial<ClusterHost["properties"]>): ClusterHost => ({ name: "host-1", properties: { index: 1, size: "small", failureDomain: "host-1", power: "on", fault: "none", joined: true, observedGeneration: 1, publishedGeneration: 1, state: "converged", daemons: [], ...part } });

describe("addresses", () => {
  it("lead from an id, and from ids below it, to the cluster's page", () => {
    expect(clusterPath(id)).toBe("/clusters/quick%20start/meadow");
    expect(clusterPath(`${id}/fileSystems/home`, "plan")).toBe("/clusters/quick%20start/meadow/plan");
    expect([clusterPath("nonsense"), readTab("nonsense"), readTab("plans")]).toEqual(["/", "overview", "plans"]);
  });
});

describe("plans", () => {
  it("show the one that runs, else the target, else the newest", () => {
    const plans = [plan(1, "succeeded"), plan(2, "running"), plan(3, "pending")];
    expect(planToShow(plans, "plan-1")?.name).toBe("plan-2");
    expect(planToShow([plan(1, "succeeded"), plan(2, "succeeded")], "plan-1")?.name).toBe("plan-1");
    expect(planToShow([plan(1, "succeeded"), plan(2, "succeeded")], undefined)?.name).toBe("plan-2");
    expect(planToShow([], undefined)).toBeUndefined();
  });

  it("say how far they are and what they wait for", () => {
    const steps = [step({ id: "a", status: "done" }), step({ id: "b", status: "running", waitingOn: "5 of 8 are up", dependsOn: ["a"] }), step({ id: "c", dependsOn: ["b"] })];
    expect(progressOf({ steps })).toEqual({ done: 1, total: 3, failed: 0, waitingOn: ["b: 5 of 8 are up"] });
    expect(steps.map((each) => waitWords(each, steps))).toEqual(["", "5 of 8 are up", "b"]);
  });

  it("differ by hosts, daemons and pools", () => {
    const before = { hosts: [{ name: "host-1", daemons: ["mon.0", "osd.0"] }, { name: "host-2", daemons: [] }], pools: [{ name: "data", purpose: "files", scheme: "replication" as const, copies: 2 }] };
    const after = { hosts: [{ name: "host-1", daemons: ["osd.0", "rgw.0"] }, { name: "host-3", daemons: [] }], pools: [{ name: "data", purpose: "files", scheme: "replication" as const, copies: 3 }, { name: "rgw", purpose: "objects", scheme: "replication" as const }] };
    expect(comparePlans(before, after)).toEqual({ hostsAdded: ["host-3"], hostsRemoved: ["host-2"], hostsChanged: ["host-1: + rgw.0, - mon.0"], poolsAdded: ["rgw"], poolsRemoved: [], poolsChanged: ["data"] });
  });
});

describe("hosts", () => {
  it("are shown by the worst that is known of them", () => {
    const failed = { id: "osd.0", kind: "osd", state: "failed", restarts: 0 } as const;
    const badges = [host({}), host({ state: "converging" }), host({ daemons: [failed] }), host({ power: "off" }), host({ fault: "killed", power: "off" }), host({ fault: "linkCut" })].map((each) => hostBadge(each).text);
    expect(badges).toEqual(["Well", "Converging", "Failed", "Off", "Killed", "Cut off"]);
  });

  it("are not asked for their daemons when nobody hears them", () => {
    expect([host({}), host({ power: "off" }), host({ power: "unknown" }), host({ fault: "linkCut" })].map(isHeard)).toEqual([true, false, false, false]);
  });

  it("are grouped by what may fail as one, in the order of their numbers", () => {
    const hosts = [host({ index: 3, failureDomain: "b" }), host({ index: 1, failureDomain: "a" }), host({ index: 2, failureDomain: "b" })];
    expect(failureDomains(hosts).map(({ name, hosts: members }) => [name, members.map(({ properties }) => properties.index)])).toEqual([["a", [1]], ["b", [2, 3]]]);
  });
});

describe("instructions", () => {
  const endpoints = [{ name: "nfs-1", protocol: "nfs", host: "host-4", address: "127.0.0.1", port: 2049 }, { name: "s3-1", protocol: "s3", host: "host-6", address: "127.0.0.1", port: 8000 }] as const;

  it("mount at the gateway there is, and are none where there is none", () => {
    expect(mountInstructions(endpoints, "home", "/home")[0]?.text).toBe("sudo mkdir -p /mnt/home\nsudo mount -t nfs4 -o port=2049 127.0.0.1:/home /mnt/home");
    expect([mountInstructions([], "home", "/home"), mountInstructions(endpoints, "home", undefined)]).toEqual([[], []]);
  });

  it("carry no secret", () => {
    const text = bucketInstructions(endpoints, "results", "meadow").map((each) => each.text).join("\n");
    expect(text).toContain("http://127.0.0.1:8000/results");
    expect(text).toContain("AWS_SECRET_ACCESS_KEY=…");
  });

  it("quote what a shell would read as more than a word", () => {
    expect([shellWord("plain-name"), shellWord("a b"), shellWord("it's; rm")]).toEqual(["plain-name", "'a b'", `'it'\\''s; rm'`]);
  });
});

describe("the activity log", () => {
  it("is about the cluster and what is in it, not about one whose name begins the same", () => {
    expect([isAbout(id.toUpperCase(), id), isAbout(`${id}/buckets/b`, id), isAbout(`${id}-two`, id)]).toEqual([true, true, false]);
    expect([relativeId(id, id), relativeId(`${id}/buckets/b`, id)]).toEqual(["the cluster", "buckets/b"]);
    expect(sinceFilter(Date.parse("2026-11-30T12:00:00Z"), 24)).toBe("eventTimestamp ge '2026-11-29T12:00:00.000Z'");
  });
});

describe("creating", () => {
  it.each(presetsFor("local").map(({ label, requirement }) => [label, requirement] as const))("begins with a whole requirement: %s", (_, requirement) => {
    expect(validate("Sizing_Size", requirement)).toEqual([]);
  });

  it("says a requirement in words, also a half-written one", () => {
    expect(requirementWords({ name: "poc", sites: [{ name: "here", location: "local", hosts: { count: 8 }, fileSystems: [{ name: "home", usableCapacityGB: 8 }] }] })).toBe("poc. here in local on 8 hosts: file system home of 8 GB.");
    expect(requirementWords({ sites: [{}] })).toBe("?. ? in ?: nothing yet.");
  });

  it("never calls what is not known zero", () => {
    expect([slackWords(undefined), slackWords(0), slackWords(0.375), slackWords(-0.1)]).toEqual(["not known", "+0 %", "+37.5 %", "-10 %"]);
  });
});

describe("words of the demonstration and the doctor", () => {
  it("count every object that was read, the corrupt ones among them", () => {
    expect(correctnessWords({ isRunning: true, samples: [], bytesWritten: 0, bytesRead: 0, objectsVerified: 120_000, corruptObjects: 0, longestStallMs: 0 })).toBe("0 corrupt of 120,000");
  });

  it("say bytes in decimal units", () => {
    expect([bytesWords(0), bytesWords(999), bytesWords(10_400_000_000), fillWords({ usedBytes: 1_000, rawBytes: 4_000 })]).toEqual(["0 B", "999 B", "10.4 GB", "1 kB of 4 kB of raw disks, 25 %"]);
  });

  it("put the worst finding first", () => {
    const findings = [{ name: "a", status: "ok", found: "" }, { name: "b", status: "failed", found: "" }] as const;
    expect(worstFirst(findings).map(({ name }) => name)).toEqual(["b", "a"]);
    expect(doctorWords(findings)).toBe("1 failed · 1 ok");
  });

  it("say a scope from where the reader is", () => {
    expect(["/", "/subscriptions/s", "/subscriptions/s/resourceGroups/g", id].map(scopeWords)).toEqual(["the tenant", "the subscription", "group g", "clusters/meadow"]);
  });
});
