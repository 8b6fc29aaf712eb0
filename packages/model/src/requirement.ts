// Requirement: what a team needs, as sizing computes on it. Everything a file or request may leave out is filled in
// by whoever reads it (converters), so that here nothing is optional: null says that nothing was said.
// Decimal units throughout: GB = 10^9 bytes, GBps = GB/s, Gbps = 10^9 bits/s, TB = 10^12 bytes.
import type { BucketPolicy, EngineName, ProtectionPolicy } from "./policy.ts";

/** How clients reach a file system: `nfs` through gateways on the hosts, `native` with the engine's own client straight to the hosts. */
export type DataPath = "nfs" | "native";

export interface Throughput {
  readonly readGBps: number;
  readonly writeGBps: number;
  /** Both must hold at the same time; otherwise either alone. */
  readonly simultaneous: boolean;
}

export interface MetadataRates {
  readonly createPerSecond: number;
  readonly statPerSecond: number;
  readonly removePerSecond: number;
}

/** Part of a file system's bytes that is in files of one size; the shares add up to 1. */
export interface FileSizeShare {
  readonly fileSizeKB: number;
  readonly byteFraction: number;
}

export interface RequirementProtection extends ProtectionPolicy {
  /** Racks (bare metal) or fault domains (cloud) that may be down at once beside `hostFailures`; 0 asks for nothing. */
  readonly rackFailures: number;
  /** Throughput and metadata rates hold while `hostFailures` hosts are down and their data is made again. */
  readonly performanceHeld: boolean;
}

export interface RequirementFileSystem {
  readonly name: string;
  /** Today; `growth` comes on top. */
  readonly usableCapacityGB: number;
  readonly dataPaths: readonly DataPath[];
  readonly throughput: Throughput | null;
  readonly fileSizes: readonly FileSizeShare[];
  readonly metadata: { readonly uniqueDirectories: MetadataRates | null; readonly sharedDirectory: MetadataRates | null };
  readonly protection: RequirementProtection;
  readonly growth: { readonly percentPerYear: number; readonly years: number } | null;
  /** Part of the time that the throughput is asked for, 0 to 1. Counts only where a cluster is `shared`. */
  readonly dutyFraction: number;
}

export interface BareMetalRoom {
  readonly powerKW: number;
  readonly rackUnits: number;
  readonly racks: number;
  /** Ports of one switch and the rate of each; null where the room sets no limit and says nothing. */
  readonly network: { readonly switchPorts: number; readonly portGbps: number; readonly uplinkPorts: number; readonly switchesMax: number } | null;
  /** From order to power on; null when nobody has said. */
  readonly leadTimeWeeks: number | null;
}

export interface RequirementClients {
  /** A host size of the catalogue; null when only the rate is known. */
  readonly size: string | null;
  readonly nicGbps: number | null;
  readonly count: number;
  /** Where they are; null: wherever the storage is, so they must be available there too. */
  readonly location: string | null;
}

/** What lies between clients and hosts. `gateway`: another fabric (Slingshot, InfiniBand …) reached through Ethernet gateways. */
export type ClientFabric = { readonly kind: "ethernet" } | { readonly kind: "infiniband" } | { readonly kind: "gateway"; readonly gatewayGBps: number };

export interface Consolidation {
  /** Names that may share a cluster, a list for each cluster-to-be at most; names of different lists never share. null: all may. */
  readonly mayShare: readonly (readonly string[])[] | null;
  /** `guaranteed`: the sum of all peaks. `shared`: what is not exceeded with `confidence`, peaks being independent. */
  readonly mode: "guaranteed" | "shared";
  /** 0.5 to 0.99999; null when guaranteed. */
  readonly confidence: number | null;
}

export interface RequirementSite {
  readonly name: string;
  /** Region of the catalogue or location of a substrate; for a bare-metal room its own name. */
  readonly location: string;
  readonly zone: string | null;
  /** In order; followed without asking when the first cannot be had. */
  readonly fallbackLocations: readonly string[];
  readonly room: BareMetalRoom | null;
  readonly engine: EngineName | null;
  readonly clients: RequirementClients | null;
  readonly fabric: ClientFabric;
  /** A fixed shape; without it the count is worked out. */
  readonly hostCount: number | null;
  /** vCPUs that the subscription may use in the location; null when nobody has said. */
  readonly quotaVcpus: number | null;
  readonly consolidation: Consolidation;
  readonly fileSystems: readonly RequirementFileSystem[];
  readonly buckets: readonly BucketPolicy[];
}

export type DeploymentMode = "customerTenant" | "hosted" | "service";
export type PaymentRoute = "marketplace" | "privateOffer" | "direct";

/** Over all sites. Either so much a month, or so much in all over a term. */
export type Budget = { readonly kind: "monthly"; readonly monthlyUsd: number } | { readonly kind: "total"; readonly totalUsd: number; readonly termMonths: number };

export interface RequirementConstraints {
  /** ISO 3166-1 alpha-2; empty: anywhere. */
  readonly residencyCountries: readonly string[];
  /** What is acceptable; empty: any. */
  readonly deploymentModes: readonly DeploymentMode[];
  readonly paymentRoutes: readonly PaymentRoute[];
  /** YYYY-MM-DD. */
  readonly readyBy: string | null;
  readonly budget: Budget | null;
  /** Drives that lose their data when a host is deallocated. */
  readonly ephemeralNvmeAllowed: boolean;
  readonly hostSizes: {
    /** Empty: any. */
    readonly allow: readonly string[];
    readonly deny: readonly string[];
    /** In order: an option with an earlier one ranks before an option with a later one or none. */
    readonly prefer: readonly string[];
  };
}

export interface Requirement {
  readonly name: string;
  readonly sites: readonly RequirementSite[];
  readonly constraints: RequirementConstraints;
  /** What the requirement's author knows better than the catalogue. */
  readonly assumptions: Partial<SizingAssumptions>;
}

/** Numbers that are judgements rather than facts; each has a default with its reason in the catalogue. All fractions are 0 to 1. */
export interface SizingAssumptions {
  /** Of a drive's published write figure, what is left when it is no longer fresh. */
  readonly sustainedWriteFraction: number;
  /** Of a NIC's rate, what payload gets after headers. */
  readonly nicPayloadFraction: number;
  /** Hours in which the data of lost hosts is made again. */
  readonly rebuildHours: number;
  /** Whole hosts' worth of capacity kept free, so that data can be made again. */
  readonly spareHosts: number;
}

/** What a location offers, as its substrate says. */
export interface HostSizeOffer {
  readonly size: string;
  readonly location: string;
  readonly hostCountMax: number;
  readonly diskCount: number;
  readonly diskSizeBytes: number;
  readonly vcpus: number;
  readonly memoryBytes: number;
  /** Why this size cannot be had now; null when it can. */
  readonly restriction: string | null;
}
