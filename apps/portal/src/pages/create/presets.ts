// Requirements to begin with, each a whole one: what is sized is what is written here. Pure.
import type { Requirement } from "@cynosure/sdk";

export interface Preset {
  readonly label: string;
  readonly about: string;
  readonly requirement: Requirement;
}

const survivesOne = { hostFailures: 1 } as const;
const survivesTwo = { hostFailures: 2 } as const;

/** `here` is the location that this control plane delivers to itself. */
export const presetsFor = (here: string): readonly Preset[] => [
  {
    label: "Proof of concept, here",
    about: "Eight hosts where this control plane delivers itself: a small file system and a bucket.",
    requirement: {
      name: "proof-of-concept",
      sites: [{
        name: "here",
        location: here,
        hosts: { count: 8 },
        fileSystems: [{ name: "home", usableCapacityGB: 8, protocols: ["nfs"], protection: survivesOne }],
        buckets: [{ name: "results", protection: survivesTwo }],
      }],
    },
  },
  {
    label: "Training with checkpoints",
    about: "Data sets that are read all day and checkpoints that are written in bursts; they share a cluster.",
    requirement: {
      name: "ai-training",
      constraints: { residencyCountries: ["US"], budget: { monthlyUsd: 3_000_000 } },
      sites: [{
        name: "training",
        location: "eastus",
        fallbackLocations: ["southcentralus", "westus3"],
        clients: { size: "Standard_ND96isr_H100_v5", count: 64 },
        consolidation: { mode: "shared", confidence: 0.99 },
        fileSystems: [
          { name: "datasets", usableCapacityGB: 1_500_000, protocols: ["native"], throughput: { readGBps: 200, writeGBps: 10 }, protection: { hostFailures: 1, scheme: "erasureCoding" }, dutyFraction: 0.6 },
          { name: "checkpoints", usableCapacityGB: 500_000, protocols: ["native"], throughput: { readGBps: 100, writeGBps: 100, simultaneous: false }, protection: { hostFailures: 1, scheme: "erasureCoding" }, dutyFraction: 0.05 },
        ],
      }],
    },
  },
  {
    label: "Small files",
    about: "Few bytes in very many files: what binds is operations on names.",
    requirement: {
      name: "small-files",
      sites: [{
        name: "sequencing",
        location: "northeurope",
        engine: "ceph",
        clients: { nicGbps: 50, count: 200 },
        fileSystems: [{
          name: "reads",
          usableCapacityGB: 400_000,
          protocols: ["native"],
          throughput: { readGBps: 12, writeGBps: 6 },
          fileSizes: [{ fileSizeKB: 16, byteFraction: 0.4 }, { fileSizeKB: 1000, byteFraction: 0.6 }],
          metadata: { uniqueDirectories: { createPerSecond: 30_000, statPerSecond: 150_000, removePerSecond: 20_000 } },
          protection: { hostFailures: 1, performanceHeld: true },
        }],
      }],
    },
  },
  { label: "Empty", about: "Nothing but a place: fill in what is needed.", requirement: { name: "my-requirement", sites: [{ name: "site", location: here, fileSystems: [{ name: "data", usableCapacityGB: 10, protocols: ["nfs"], protection: survivesOne }] }] } },
];
