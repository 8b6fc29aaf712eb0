// Snapshots of file systems: the volumes module makes them of whole subvolumes. Clients find them in `.snap` at the top
// of the file system.
import type { EngineCall } from "@cynosure/engine";
import { doneVoid, type EngineAction, type StepResult } from "@cynosure/model";
import { parseSnapshot } from "../layout/action-params.ts";
import { snapshotOutput } from "../layout/names.ts";
import { awaitAnswer, monCommands } from "./cluster-link.ts";
import { awaitServers, isAbsent, manage, refusal } from "./subvolumes.ts";

export async function makeSnapshot(call: EngineCall, action: EngineAction): Promise<StepResult> {
  const { name, subvolume } = parseSnapshot(action.params);
  const mark = snapshotOutput(subvolume, name);
  if ((await call.vault.readOutput(mark)) === "made") return doneVoid;
  const notYet = await awaitServers(call);
  if (notYet !== null) return notYet;
  // Of a name that is there already the module makes nothing: an answer that was lost loses nothing.
  const answer = await monCommands(call, [manage("fs subvolume snapshot create", { sub_name: subvolume, snap_name: name })]);
  if (!answer.ok) return awaitAnswer(answer, "a manager to answer");
  const refused = refusal(answer.value, `make snapshot ${name}`);
  if (refused !== null) return refused;
  await call.vault.putOutput(mark, "made");
  return doneVoid;
}

export async function removeSnapshot(call: EngineCall, action: EngineAction): Promise<StepResult> {
  const { name, subvolume } = parseSnapshot(action.params);
  const notYet = await awaitServers(call);
  if (notYet !== null) return notYet;
  // First the mark: from here on nobody knows that it is there.
  await call.vault.putOutput(snapshotOutput(subvolume, name), "removed");
  const answer = await monCommands(call, [manage("fs subvolume snapshot rm", { sub_name: subvolume, snap_name: name, force: true })]);
  if (!answer.ok) return awaitAnswer(answer, "a manager to answer");
  if (answer.value.some(isAbsent)) return doneVoid;
  return refusal(answer.value, `remove snapshot ${name}`) ?? doneVoid;
}
