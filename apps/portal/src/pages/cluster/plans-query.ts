// The plans of a cluster, read more often while one of them runs.
import { armKey } from "../../api/changes.ts";
import { collect, useArm } from "../../api/use-arm.ts";
import type { ClusterScope } from "./cluster-page.tsx";

export const usePlans = (scope: ClusterScope) => useArm({ key: armKey(scope.id, "plans"), read: (client) => collect(client.plans.listByCluster(scope.group, scope.name)) });
