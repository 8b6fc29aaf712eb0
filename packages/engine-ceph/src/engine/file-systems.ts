// A file system of a user is a subvolume of the one CephFS: its data pool gives the protection, its quota
// the capacity. Its path goes into the vault, from where the export of the NFS gateways takes it.
import type { EngineCall } from "@cynosure/engine";
import { doneVoid, retry, type EngineAction, type StepResult } from "@cynosure/model";
import { parseFileSystem, parseRemovedFileSystem } from "../layout/action-params.ts";
import { fileSystemPathOutput } from "../layout/names.ts";
import { awaitAnswer, monCommands } from "./cluster-link.ts";
import { awaitServers, isAbsent, manage, refusal } from "./subvolumes.ts";

export async function ensureFileSystem(call: EngineCall, action: EngineAction): Promise<StepResult> {
  const wish = parseFileSystem(action.params);
  const notYet = await awaitServers(call);
  if (notYet !== null) return notYet;
  const answer = await monCommands(call, [
    // Any user of the clients may write at the top; what is below belongs to who made it.
    manage("fs subvolume create", { sub_name: wish.subvolume, size: wish.sizeBytes, pool_layout: wish.pool, mode: "0777" }),
    manage("fs subvolume resize", { sub_name: wish.subvolume, new_size: String(wish.sizeBytes) }),
    manage("fs subvolume getpath", { sub_name: wish.subvolume }),
  ]);
  if (!answer.ok) return awaitAnswer(answer, "a manager to answer");
  const refused = refusal(answer.value, `create file system ${wish.name}`);
  if (refused !== null) return refused;
  const path = answer.value[2]?.out.trim() ?? "";
  if (!path.startsWith("/")) return retry("BadHostAnswer", `Ceph named no path for file system ${wish.name}`, 500);
  await call.vault.putOutput(fileSystemPathOutput(wish.name), path);
  return doneVoid;
}

/** Delete means delete: the subvolume goes to Ceph's trash at once and is purged from there in the background. */
export async function removeFileSystem(call: EngineCall, action: EngineAction): Promise<StepResult> {
  const gone = parseRemovedFileSystem(action.params);
  const notYet = await awaitServers(call);
  if (notYet !== null) return notYet;
  const answer = await monCommands(call, [manage("fs subvolume rm", { sub_name: gone.subvolume, force: true })]);
  if (!answer.ok) return awaitAnswer(answer, "a manager to answer");
  if (answer.value.some(isAbsent)) return doneVoid;
  return refusal(answer.value, `remove file system ${gone.name}`) ?? doneVoid;
}
