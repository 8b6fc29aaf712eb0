// Fields of nodes and boxes that are orders and no state: power and replacement; tasks that are told to end or to go again.
import { conflict, noContent, notFound, ok } from "../serve/answer.ts";
import type { Answer } from "../serve/answer.ts";
import type { DocumentedCall } from "../serve/call.ts";
import type { Handlers } from "../operations/handlers.ts";
import { presented } from "../operations/rows.ts";
import { validate } from "../operations/validate.ts";
import { readable } from "../operations/rows.ts";
import type { StoredRow } from "../state/store.ts";
import { DONE } from "../state/tasks.ts";

export const commandHandlers: Handlers = {
  "PATCH /cnodes/{id}": (call) => order(call, "cnodes"),
  "PATCH /dnodes/{id}": (call) => order(call, "dnodes"),
  "PATCH /eboxes/{id}": (call) => order(call, "eboxes"),
  "PATCH /vtasks/{id}": (call) => {
    validate(call.facts.body?.fields ?? [], call.body, true);
    const row = taskOf(call);
    if (call.body["state"] !== undefined) Object.assign(row, { state: String(call.body["state"]).toUpperCase() });
    call.store.touch();
    return ok(presented(call, "vtasks", row));
  },
  "PATCH /vtasks/{id}/retry": (call) => {
    const row = taskOf(call);
    if (!call.tasks.retry(String(row.id))) throw conflict("not_retryable", "The task is running, or what it did is no longer known.");
    return ok(presented(call, "vtasks", row));
  },
  "POST /clusters/{id}/set_drive_fw_upgrade": () => noContent,
};

function order(call: DocumentedCall, collection: string): Answer {
  validate(call.facts.body?.fields ?? [], call.body, true);
  const row = call.store.find(collection, call.params["id"] ?? "");
  if (row === null) throw notFound();
  const { body } = call;
  const state = body["power_off"] === true || body["immediate_shutdown"] === true || body["enabled"] === false ? "INACTIVE" : body["power_on"] === true || body["power_cycle"] === true || body["replace"] === true || body["enabled"] === true ? "ACTIVE" : null;
  const change = readable(call, collection, Object.fromEntries(Object.entries(body).filter(([name]) => name in row && name !== "id")));
  Object.assign(row, change);
  return ok({ ...presented(call, collection, row), async_task: call.tasks.start({ name: `${collection}_modify`, steps: [{ message: "modified", run: () => (state === null ? null : Object.assign(row, { state, display_state: state }), call.store.touch(), DONE) }] }) });
}

function taskOf(call: DocumentedCall): StoredRow {
  const row = call.store.find("vtasks", call.params["id"] ?? "");
  if (row === null) throw notFound();
  return row;
}
