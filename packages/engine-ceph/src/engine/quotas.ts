// Quotas of directories. No command of Ceph sets them: they are attributes of the directory, which a host with the
// admin key sets through CephFS. Those who write are held to them by the NFS gateways, which are CephFS clients.
import type { EngineCall } from "@cynosure/engine";
import { doneVoid, failed, retry, type EngineAction, type StepResult } from "@cynosure/model";
import { parseQuota, parseRemovedQuota } from "../layout/action-params.ts";
import { ask, awaitAnswer, monCommands } from "./cluster-link.ts";
import { awaitServers, isAbsent, manage, refusal } from "./subvolumes.ts";

const REQUEST_TIMEOUT_MS = 15_000;

interface Bounds {
  readonly subvolume: string;
  readonly path: string;
  /** Null leaves them as they are; 0 is none. */
  readonly bytes: number | null;
  readonly files: number;
  /** Makes the directory where it is not there; else nothing is done then. */
  readonly makes: boolean;
}

export function setQuota(call: EngineCall, action: EngineAction): Promise<StepResult> {
  const { name, ...quota } = parseQuota(action.params);
  return bound(call, { ...quota, makes: true }, `set quota ${name}`);
}

/** At the top the bytes are the file system's own. */
export function removeQuota(call: EngineCall, action: EngineAction): Promise<StepResult> {
  const { name, subvolume, path } = parseRemovedQuota(action.params);
  return bound(call, { subvolume, path, bytes: path === "/" ? null : 0, files: 0, makes: false }, `remove quota ${name}`);
}

async function bound(call: EngineCall, { subvolume, ...bounds }: Bounds, what: string): Promise<StepResult> {
  const notYet = await awaitServers(call);
  if (notYet !== null) return notYet;
  const found = await monCommands(call, [manage("fs subvolume getpath", { sub_name: subvolume })]);
  if (!found.ok) return awaitAnswer(found, "a manager to answer");
  if (!bounds.makes && found.value.some(isAbsent)) return doneVoid;
  const refused = refusal(found.value, what);
  if (refused !== null) return refused;
  const root = found.value[0]?.out.trim() ?? "";
  if (!root.startsWith("/")) return retry("BadHostAnswer", `Ceph named no path for subvolume ${subvolume}`, 500);
  const answer = await ask(call, "monitor", "ceph.quota", { root, ...bounds }, REQUEST_TIMEOUT_MS);
  if (answer.ok) return doneVoid;
  // Whoever uses the file system put something else there; the bounds went with the directory.
  if (answer.code === "NotADirectory") return bounds.makes ? failed(answer.code, `Ceph could not ${what}: ${answer.message}`) : doneVoid;
  return awaitAnswer({ code: answer.code, message: `Ceph could not ${what}: ${answer.message}` }, "a host that reaches the file system");
}
