// The object gateway's zone and zone group as data: which placement target keeps its objects in which pool.
// Every protection we support has a target from the start, so that a new bucket never restarts a gateway;
// the pool behind a target is created when the first bucket asks for it.
import { S3_ACCESS_KEY_SECRET, S3_SECRET_KEY_SECRET, S3_USER_ID, ZONE_NAME, secretOf } from "./names.ts";
import { EXTRA_POOL, INDEX_POOL, allProtections, bucketPool, protectionId } from "./pools.ts";

/** Ids only have to be unique within the cluster, which has one of each. */
const ZONEGROUP_ID = "11111111-1111-4111-8111-111111111111";
const ZONE_ID = "22222222-2222-4222-8222-222222222222";
const STORAGE_CLASS = "STANDARD";

const targets = allProtections.map(protectionId);

export function zonegroupText(defaultPlacement: string): string {
  return JSON.stringify({
    id: ZONEGROUP_ID, name: ZONE_NAME, api_name: ZONE_NAME, is_master: true, endpoints: [], hostnames: [], hostnames_s3website: [], master_zone: ZONE_ID,
    zones: [{ id: ZONE_ID, name: ZONE_NAME, endpoints: [], log_meta: false, log_data: false, bucket_index_max_shards: 1, read_only: false, tier_type: "", sync_from_all: true, sync_from: [], redirect_zone: "", supported_features: ["compress-encrypted", "resharding"] }],
    placement_targets: targets.map((name) => ({ name, tags: [], storage_classes: [STORAGE_CLASS] })),
    default_placement: defaultPlacement, realm_id: "", sync_policy: { groups: [] }, enabled_features: ["resharding"],
  }, null, 1);
}

export function zoneText(): string {
  const pool = (kind: "meta" | "log", namespace: string): string => `${ZONE_NAME}.rgw.${kind}:${namespace}`;
  return JSON.stringify({
    id: ZONE_ID, name: ZONE_NAME, domain_root: pool("meta", "root"), control_pool: `${ZONE_NAME}.rgw.control`, gc_pool: pool("log", "gc"), lc_pool: pool("log", "lc"),
    log_pool: `${ZONE_NAME}.rgw.log`, intent_log_pool: pool("log", "intent"), usage_log_pool: pool("log", "usage"), roles_pool: pool("meta", "roles"), reshard_pool: pool("log", "reshard"),
    user_keys_pool: pool("meta", "users.keys"), user_email_pool: pool("meta", "users.email"), user_swift_pool: pool("meta", "users.swift"), user_uid_pool: pool("meta", "users.uid"),
    otp_pool: pool("meta", "otp"), notif_pool: pool("log", "notif"), system_key: { access_key: "", secret_key: "" },
    placement_pools: targets.map((key) => ({ key, val: { index_pool: INDEX_POOL, storage_classes: { [STORAGE_CLASS]: { data_pool: bucketPool(key) } }, data_extra_pool: EXTRA_POOL, index_type: 0, inline_data: true } })),
    realm_id: "",
  }, null, 1);
}

/** The S3 user as the gateway stores it: put from a file, so that its key is never on a command line. */
export function s3UserText(): string {
  const noQuota = { enabled: false, max_size: -1, max_objects: -1 };
  return JSON.stringify({
    key: `user:${S3_USER_ID}`, ver: { tag: S3_USER_ID, ver: 1 }, mtime: "2026-01-01T00:00:00Z",
    data: {
      user_id: S3_USER_ID, display_name: "Cynosure", email: "", suspended: 0, max_buckets: 1000, subusers: [],
      keys: [{ user: S3_USER_ID, access_key: secretOf(S3_ACCESS_KEY_SECRET), secret_key: secretOf(S3_SECRET_KEY_SECRET) }],
      swift_keys: [], caps: [], op_mask: "read, write, delete", default_placement: "", placement_tags: [], bucket_quota: noQuota, user_quota: noQuota, temp_url_keys: [], type: "rgw", mfa_ids: [], attrs: [],
    },
  }, null, 1);
}
