// The operations of a cluster, the newest first.
import { armKey } from "../../api/changes.ts";
import { collect, useArm } from "../../api/use-arm.ts";
import type { ClusterScope } from "./cluster-page.tsx";

export const useOperations = (scope: ClusterScope) => useArm({ key: armKey(scope.id, "operations"), read: (client) => collect(client.clusterOperations.listByCluster(scope.group, scope.name)) });
