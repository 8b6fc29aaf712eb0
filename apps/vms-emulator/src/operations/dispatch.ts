// From a call to its operation: one with behaviour of its own, or what its class in the catalogue does. Paths that official
// clients call and the document does not list come last.
import { findOperation } from "@cynosure/projection";
import { boxHandlers } from "../life-cycle/boxes.ts";
import { clusterHandlers } from "../life-cycle/cluster.ts";
import { commandHandlers } from "../life-cycle/commands.ts";
import { metricsHandlers, prometheusText } from "../life-cycle/metrics.ts";
import { upgradeHandlers } from "../life-cycle/upgrade.ts";
import { created, noContent, notFound, ok, Refusal } from "../serve/answer.ts";
import type { Answer } from "../serve/answer.ts";
import type { Call, DocumentedCall } from "../serve/call.ts";
import { collectionName } from "../serve/document.ts";
import { signInHandlers } from "../sign-in/sign-in-operations.ts";
import { DONE } from "../state/tasks.ts";
import { accessKeyHandlers } from "./access-keys.ts";
import { runAction } from "./actions.ts";
import { runTyped } from "./collections.ts";
import { handlerKey } from "./handlers.ts";
import type { Handlers } from "./handlers.ts";
import { runKeyed } from "./keyed.ts";
import { listAnswer } from "./list-rows.ts";
import { insertRow, presented } from "./rows.ts";
import { validate } from "./validate.ts";

const METHODS = ["GET", "POST", "PATCH", "PUT", "DELETE"];

const snapshotClone: Handlers = {
  "POST /snapshots/{id}/clone": (call) => {
    const snapshot = call.store.find("snapshots", call.params["id"] ?? "");
    if (snapshot === null) throw notFound();
    validate(call.facts.body?.fields ?? [], call.body, false);
    const stream = insertRow(call, "globalsnapstreams", { ...call.body, loanee_snapshot_id: snapshot.id, state: "RUNNING" });
    const task = call.tasks.start({ name: "snapshot_clone", steps: [{ message: "cloned", run: () => (Object.assign(stream, { state: "COMPLETED" }), DONE) }] });
    return ok({ ...presented(call, "globalsnapstreams", stream), async_task: task });
  },
};

const HANDLERS: Handlers = { ...signInHandlers, ...accessKeyHandlers, ...clusterHandlers, ...boxHandlers, ...upgradeHandlers, ...metricsHandlers, ...commandHandlers, ...snapshotClone };

/** Before sign-in there is only this. */
export const OPEN_PATHS = new Set(["token", "token/refresh"]);

export function dispatch(call: Call): Answer {
  const { catalogue } = call.document;
  const found = findOperation(catalogue, call.method, call.words);
  if (found === null) return undocumented(call);
  const documented: DocumentedCall = { ...call, operation: found.operation, facts: call.document.factsOf(found.operation), params: found.params };
  const own = HANDLERS[handlerKey(found.operation.method, found.operation.path)];
  if (own !== undefined) return own(documented);
  if (call.words[0] === "prometheusmetrics") return prometheusText(documented);
  switch (found.operation.class) {
    case "typed":
      return runTyped(documented);
    case "keyed":
      return runKeyed(documented);
    case "transfer":
      return found.operation.armVerb === "action" ? runAction(documented) : runTyped(documented);
    default:
      return runAction(documented);
  }
}

const UNDOCUMENTED_COLLECTIONS = new Set(["monitoredusers", "blockhostvolumes"]);

function undocumented(call: Call): Answer {
  const [root = "", id, ...rest] = call.words;
  if (root === "dashboard" && id === "status" && rest.length === 0 && call.method === "GET") return ok({ clusters: call.store.rows("clusters"), vms: call.store.rows("vms").map((row) => presented(call, "vms", row)) });
  if (UNDOCUMENTED_COLLECTIONS.has(root) && rest.length === 0) return plainCollection(call, root, id);
  const others = METHODS.filter((method) => method !== call.method && findOperation(call.document.catalogue, method, call.words) !== null);
  if (others.length > 0) throw new Refusal(405, { detail: `Method "${call.method}" not allowed.` });
  throw notFound();
}

function plainCollection(call: Call, root: string, id: string | undefined): Answer {
  const collection = collectionName([root]);
  if (id === undefined || id === "bulk") {
    if (call.method === "GET") return listAnswer(call, call.store.rows(collection));
    if (call.method === "POST") return created(call.store.insert(collection, { ...call.body }));
    throw new Refusal(405, { detail: `Method "${call.method}" not allowed.` });
  }
  const row = call.store.find(collection, id);
  if (row === null) throw notFound();
  if (call.method === "GET") return ok(row);
  if (call.method === "DELETE") {
    call.store.remove(collection, id);
    return noContent;
  }
  Object.assign(row, { ...call.body, id: row.id });
  call.store.touch();
  return ok(row);
}
