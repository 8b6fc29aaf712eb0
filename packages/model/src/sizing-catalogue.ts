// Catalogue: what is publicly known of host sizes, regions, engines and the platform, each value with its source
// and date. Unknown is null and stays unknown. The data is in packages/sizing/catalogue; these are its shapes.
import type { EngineName } from "./policy.ts";
import type { SizingAssumptions } from "./requirement.ts";

/** A value somebody has published. Where sources conflict, `value` is the cautious one and `conflicts` has the others. */
export interface Sourced<T> {
  readonly value: T | null;
  readonly source: string;
  /** YYYY-MM-DD, or YYYY-MM. */
  readonly asOf: string;
  readonly note?: string;
  readonly conflicts?: readonly { readonly value: T; readonly source: string; readonly asOf: string }[];
}

export type CapabilityStatus = "requested" | "preview" | "ga" | "verified";

/** Where a size can be had: a list by one source. A region in no list is unknown, not absent, unless `isComplete`. */
export interface RegionList {
  readonly regions: readonly string[];
  readonly isComplete: boolean;
  readonly source: string;
  readonly asOf: string;
}

export interface CatalogueSize {
  readonly name: string;
  readonly substrate: "azure" | "bareMetal";
  readonly series: string;
  readonly role: "storage" | "client" | "management";
  /** From a user's file, and not a size that exists. */
  readonly hypothetical: boolean;
  readonly status: CapabilityStatus;
  readonly vcpus: Sourced<number>;
  readonly memoryGiB: Sourced<number>;
  readonly drives: {
    readonly count: Sourced<number>;
    readonly driveGB: Sourced<number>;
    /** All drives of a host together, as published (fresh drives). */
    readonly readMBps: Sourced<number>;
    readonly writeMBps: Sourced<number>;
    readonly readIops: Sourced<number>;
    readonly writeIops: Sourced<number>;
    /** Full writes of the drive a day that it is rated for. */
    readonly driveWritesPerDay: Sourced<number>;
    readonly isEphemeral: boolean;
  };
  /** Egress as metered. */
  readonly egressMbps: Sourced<number>;
  /** Line rate of what comes in; null value: taken as the egress figure, and said so. */
  readonly ingressMbps: Sourced<number>;
  readonly infinibandGbps: Sourced<number>;
  readonly rdma: Sourced<boolean>;
  readonly isIsolated: boolean;
  readonly hasCapacityReservation: Sourced<boolean>;
  readonly availability: readonly RegionList[];
  /** Bare metal; null values elsewhere. */
  readonly powerWatts: Sourced<number>;
  readonly rackUnits: Sourced<number>;
  readonly nicPorts: Sourced<number>;
  /** What no value of it says: a price seen without its region, contradictions of its pages. */
  readonly notes?: readonly string[];
}

export interface CatalogueRegion {
  readonly name: string;
  readonly displayName: string;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  readonly hasZones: boolean | null;
  readonly source: string;
  readonly asOf: string;
}

/** What crosses the network and the drives for each byte a client reads or writes; see docs/reference/sizing-model.md. */
export type EngineDataPath =
  | { readonly kind: "primaryRelayed"; readonly allocationUnitBytes: number }
  | {
      readonly kind: "sharedEverything";
      readonly egressPerRead: Sourced<number>;
      readonly egressPerWrite: Sourced<number>;
      readonly ingressPerRead: Sourced<number>;
      readonly ingressPerWrite: Sourced<number>;
      readonly driveWritePerWrite: Sourced<number>;
      /** Lowest and highest factor that is thinkable, for the risk's words. */
      readonly egressPerReadRange: readonly [number, number];
      readonly egressPerWriteRange: readonly [number, number];
      /** Usable of raw bytes; protection is the engine's own. */
      readonly usableFraction: Sourced<number>;
    };

/** Rates of one metadata server; `null` values make the limit undetermined where a rate is asked for. */
export interface EngineMetadata {
  readonly createPerSecondPerHost: Sourced<number>;
  readonly statPerSecondPerHost: Sourced<number>;
  readonly removePerSecondPerHost: Sourced<number>;
  /** One directory does not spread over hosts. */
  readonly sharedCreatePerSecond: Sourced<number>;
  readonly sharedStatPerSecond: Sourced<number>;
  readonly sharedRemovePerSecond: Sourced<number>;
}

export interface EngineModel {
  readonly engine: EngineName;
  readonly hostsMin: Sourced<number>;
  /** The higher minimum that rides through a lost host with its performance. */
  readonly hostsMinRideThrough: Sourced<number>;
  readonly hostsMax: Sourced<number>;
  readonly managementHosts: { readonly size: string; readonly count: number; readonly source: string; readonly asOf: string } | null;
  readonly dataPath: EngineDataPath;
  /** Part of raw bytes that the engine's own structures take. */
  readonly overheadFraction: Sourced<number>;
  /** Above this fill the engine warns and slows. */
  readonly fillFractionMax: Sourced<number>;
  readonly vcpusPerReadGBps: Sourced<number>;
  readonly vcpusPerWriteGBps: Sourced<number>;
  readonly metadata: EngineMetadata;
}

export interface PlatformLimits {
  /** Most hosts of one cluster in one scale set with one fault domain. */
  readonly scaleSetHostsMax: Sourced<number>;
  readonly faultDomainsPerZone: Sourced<number>;
  readonly faultDomainsPerRegion: Sourced<number>;
  /** Requests for more vCPUs at once are large, and may find no room. */
  readonly largeAllocationVcpus: Sourced<number>;
  readonly writesBucket: Sourced<number>;
  readonly writesPerSecond: Sourced<number>;
  readonly vmCreatesBucket: Sourced<number>;
  readonly vmCreatesPerMinute: Sourced<number>;
}

export interface Capability {
  readonly name: string;
  readonly subject: string;
  /** `notOffered`: the source says that it cannot be had. */
  readonly status: CapabilityStatus | "notOffered" | "unknown";
  readonly statement: string;
  readonly source: string;
  readonly asOf: string;
}

export interface Catalogue {
  /** The newest date of its values. */
  readonly asOf: string;
  readonly sizes: readonly CatalogueSize[];
  readonly regions: readonly CatalogueRegion[];
  readonly engines: readonly EngineModel[];
  readonly platform: PlatformLimits;
  readonly assumptions: { readonly [K in keyof SizingAssumptions]: Sourced<number> };
  readonly capabilities: readonly Capability[];
}

export type PriceTerm = "payAsYouGo" | "reserved1Year" | "reserved3Years";

export interface Price {
  readonly size: string;
  readonly region: string;
  readonly term: PriceTerm;
  readonly usdPerHour: number;
  readonly source: string;
  readonly asOf: string;
}

/** Prices with a region only: a price whose region nobody states is evidence, not a price. */
export interface PriceBook {
  readonly asOf: string;
  readonly prices: readonly Price[];
}
