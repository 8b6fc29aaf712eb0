// Types in their canonical casing, as rows and answers carry them.

export const NAMESPACE = "Cynosure.Storage";
export const CLUSTER_TYPE = "Cynosure.Storage/clusters";
export const FILE_SYSTEM_TYPE = "Cynosure.Storage/clusters/fileSystems";
export const BUCKET_TYPE = "Cynosure.Storage/clusters/buckets";
export const SNAPSHOT_TYPE = "Cynosure.Storage/clusters/snapshots";
export const QUOTA_TYPE = "Cynosure.Storage/clusters/quotas";
export const GROUP_TYPE = "Microsoft.Resources/resourceGroups";
export const SUBSCRIPTION_TYPE = "Microsoft.Resources/subscriptions";
