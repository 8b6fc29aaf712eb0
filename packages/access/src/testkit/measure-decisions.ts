// What one decision costs, for one principal among few and among many: run by hand, judged by people.
import { builtInRoles } from "../built-in-roles.ts";
import { decideAccess, takeSnapshot } from "../decide-access.ts";
import type { AccessRecords } from "../decide-access.ts";

const DECISIONS = 400_000;
const SCOPE = "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/quickstart/providers/Cynosure.Storage/clusters/meadow";

function recordsOf(principals: number, denials: number): AccessRecords {
  const roleId = builtInRoles.find((role) => role.roleName === "Storage Cluster Operator")?.roleId ?? "";
  return {
    roles: builtInRoles,
    assignments: Array.from({ length: principals }, (_, k) => ({ id: `a${k}`, principalId: `principal-${k}`, roleId, scope: SCOPE.split("/").slice(0, 5).join("/") })),
    denials: Array.from({ length: denials }, (_, k) => ({ id: `d${k}`, scope: SCOPE, permissions: [{ actions: ["*/delete"] }], principalIds: [`principal-${k}`], excludedIds: [], doNotApplyToChildScopes: false })),
  };
}

for (const [principals, denials] of [[1, 0], [4_000, 0], [4_000, 100]] as const) {
  const snapshot = takeSnapshot(recordsOf(principals, denials));
  const question = { principal: { id: `principal-${principals - 1}`, groups: ["g1", "g2", "g3"] }, permission: "Cynosure.Storage/clusters/read", isDataAction: false, scope: SCOPE };
  let allowed = 0;
  const beganMs = performance.now();
  for (let k = 0; k < DECISIONS; k += 1) allowed += decideAccess(snapshot, question).allowed ? 1 : 0;
  const each = ((performance.now() - beganMs) * 1_000) / DECISIONS;
  console.log(`${principals} assignments, ${denials} deny assignments: ${each.toFixed(2)} µs each (${allowed} of ${DECISIONS} allowed)`);
}
