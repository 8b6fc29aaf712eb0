// Fingerprints of a host plan: of each file, and of what makes a daemon's process outdated. The same
// rule as `hostPlanChange` of the model: arguments, environment, image and files it reads restart it;
// files it can reload only signal it.
import { createHash } from "node:crypto";
import type { HostPlan } from "@cynosure/model";
import type { PlanKeys } from "./convergence.ts";

export const sha256 = (data: string | Uint8Array): string => createHash("sha256").update(data).digest("hex");

export function planKeys(plan: HostPlan): PlanKeys {
  const fileSha256 = new Map(plan.files.map((file) => [file.path, sha256(file.text)]));
  const modes = new Map(plan.files.map((file) => [file.path, file.mode]));
  const contentOf = (paths: readonly string[]): readonly unknown[] => [...new Set(paths)].sort().map((path) => [path, fileSha256.get(path) ?? null, modes.get(path) ?? null]);
  const restartKey = new Map<string, string>();
  const reloadKey = new Map<string, string>();
  for (const spec of plan.daemons) {
    const reloadable = spec.reload?.paths ?? [];
    const env = Object.entries(spec.env).sort(([a], [b]) => (a < b ? -1 : 1));
    restartKey.set(spec.id, sha256(JSON.stringify([plan.image.name, spec.argv, env, contentOf(spec.reads.filter((path) => !reloadable.includes(path)))])));
    reloadKey.set(spec.id, sha256(JSON.stringify(contentOf(reloadable))));
  }
  return { fileSha256, restartKey, reloadKey };
}
