// A file system of a user is a subvolume of the one CephFS: its data pool gives the protection, its quota
// the capacity. Its path goes into the vault, from where the export of the NFS gateways takes it.
import type { EngineCall } from "@cynosure/engine";
import { doneVoid, failed, retry, waiting, type EngineAction, type StepResult } from "@cynosure/model";
import { parseFileSystem, parseRemovedFileSystem } from "../layout/action-params.ts";
import { FS_NAME, fileSystemPathOutput } from "../layout/names.ts";
import { awaitAnswer, monCommands, type MonCommand, type MonResult } from "./cluster-link.ts";
import { readStatus } from "./cluster-status.ts";

const ENOENT = -2;
const EINVAL = -22;
const EOPNOTSUPP = -95;

const manage = (prefix: string, rest: Readonly<Record<string, unknown>>): MonCommand => ({ target: "mgr", command: { prefix, vol_name: FS_NAME, ...rest } });

/** Null once the manager and the metadata server serve; the module that answers needs both. */
async function awaitServers(call: EngineCall): Promise<StepResult<never> | null> {
  const status = await readStatus(call);
  if (!status.ok) return awaitAnswer(status, "monitors to answer");
  if (!status.value.hasManager) return waiting("a manager to become active", 250);
  if (!status.value.hasActiveMds) return waiting("a metadata server to become active", 250);
  return null;
}

/** A manager that has just started does not know its modules' commands yet. */
const isStarting = (result: MonResult): boolean => (result.rc === EINVAL || result.rc === EOPNOTSUPP || result.rc === ENOENT || result.rc === -11) && /not (yet )?(supported|ready|loaded)|loading|Unhandled|unknown|restart|no valid command|Module/i.test(result.status);

function refusal(results: readonly MonResult[], what: string): StepResult<never> | null {
  const bad = results.find((result) => result.rc < 0);
  if (bad === undefined) return null;
  if (isStarting(bad)) return waiting("the manager's volumes module", 250);
  const message = `Ceph could not ${what}: ${bad.status} (${bad.rc})`;
  return bad.rc === EINVAL ? failed("CephCommandFailed", message) : retry("CephCommandFailed", message, 1_000);
}

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
  const [result] = answer.value;
  if (result?.rc === ENOENT && !/Module/.test(result.status)) return doneVoid;
  return refusal(answer.value, `remove file system ${gone.name}`) ?? doneVoid;
}
