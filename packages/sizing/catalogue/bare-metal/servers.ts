// Servers whose make-up and behaviour in a cluster somebody has published. One so far; a room's own servers are the
// customer's to describe in a file.
import type { CatalogueSize } from "@cynosure/model";
import { clyso, READ_ON } from "../pages.ts";
import { from, unknown } from "../sourced.ts";

const inCluster = "measured in a cluster of 63 such nodes: at least this, not what the drives can do";

export const serverSizes: readonly CatalogueSize[] = [
  {
    name: "dell-r6615-10x15tb", substrate: "bareMetal", series: "PowerEdge R6615", role: "storage", hypothetical: false, status: "ga",
    vcpus: from(clyso, 96, { note: "48 cores, two threads each" }), memoryGiB: from(clyso, 192),
    drives: {
      count: from(clyso, 10), driveGB: from(clyso, 15_360),
      readMBps: from(clyso, 17_400, { note: `1,025 GiB/s read / 63 nodes; ${inCluster}` }),
      writeMBps: from(clyso, 13_800, { note: `270 GiB/s written x 3 copies / 63 nodes; ${inCluster}` }),
      readIops: unknown(clyso, "not published for a node"), writeIops: unknown(clyso, "not published for a node"),
      driveWritesPerDay: unknown(clyso, "the drives' model is not published"), isEphemeral: false,
    },
    egressMbps: from(clyso, 200_000, { note: "2 x 100 GbE" }), ingressMbps: from(clyso, 200_000, { note: "full duplex" }), infinibandGbps: from(clyso, 0),
    rdma: unknown(clyso, "the adapters (ConnectX-6) can; not used in the measurement"),
    isIsolated: true, hasCapacityReservation: unknown(clyso, "not of bare metal"), availability: [],
    powerWatts: unknown(clyso, "not published for this make-up"), rackUnits: from({ source: "Dell PowerEdge R6615 specification sheet: 1U rack server", asOf: READ_ON }, 1), nicPorts: from(clyso, 2),
    notes: ["A user's file may give the same server with its measured power under a name of its own."],
  },
];
