// Tasks of the management server: started once, remembered with the cluster's outputs, looked at until they have ended. A start
// whose answer was lost is found again by the state of what it works on, which every action looks at first.
import type { EngineVault } from "@cynosure/engine";
import { waiting, type StepResult } from "@cynosure/model";
import { asRow, idOf, textOf, type Row } from "./rows.ts";
import { VmsRefusal, type Vms } from "./vms.ts";

export const POLL_MS = 200;
const MESSAGES_SHOWN = 3;

export type SeenTask =
  | { readonly kind: "none" }
  | { readonly kind: "running"; readonly name: string }
  | { readonly kind: "completed"; readonly isPartial: boolean }
  | { readonly kind: "failed"; readonly reason: string };

export interface TaskLink {
  readonly vms: Vms;
  readonly vault: EngineVault;
}

const outputOf = (key: string): string => `vast-task-${key}`;

/** `messages` is an object in the document and a list where clients read it. */
function messagesOf(task: Row): string {
  const { messages } = task;
  const texts = Array.isArray(messages) ? messages.map(String) : Object.values(asRow(messages)).map(String);
  return texts.slice(-MESSAGES_SHOWN).join("; ");
}

export async function seeTask({ vms, vault }: TaskLink, key: string): Promise<SeenTask> {
  const id = (await vault.readOutput(outputOf(key))) ?? "";
  if (id === "") return { kind: "none" };
  try {
    const task = await vms.get(`/vtasks/${encodeURIComponent(id)}/`);
    const state = textOf(task, "state").toUpperCase();
    if (state === "RUNNING") return { kind: "running", name: textOf(task, "name") };
    if (state === "COMPLETED" || state === "PARTIALLY_COMPLETED") return { kind: "completed", isPartial: state !== "COMPLETED" };
    return { kind: "failed", reason: `task ${textOf(task, "name")} (${id}) ended ${state}: ${messagesOf(task)}` };
  } catch (error) {
    // Forgotten by a server that keeps some thousands: what it did is looked at all the same.
    if (error instanceof VmsRefusal && error.status === 404) return { kind: "none" };
    throw error;
  }
}

/** Remembers the task an answer speaks of; false when it speaks of none, which means that the work is done. */
export async function rememberTask({ vault }: TaskLink, key: string, answer: Row): Promise<boolean> {
  const task = asRow(answer["async_task"]);
  const id = idOf(task) || textOf(answer, "task_id");
  await vault.putOutput(outputOf(key), id);
  return id !== "";
}

export const forgetTask = ({ vault }: TaskLink, key: string): Promise<void> => vault.putOutput(outputOf(key), "");

export const waitForTask = (what: string): StepResult => waiting(what, POLL_MS);
