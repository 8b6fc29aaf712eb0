// Names that layout, engine and host side share: secrets and outputs in the vault, steps, the one CephFS,
// the one S3 user. A name here is stored; changing it orphans what was stored under it.

export const FS_NAME = "cephfs";
export const S3_USER_ID = "cynosure";
export const ZONE_NAME = "default";

export const FSID_OUTPUT = "ceph/fsid";
export const S3_ACCESS_KEY_SECRET = "ceph/s3/access-key-id";
export const S3_SECRET_KEY_SECRET = "ceph/s3/secret-access-key";
export const DASHBOARD_USER = "cynosure";
export const DASHBOARD_PASSWORD_SECRET = "ceph/dashboard/password";
export const dashboardEndpoint = (index: number): string => `dashboard-${index + 1}`;
export const keySecret = (entity: string): string => `ceph/key/${entity}`;
export const osdUuidOutput = (osdId: number): string => `ceph/osd.${osdId}/uuid`;
export const fileSystemPathOutput = (name: string): string => `fs/${name}/path`;

/** "made" once the snapshot was: one that a user removed by the engine's own tools is not made again of other data. */
export const snapshotOutput = (subvolume: string, name: string): string => `snapshot/${subvolume}/${name}`;

export const secretOf = (name: string): string => `{{secret:${name}}}`;
export const outputOf = (name: string): string => `{{output:${name}}}`;
export const addressOf = (host: string): string => `{{address:${host}}}`;

export const actionNames = {
  ensureKeys: "ceph.ensureKeys",
  quorum: "ceph.quorum",
  pools: "ceph.pools",
  dashboard: "ceph.dashboard",
  objectGateway: "ceph.s3User",
  ensureFileSystem: "ceph.ensureFileSystem",
  removeFileSystem: "ceph.removeFileSystem",
  makeSnapshot: "ceph.makeSnapshot",
  removeSnapshot: "ceph.removeSnapshot",
  setQuota: "ceph.setQuota",
  removeQuota: "ceph.removeQuota",
  ensureBucket: "ceph.ensureBucket",
  removeBucket: "ceph.removeBucket",
  awaitHealth: "ceph.awaitHealth",
} as const;
