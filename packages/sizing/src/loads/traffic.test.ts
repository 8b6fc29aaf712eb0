import { describe, expect, it } from "vitest";
import type { ProtectionPolicy, RequirementFileSystem } from "@cynosure/model";
import { sampleCeph, sampleVast } from "../testkit/sample-catalogue.ts";
import { askFileSystem } from "../testkit/sample-requirement.ts";
import { schemeOn } from "./raw-factor.ts";
import { trafficOf, type Traffic } from "./traffic.ts";

function trafficWith(scheme: ProtectionPolicy["scheme"], dataPaths: RequirementFileSystem["dataPaths"], engine = sampleCeph): Traffic {
  const fileSystem = askFileSystem("home", { dataPaths, protection: { hostFailures: 1, scheme, rackFailures: 0, performanceHeld: false } });
  const chosen = schemeOn(fileSystem.protection, [], 4_096, 10);
  if (chosen === null) throw new Error("ten hosts hold any scheme of this test");
  return trafficOf(fileSystem, engine.dataPath, chosen);
}

describe("traffic of three copies, relayed by a primary", () => {
  it("sends a read once and a write to two others; a gateway on the hosts carries both once more", () => {
    expect(trafficWith("replication", ["native"])).toEqual({ egress: { perRead: 1, perWrite: 2 }, ingress: { perRead: 0, perWrite: 3 }, driveWrites: 3 });
    expect(trafficWith("replication", ["nfs"])).toEqual({ egress: { perRead: 2, perWrite: 3 }, ingress: { perRead: 1, perWrite: 4 }, driveWrites: 3 });
    expect(trafficWith("replication", ["native", "nfs"])).toEqual(trafficWith("replication", ["nfs"]));
  });
});

describe("traffic of 4 + 2 chunks, relayed by a primary", () => {
  it("fetches three of four chunks for a read and sends five of six for a write", () => {
    expect(trafficWith("erasureCoding", ["native"])).toEqual({ egress: { perRead: 1.75, perWrite: 1.25 }, ingress: { perRead: 0.75, perWrite: 2.25 }, driveWrites: 1.5 });
  });
});

describe("traffic of a shared-everything engine", () => {
  it("is what the engine states, gateways and all", () => {
    expect(trafficWith("replication", ["nfs"], sampleVast)).toEqual({ egress: { perRead: 2, perWrite: 4 }, ingress: { perRead: 1, perWrite: 3 }, driveWrites: 2 });
  });
});
