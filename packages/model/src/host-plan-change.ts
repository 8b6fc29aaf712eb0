// What moving a host from one host plan to another does to its daemons. One definition for the planner
// (which converges may run at once), the plan checks (which may not) and whoever shows a diff.
import type { DaemonSpec, HostFile, HostPlan } from "./host-plan.ts";
import { isSameJson } from "./same-json.ts";

export interface HostPlanChange {
  /** Nothing but generation and stage differs. */
  readonly isSame: boolean;
  readonly daemonsStarted: readonly string[];
  readonly daemonsStopped: readonly string[];
  /** Stopped and started again: for a moment they do not serve. */
  readonly daemonsRestarted: readonly string[];
  readonly daemonsReloaded: readonly string[];
  /** Their definition differs in what the running process does not notice: how it is stopped, say. */
  readonly daemonsRedefined: readonly string[];
  readonly filesAdded: readonly string[];
  readonly filesChanged: readonly string[];
  readonly filesRemoved: readonly string[];
}

/** The plan with progress levelled: what is left to differ is content. */
const levelled = (plan: HostPlan): HostPlan => ({ ...plan, generation: 0, stage: 0 });

/** How a daemon that exists before and after is touched; null when it is left alone. */
function touch(before: DaemonSpec, after: DaemonSpec, imageChanged: boolean, touchedPaths: ReadonlySet<string>): "restart" | "reload" | null {
  if (imageChanged || !isSameJson(before.argv, after.argv) || !isSameJson(before.env, after.env)) return "restart";
  const read = after.reads.filter((path) => touchedPaths.has(path));
  if (read.length === 0) return null;
  const reloadable = new Set(after.reload?.paths ?? []);
  return read.every((path) => reloadable.has(path)) ? "reload" : "restart";
}

export function hostPlanChange(before: HostPlan, after: HostPlan): HostPlanChange {
  const filesBefore = new Map<string, HostFile>(before.files.map((file) => [file.path, file]));
  const filesAfter = new Map<string, HostFile>(after.files.map((file) => [file.path, file]));
  const filesAdded = after.files.filter((file) => !filesBefore.has(file.path)).map((file) => file.path);
  const filesRemoved = before.files.filter((file) => !filesAfter.has(file.path)).map((file) => file.path);
  const filesKept = after.files.flatMap((file) => {
    const old = filesBefore.get(file.path);
    return old === undefined ? [] : [{ old, file }];
  });
  const filesRewritten = filesKept.filter(({ old, file }) => old.text !== file.text || old.mode !== file.mode).map(({ file }) => file.path);
  const touchedPaths = new Set([...filesAdded, ...filesRewritten, ...filesRemoved]);
  const imageChanged = before.image.name !== after.image.name;

  const daemonsBefore = new Map(before.daemons.map((daemon) => [daemon.id, daemon]));
  const idsAfter = new Set(after.daemons.map((daemon) => daemon.id));
  const touched = after.daemons.map((daemon) => {
    const old = daemonsBefore.get(daemon.id);
    if (old === undefined) return { id: daemon.id, how: "start" as const };
    return { id: daemon.id, how: touch(old, daemon, imageChanged, touchedPaths) ?? (isSameJson(old, daemon) ? null : ("redefine" as const)) };
  });
  const idsTouched = (how: "start" | "restart" | "reload" | "redefine"): string[] => touched.filter((entry) => entry.how === how).map((entry) => entry.id);
  return {
    isSame: isSameJson(levelled(before), levelled(after)),
    daemonsStarted: idsTouched("start"),
    daemonsStopped: before.daemons.filter((daemon) => !idsAfter.has(daemon.id)).map((daemon) => daemon.id),
    daemonsRestarted: idsTouched("restart"),
    daemonsReloaded: idsTouched("reload"),
    daemonsRedefined: idsTouched("redefine"),
    filesAdded,
    filesChanged: filesKept.filter(({ old, file }) => !isSameJson(old, file)).map(({ file }) => file.path),
    filesRemoved,
  };
}

/** True when a daemon that serves now stops serving, be it for a moment. */
export const isDisruptive = (change: HostPlanChange): boolean => change.daemonsRestarted.length + change.daemonsStopped.length > 0;
