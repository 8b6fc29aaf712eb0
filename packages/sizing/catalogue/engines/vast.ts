// The vast engine: shared-everything, protection is its own. What crosses the network is an estimate from how the data
// path works, to be measured before anybody signs; capacity is from the vendor's public ratios.
import type { EngineModel } from "@cynosure/model";
import { READ_ON } from "../pages.ts";
import { from, unknown, type Page } from "../sourced.ts";

const estimate: Page = { source: "estimate from the published data path (stateless protocol servers in front of media on other hosts), to be measured", asOf: READ_ON };
const cloudArchitecture: Page = { source: "VAST Data, VAST on Cloud reference architecture for Google Cloud (kb.vastdata.com/docs/voc-gcp-reference-architecture)", asOf: READ_ON };
const release52: Page = { source: "VAST Data, blog on release 5.2: clusters of EBoxes ride through the failure of one from 11 on", asOf: READ_ON };
const eboxTable: Page = { source: "wutz/infra-skills (a0763ea): third party's copy of a vendor's table, unverified", asOf: READ_ON };
const io500: Page = { source: "IO500/submission-data (f610b34), submission 730: VAST at Janelia, 2024, 2,048 processes", asOf: "2024-11" };
const perHost = "published rates do not say how many hosts served them";

export const vast: EngineModel = {
  engine: "vast",
  hostsMin: from(cloudArchitecture, 8, { conflicts: [{ value: 11, page: eboxTable }], note: "8 storage instances; the table of EBoxes begins at 11" }),
  hostsMinRideThrough: from(release52, 11),
  hostsMax: from(eboxTable, 250, { note: "the last row of the table; not stated as a limit" }),
  managementHosts: { size: "Standard_D16s_v5", count: 1, source: `${cloudArchitecture.source}: one n2-standard-16 (16 vCPUs, 64 GB); the Azure size of the same vCPUs and memory is our choice`, asOf: cloudArchitecture.asOf },
  dataPath: {
    kind: "sharedEverything",
    egressPerRead: from(estimate, 2, { note: "media to protocol server, protocol server to client" }),
    egressPerWrite: from(estimate, 4, { note: "two copies to the write buffer, read back, stripe to media" }),
    ingressPerRead: from(estimate, 1, { note: "media to protocol server" }),
    ingressPerWrite: from(estimate, 5, { note: "from the client, and the four transfers of egress" }),
    driveWritePerWrite: from(estimate, 3.4, { note: "two copies in the write buffer, which has no media of its own on a cloud host, and the stripe: 2 + 1/0.727" }),
    egressPerReadRange: [1, 3],
    egressPerWriteRange: [2, 6],
    usableFraction: from(eboxTable, 0.727, { note: "11 EBoxes: 982.67 of 1,351.68 TB", conflicts: [{ value: 0.729, page: { ...cloudArchitecture, source: `${cloudArchitecture.source}: 8 instances, about 210 of 288 TB` } }] }),
  },
  overheadFraction: from(eboxTable, 0, { note: "within the usable fraction" }),
  fillFractionMax: from({ source: "judgement: a tenth is kept free; no public figure", asOf: READ_ON }, 0.9),
  vcpusPerReadGBps: unknown(cloudArchitecture, "no throughput is published for a size whose vCPUs are"),
  vcpusPerWriteGBps: unknown(cloudArchitecture, "no throughput is published for a size whose vCPUs are"),
  metadata: {
    createPerSecondPerHost: unknown(io500, perHost), statPerSecondPerHost: unknown(io500, perHost), removePerSecondPerHost: unknown(io500, perHost),
    sharedCreatePerSecond: from(io500, 1_960, { note: "mdtest-hard write: files of 3,901 bytes in one directory" }),
    sharedStatPerSecond: from(io500, 453_000, { note: "mdtest-hard stat" }),
    sharedRemovePerSecond: from(io500, 1_890, { note: "mdtest-hard delete" }),
  },
};
