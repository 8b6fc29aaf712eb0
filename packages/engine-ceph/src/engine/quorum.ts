// After the monitors started: wait until a majority agrees, then tell them which OSDs there will be and
// where they are, so that placement groups are made once.
import type { EngineCall } from "@cynosure/engine";
import { doneVoid, failed, waiting, type EngineAction, type StepResult } from "@cynosure/model";
import { parseOsds } from "../layout/action-params.ts";
import { osdUuidOutput } from "../layout/names.ts";
import { awaitAnswer, commandFailure, hostsRunning, monCommands, type MonCommand } from "./cluster-link.ts";
import { readStatus } from "./cluster-status.ts";

export async function formQuorum(call: EngineCall, action: EngineAction): Promise<StepResult> {
  const monitors = hostsRunning(call, "monitor").length;
  const status = await readStatus(call);
  if (!status.ok) return awaitAnswer(status, "monitors to form a quorum");
  if (status.value.monitorsInQuorum * 2 <= monitors) return waiting(`monitors to form a quorum (${status.value.monitorsInQuorum} of ${monitors})`, 200);

  const commands: MonCommand[] = [];
  for (const osd of parseOsds(action.params)) {
    const uuid = await call.vault.readOutput(osdUuidOutput(osd.id));
    if (uuid === null) return failed("MissingOutput", `osd.${osd.id} has no identifier in the vault; run the step ceph.ensureKeys again`);
    if (osd.isFounding) commands.push({ command: { prefix: "osd new", uuid, id: osd.id } });
    commands.push({ command: { prefix: "osd crush create-or-move", id: osd.id, weight: osd.weight, args: ["root=default", `host=${osd.hostId}`] } });
  }
  const answer = await monCommands(call, commands);
  if (!answer.ok) return awaitAnswer(answer, "monitors to answer");
  return commandFailure(commands, answer.value) ?? doneVoid;
}
