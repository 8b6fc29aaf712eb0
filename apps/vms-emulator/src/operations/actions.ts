// Actions and reports that have no behaviour of their own here: checked against the document, written down, answered in its shape.
// An action whose fields are fields of its object changes them.
import { noContent, notFound, ok } from "../serve/answer.ts";
import type { Answer } from "../serve/answer.ts";
import type { DocumentedCall } from "../serve/call.ts";
import { nowIso } from "../serve/call.ts";
import { collectionName } from "../serve/document.ts";
import { requireParents, withTask } from "./collections.ts";
import { listAnswer } from "./list-rows.ts";
import { presented, readable, refreshDerived, sampleOf } from "./rows.ts";
import { validate } from "./validate.ts";

/** Older ones are forgotten. */
const ACTIONS_KEPT_MAX = 1_000;
export const ACTIONS_COLLECTION = " actions";

export function runAction(call: DocumentedCall): Answer {
  requireParents(call);
  const { facts, operation, store } = call;
  if (call.method === "GET" && !operation.isAsynchronous) return report(call);
  if (facts.body?.kind !== "binary") validate(facts.body?.fields ?? [], call.body, false);
  record(call);
  changeObject(call);
  if (operation.isAsynchronous) return { status: statusOf(call), body: withTask(call, shapeOf(call), () => {}) };
  store.touch();
  const status = statusOf(call);
  return status === 204 ? noContent : { status, body: facts.answer.isList ? [] : shapeOf(call) };
}

function report(call: DocumentedCall): Answer {
  return call.facts.answer.isList ? listAnswer(call, []) : ok(sampleOf(call.facts.answer.fields, nowIso(call)));
}

const shapeOf = (call: DocumentedCall): Record<string, unknown> => {
  const shape = { ...sampleOf(call.facts.answer.fields, nowIso(call)), ...("success" in sampleOf(call.facts.answer.fields, "") ? { success: true } : {}) };
  const item = itemOf(call);
  return item !== null && "id" in shape ? { ...shape, ...presented(call, item.collection, item.row) } : shape;
};

/** The first 2xx that the document names. */
export function statusOf({ facts }: Pick<DocumentedCall, "facts">): number {
  const good = facts.statuses.map(Number).filter((status) => status >= 200 && status < 300);
  return good.includes(200) ? 200 : (good[0] ?? 200);
}

export function record({ store, operation, words, body, query, settings }: DocumentedCall): void {
  store.insert(ACTIONS_COLLECTION, { method: operation.method, path: `/${words.join("/")}/`, names: [...Object.keys(body), ...query.keys()], at: new Date(settings.nowMs()).toISOString() });
  const rows = store.rows(ACTIONS_COLLECTION);
  const [oldest] = rows;
  if (oldest !== undefined && rows.length > ACTIONS_KEPT_MAX) store.remove(ACTIONS_COLLECTION, oldest.id);
}

function itemOf({ operation, words, store }: DocumentedCall): { collection: string; row: NonNullable<ReturnType<typeof store.find>> } | null {
  const pattern = operation.path.split("/").filter((word) => word !== "");
  const at = pattern.findLastIndex((word) => word.startsWith("{"));
  if (at < 1) return null;
  const collection = collectionName(words.slice(0, at));
  const row = store.find(collection, words[at] ?? "");
  if (row === null) throw notFound();
  return { collection, row };
}

function changeObject(call: DocumentedCall): void {
  if (call.method !== "PATCH" || call.facts.body?.kind !== "json") return;
  const item = itemOf(call);
  if (item === null) return;
  const change = Object.fromEntries(Object.entries(readable(call, item.collection, call.body)).filter(([name]) => name !== "id" && name in item.row));
  Object.assign(item.row, change);
  refreshDerived(call, item.row);
}
