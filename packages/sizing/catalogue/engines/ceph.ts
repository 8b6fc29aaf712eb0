// Ceph: what a byte read or written costs, from its documentation and from the largest published measurement. The
// measurement had all processors of the cluster at hand, so vCPUs per GB/s are an upper bound: cautious, and overridden by
// measuring.
import type { EngineModel } from "@cynosure/model";
import { clyso } from "../pages.ts";
import { from, unknown, type Page } from "../sourced.ts";

const docs = (path: string): Page => ({ source: `docs.ceph.com, ${path}`, asOf: "2026-06" });
const bluestore = docs("rados/configuration/bluestore-config-ref: bluestore_min_alloc_size_ssd 4096; block.db between 1 % and 4 % of block");
const monitorReference = docs("rados/configuration/mon-config-ref: mon_osd_nearfull_ratio 0.85");
const noRate = "no public measurement gives a rate per metadata server and its processors; measure it with an acceptance run";

export const ceph: EngineModel = {
  engine: "ceph",
  hostsMin: from(docs("start/hardware-recommendations: three monitors"), 3, { note: "three monitors on three hosts: two are a majority when one is down" }),
  hostsMinRideThrough: from(docs("rados/operations/erasure-code: plan for k + m + 1 failure domains"), 4, { note: "with three hosts there is nowhere to make a lost host's data again" }),
  hostsMax: unknown(docs("rados/operations"), "no maximum is documented"),
  managementHosts: null,
  dataPath: { kind: "primaryRelayed", allocationUnitBytes: 4_096 },
  overheadFraction: from(bluestore, 0.04, { note: "key-value data shares the drive; the upper end of what the documentation reserves for it" }),
  fillFractionMax: from(monitorReference, 0.85, { note: "above it the cluster warns; at 0.95 it stops writing" }),
  vcpusPerReadGBps: from(clyso, 11.2, { note: "68 x 96 = 6,528 threads / 547 GiB/s (587 GB/s, erasure coding 6+2) = 11.1; with 3 copies 6,528 / 1,101 GB/s = 5.9; the higher of the two, all threads counted" }),
  vcpusPerWriteGBps: from(clyso, 22.6, { note: "6,528 threads / 270 GiB/s (290 GB/s written by clients, 3 copies) = 22.5; erasure coding 6+2: 6,528 / 416 GB/s = 15.7; the higher of the two, all threads counted" }),
  metadata: {
    createPerSecondPerHost: unknown(clyso, noRate), statPerSecondPerHost: unknown(clyso, noRate), removePerSecondPerHost: unknown(clyso, noRate),
    sharedCreatePerSecond: unknown(clyso, noRate), sharedStatPerSecond: unknown(clyso, noRate), sharedRemovePerSecond: unknown(clyso, noRate),
  },
};
