// What the actions of a layout carry, read back strictly: params this code cannot read are a bug, not a wish of a user.
import { hostId, type HostId } from "@cynosure/model";

type Params = Readonly<Record<string, unknown>>;

/** `ebox`: computes and holds drives; `cnode`: computes only. As the management server's document calls them. */
export type NodeKind = "ebox" | "cnode";

export interface NodeParams {
  readonly hostId: HostId;
  readonly kind: NodeKind;
}

/** Where an upgrade's bundle comes from; null: one that was uploaded already. */
export type Bundle = { readonly kind: "url"; readonly url: string } | { readonly kind: "file"; readonly path: string };

export interface UpgradeParams {
  /** As the cluster will call its software, or the beginning of that: `5.4.2`. */
  readonly version: string;
  readonly bundle: Bundle | null;
  readonly cnodesBatchPercent: number | null;
  readonly dnodesBatchPercent: number | null;
}

export interface DecommissionParams {
  readonly hostIds: readonly HostId[];
  readonly isDryRun: boolean;
}

export interface SnapshotParams {
  readonly name: string;
  readonly fileSystem: string;
}

export interface RemovedQuotaParams extends SnapshotParams {
  readonly path: string;
}

export interface QuotaParams extends RemovedQuotaParams {
  /** Null at the top: the bytes there are the file system's own. */
  readonly hardLimitBytes: number | null;
  /** Null: no bound. */
  readonly fileCountLimit: number | null;
}

export const text = (params: Params, key: string): string => {
  const value = params[key];
  if (typeof value !== "string" || value === "") throw new TypeError(`action parameter ${key} must be text`);
  return value;
};

export const number = (params: Params, key: string): number => {
  const value = params[key];
  if (typeof value !== "number") throw new TypeError(`action parameter ${key} must be a number`);
  return value;
};

const optionalNumber = (params: Params, key: string): number | null => (params[key] === undefined || params[key] === null ? null : number(params, key));

const list = (params: Params, key: string): readonly unknown[] => {
  const value = params[key];
  if (!Array.isArray(value)) throw new TypeError(`action parameter ${key} must be a list`);
  return value;
};

const object = (value: unknown): Params => (typeof value === "object" && value !== null ? (value as Params) : {}); // read field by field

export const parseNodes = (params: Params): readonly NodeParams[] =>
  list(params, "nodes").map(object).map((node) => ({ hostId: hostId(text(node, "hostId")), kind: node["kind"] === "cnode" ? "cnode" : "ebox" }));

function parseBundle(value: unknown): Bundle | null {
  if (value === undefined || value === null) return null;
  const bundle = object(value);
  return bundle["kind"] === "file" ? { kind: "file", path: text(bundle, "path") } : { kind: "url", url: text(bundle, "url") };
}

export const parseUpgrade = (params: Params): UpgradeParams => ({
  version: text(params, "version"),
  bundle: parseBundle(params["bundle"]),
  cnodesBatchPercent: optionalNumber(params, "cnodesBatchPercent"),
  dnodesBatchPercent: optionalNumber(params, "dnodesBatchPercent"),
});

export const parseDecommission = (params: Params): DecommissionParams => ({ hostIds: list(params, "hostIds").map((each) => hostId(String(each))), isDryRun: params["isDryRun"] === true });

export const parseSnapshot = (params: Params): SnapshotParams => ({ name: text(params, "name"), fileSystem: text(params, "fileSystem") });
export const parseRemovedQuota = (params: Params): RemovedQuotaParams => ({ ...parseSnapshot(params), path: text(params, "path") });
export const parseQuota = (params: Params): QuotaParams => ({ ...parseRemovedQuota(params), hardLimitBytes: optionalNumber(params, "hardLimitBytes"), fileCountLimit: optionalNumber(params, "fileCountLimit") });
