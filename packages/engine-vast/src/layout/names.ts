// Names that planner and effect half share: actions, secrets, outputs, pools and paths.

export const actionNames = {
  takeOver: "vast.takeOver",
  discover: "vast.discover",
  cluster: "vast.cluster",
  nodes: "vast.nodes",
  licence: "vast.licence",
  addresses: "vast.addresses",
  objectUser: "vast.objectUser",
  ensureFileSystem: "vast.fileSystem",
  removeFileSystem: "vast.dropFileSystem",
  ensureBucket: "vast.bucket",
  removeBucket: "vast.dropBucket",
  makeSnapshot: "vast.snapshot",
  removeSnapshot: "vast.dropSnapshot",
  setQuota: "vast.quota",
  removeQuota: "vast.dropQuota",
  awaitHealth: "vast.health",
  upgrade: "vast.upgrade",
  stopUpgrade: "vast.stopUpgrade",
  decommission: "vast.decommission",
} as const;

/** Of the management server's first user; its first password is the vendor's and known to everybody. */
export const MANAGER_PASSWORD_SECRET = "vast-manager-password";
/** JSON of both halves: they are told once and belong together. */
export const S3_KEYS_SECRET = "vast-s3-keys";

/** What the engine makes inside the cluster carries this name. */
export const OWN_NAME = "cynosure";

export const fileSystemPool = (name: string): string => `fs.${name}`;
export const bucketPool = (name: string): string => `bucket.${name}`;
export const fileSystemPath = (name: string): string => `/file-systems/${name}`;
export const bucketPath = (name: string): string => `/buckets/${name}`;
/** `path` as seen from the top of the file system. */
export const directoryPath = (fileSystem: string, path: string): string => (path === "/" ? fileSystemPath(fileSystem) : `${fileSystemPath(fileSystem)}${path}`);
export const fileSystemQuota = (name: string): string => `fs-${name}`;
/** No name of the contract has a dot in it: what is of one file system never meets what is of another, or a file system's own quota. */
export const nameInside = (fileSystem: string, name: string): string => `${fileSystem}.${name}`;
/** Says of a snapshot that it was made, or removed. */
export const snapshotOutput = (nativeName: string): string => `snapshot-${nativeName}`;
