import { describe, expect, it } from "vitest";
import type { Requirement } from "@cynosure/sdk";
import { rungFor, withEngine } from "./engine-choice.ts";

const requirement = { apiVersion: "cynosure/v1", kind: "Requirement", name: "r", sites: [{ name: "a", location: "local" }, { name: "b", location: "local", engine: "ceph" }] } as unknown as Requirement; // the two sites are all that is read

describe("the engine of a start", () => {
  it("is that of every site when it was asked for, and else what the requirement says", () => {
    expect(withEngine(requirement, "vast").sites.map((site) => site.engine)).toEqual(["vast", "vast"]);
    expect(withEngine(requirement, null)).toBe(requirement);
  });

  it("brings the simulated rung with it where it lives on simulated hosts, and refuses one that does not fit", () => {
    expect([rungFor({ engine: "vast", rung: null }), rungFor({ engine: "simulated", rung: "d" }), rungFor({ engine: "ceph", rung: null }), rungFor({ engine: null, rung: "b" })]).toEqual(["d", "d", null, "b"]);
    expect(() => rungFor({ engine: "vast", rung: "a" })).toThrow("--engine vast runs on simulated hosts, and rung a has others");
    expect(() => rungFor({ engine: "ceph", rung: "d" })).toThrow("--engine ceph runs on real hosts");
  });
});
