// What the actions of a layout carry. A layout names every action the cluster must have seen, so the next
// layout reads from its parent's actions which OSD, export or placement was given to whom: nothing else
// remembers. Parsing is strict: a parent this code cannot read is a bug, not a wish of a user.
import type { EngineLayout, HostId } from "@cynosure/model";
import { hostId } from "@cynosure/model";
import { actionNames } from "./names.ts";
import type { CephPool } from "./pools.ts";

export interface OsdPlace {
  readonly id: number;
  readonly hostId: HostId;
  readonly diskPath: string;
  /** Share of data in CRUSH: TiB of the disk. */
  readonly weight: number;
  /** Its key is in the monitors' founding keyring; later ones register themselves with the bootstrap key. */
  readonly isFounding: boolean;
}

export interface FileSystemParams {
  readonly name: string;
  readonly exportId: number;
  /** Unique per incarnation, so that a late removal never meets a new file system of the same name. */
  readonly subvolume: string;
  readonly pool: string;
  readonly sizeBytes: number;
  /** Id of the protection: `replication-1`. */
  readonly protection: string;
}

export interface BucketParams {
  readonly name: string;
  readonly protection: string;
  readonly incarnation: number;
}

export interface RemovedFileSystem {
  readonly name: string;
  readonly subvolume: string;
  readonly exportId: number;
}

export interface RemovedBucket {
  readonly name: string;
  readonly incarnation: number;
}

/** Of a subvolume, whose name is of one incarnation of the file system. */
export interface SnapshotParams {
  readonly name: string;
  readonly subvolume: string;
}

export interface QuotaParams {
  readonly name: string;
  readonly subvolume: string;
  readonly path: string;
  /** Null at the top, whose bytes are the size of the subvolume. */
  readonly bytes: number | null;
  /** 0 for none. */
  readonly files: number;
}

export type RemovedQuota = Pick<QuotaParams, "name" | "subvolume" | "path">;

/** What a layout decides: its steps carry it, and the layouts that follow read it back and keep it. */
export interface LayoutDecisions {
  readonly osds: readonly OsdPlace[];
  readonly pools: readonly CephPool[];
  readonly fileSystems: readonly FileSystemParams[];
  readonly removedFileSystems: readonly RemovedFileSystem[];
  readonly buckets: readonly BucketParams[];
  readonly removedBuckets: readonly RemovedBucket[];
  readonly snapshots: readonly SnapshotParams[];
  readonly removedSnapshots: readonly SnapshotParams[];
  readonly quotas: readonly QuotaParams[];
  readonly removedQuotas: readonly RemovedQuota[];
  readonly defaultPlacement: string;
}

type Params = Readonly<Record<string, unknown>>;

const text = (params: Params, key: string): string => {
  const value = params[key];
  if (typeof value !== "string") throw new TypeError(`action parameter ${key} must be text`);
  return value;
};
const number = (params: Params, key: string): number => {
  const value = params[key];
  if (typeof value !== "number") throw new TypeError(`action parameter ${key} must be a number`);
  return value;
};
const list = (params: Params, key: string): readonly Params[] => {
  const value = params[key];
  if (!Array.isArray(value)) throw new TypeError(`action parameter ${key} must be a list`);
  // Each entry is read field by field by the functions above.
  return value as Params[];
};

export const parseFileSystem = (params: Params): FileSystemParams => ({
  name: text(params, "name"), exportId: number(params, "exportId"), subvolume: text(params, "subvolume"), pool: text(params, "pool"), sizeBytes: number(params, "sizeBytes"), protection: text(params, "protection"),
});
export const parseRemovedFileSystem = (params: Params): RemovedFileSystem => ({ name: text(params, "name"), subvolume: text(params, "subvolume"), exportId: number(params, "exportId") });
export const parseBucket = (params: Params): BucketParams => ({ name: text(params, "name"), protection: text(params, "protection"), incarnation: number(params, "incarnation") });
export const parseRemovedBucket = (params: Params): RemovedBucket => ({ name: text(params, "name"), incarnation: number(params, "incarnation") });
export const parseSnapshot = (params: Params): SnapshotParams => ({ name: text(params, "name"), subvolume: text(params, "subvolume") });
export const parseQuota = (params: Params): QuotaParams => ({ ...parseRemovedQuota(params), bytes: params["bytes"] === null ? null : number(params, "bytes"), files: number(params, "files") });
export const parseRemovedQuota = (params: Params): RemovedQuota => ({ name: text(params, "name"), subvolume: text(params, "subvolume"), path: text(params, "path") });

export const parseOsds = (params: Params): OsdPlace[] =>
  list(params, "osds").map((osd) => ({ id: number(osd, "id"), hostId: hostId(text(osd, "hostId")), diskPath: text(osd, "diskPath"), weight: number(osd, "weight"), isFounding: osd["isFounding"] === true }));

// Pools are written by this package and hold only plain data of exactly this shape.
export const parsePools = (params: Params): CephPool[] => list(params, "pools").map((pool) => pool as unknown as CephPool);

export const parseKeys = (params: Params): { entities: string[]; osdIds: number[] } => ({
  entities: list(params, "entities").map(String),
  osdIds: list(params, "osdIds").map(Number),
});

export const parseDashboard = (params: Params): { managers: HostId[]; port: number } => ({
  managers: list(params, "managers").map((host) => hostId(String(host))),
  port: number(params, "port"),
});

export function readParent(parent: EngineLayout): LayoutDecisions {
  const paramsOf = (name: string): Params[] => parent.steps.filter((step) => step.action.name === name).map((step) => step.action.params);
  const first = (name: string): Params => paramsOf(name)[0] ?? {};
  return {
    osds: parseOsds(first(actionNames.quorum)),
    pools: parsePools(first(actionNames.pools)),
    fileSystems: paramsOf(actionNames.ensureFileSystem).map(parseFileSystem),
    removedFileSystems: paramsOf(actionNames.removeFileSystem).map(parseRemovedFileSystem),
    buckets: paramsOf(actionNames.ensureBucket).map(parseBucket),
    removedBuckets: paramsOf(actionNames.removeBucket).map(parseRemovedBucket),
    snapshots: paramsOf(actionNames.makeSnapshot).map(parseSnapshot),
    removedSnapshots: paramsOf(actionNames.removeSnapshot).map(parseSnapshot),
    quotas: paramsOf(actionNames.setQuota).map(parseQuota),
    removedQuotas: paramsOf(actionNames.removeQuota).map(parseRemovedQuota),
    defaultPlacement: text(first(actionNames.objectGateway), "defaultPlacement"),
  };
}
