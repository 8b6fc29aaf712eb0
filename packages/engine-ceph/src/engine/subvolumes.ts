// Asking the manager's volumes module, which makes subvolumes and their snapshots: when it can be asked, and what its
// answers mean for a step.
import type { EngineCall } from "@cynosure/engine";
import { failed, retry, waiting, type StepResult } from "@cynosure/model";
import { FS_NAME } from "../layout/names.ts";
import { awaitAnswer, type MonCommand, type MonResult } from "./cluster-link.ts";
import { readStatus } from "./cluster-status.ts";

const ENOENT = -2;
const EINVAL = -22;
const EOPNOTSUPP = -95;

export const manage = (prefix: string, rest: Readonly<Record<string, unknown>>): MonCommand => ({ target: "mgr", command: { prefix, vol_name: FS_NAME, ...rest } });

/** Null once the manager and the metadata server serve; the module that answers needs both. */
export async function awaitServers(call: EngineCall): Promise<StepResult<never> | null> {
  const status = await readStatus(call);
  if (!status.ok) return awaitAnswer(status, "monitors to answer");
  if (!status.value.hasManager) return waiting("a manager to become active", 250);
  if (!status.value.hasActiveMds) return waiting("a metadata server to become active", 250);
  return null;
}

/** A manager that has just started does not know its modules' commands yet. */
const isStarting = (result: MonResult): boolean => (result.rc === EINVAL || result.rc === EOPNOTSUPP || result.rc === ENOENT || result.rc === -11) && /not (yet )?(supported|ready|loaded)|loading|Unhandled|unknown|restart|no valid command|Module/i.test(result.status);

export function refusal(results: readonly MonResult[], what: string): StepResult<never> | null {
  const bad = results.find((result) => result.rc < 0);
  if (bad === undefined) return null;
  if (isStarting(bad)) return waiting("the manager's volumes module", 250);
  const message = `Ceph could not ${what}: ${bad.status} (${bad.rc})`;
  return bad.rc === EINVAL ? failed("CephCommandFailed", message) : retry("CephCommandFailed", message, 1_000);
}

/** The module's word that the subvolume or snapshot is not there, and not that its commands are not loaded yet. */
export const isAbsent = (result: MonResult): boolean => result.rc === ENOENT && !isStarting(result);
