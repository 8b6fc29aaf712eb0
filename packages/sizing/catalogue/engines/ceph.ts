// Ceph: what a byte read or written costs, from its documentation and from the largest published measurement. The
// measurement had all processors of the cluster at hand, so vCPUs per GB/s are an upper bound: cautious, and overridden by
// measuring.
import type { EngineModel } from "@cynosure/model";
import { clyso, READ_ON } from "../pages.ts";
import { from, unknown, type Page } from "../sourced.ts";

const docs = (path: string): Page => ({ source: `docs.ceph.com, ${path}`, asOf: READ_ON });
const bluestore = docs("rados/configuration/bluestore-config-ref: bluestore_min_alloc_size_ssd 4096; block.db between 1 % and 4 % of block");
const monitorReference = docs("rados/configuration/mon-config-ref: mon_osd_nearfull_ratio 0.85");
/** The one CephFS entry of IO500 that says how many metadata servers it had: 12, of 2020. Every host is taken as running one. */
const hammerHead: Page = { source: "IO500/submission-data, submission 139: SUSE HammerHead, CephFS, 12 metadata nodes, 10 client nodes", asOf: "2020-07-11" };
const emmy733: Page = { source: "IO500/submission-data, submission 733: GWDG Emmy, CephFS, metadata nodes not stated", asOf: "2024-09-25" };
const emmy734: Page = { source: "IO500/submission-data, submission 734: GWDG Emmy, CephFS, metadata nodes not stated", asOf: "2024-09-17" };
const inOneDirectory = (phase: string): string => `${phase}: files of 3,901 bytes in one directory; the lowest of the entries known`;

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
    createPerSecondPerHost: from(hammerHead, 2_226, { note: "mdtest-easy write, 26,722 files/s / 12" }),
    statPerSecondPerHost: from(hammerHead, 6_645, { note: "mdtest-easy stat, 79,744 files/s / 12" }),
    removePerSecondPerHost: from(hammerHead, 1_732, { note: "mdtest-easy delete, 20,786 files/s / 12" }),
    sharedCreatePerSecond: from(hammerHead, 9_997, { note: inOneDirectory("mdtest-hard write"), conflicts: [{ value: 12_619, page: emmy734 }, { value: 21_110, page: emmy733 }] }),
    sharedStatPerSecond: from(hammerHead, 83_659, { note: inOneDirectory("mdtest-hard stat"), conflicts: [{ value: 100_575, page: emmy734 }, { value: 108_639, page: emmy733 }] }),
    sharedRemovePerSecond: from(hammerHead, 5_752, { note: inOneDirectory("mdtest-hard delete"), conflicts: [{ value: 11_399, page: emmy734 }, { value: 13_110, page: emmy733 }] }),
  },
};
