// What every collection does: list, get, create, change, replace, delete; and settings that are one object by their path.
import { created, noContent, notFound, ok } from "../serve/answer.ts";
import type { Answer } from "../serve/answer.ts";
import type { DocumentedCall } from "../serve/call.ts";
import { nowIso } from "../serve/call.ts";
import { collectionName } from "../serve/document.ts";
import type { Row, StoredRow } from "../state/store.ts";
import { DONE } from "../state/tasks.ts";
import { checkUnique, rulesOf } from "./collection-rules.ts";
import { listAnswer, withFields } from "./list-rows.ts";
import { insertRow, presented, readable, refreshDerived, sampleOf } from "./rows.ts";
import { validate } from "./validate.ts";

const isItemPath = (path: string): boolean => /\{[^}]+\}\/?$/.test(path);

export function runTyped(call: DocumentedCall): Answer {
  const { operation } = call;
  requireParents(call);
  if (operation.armVerb === "list") return listRows(call);
  if (operation.armVerb === "create" && !isItemPath(operation.path) && isCollection(call)) return createRow(call);
  if (!isItemPath(operation.path)) return runSingleton(call);
  const collection = collectionName(call.words.slice(0, -1));
  const row = call.store.find(collection, call.words.at(-1) ?? "");
  if (row === null) throw notFound();
  rulesOf(collection).onRead?.(call, row);
  switch (call.method) {
    case "GET":
      return ok(withFields(presented(call, collection, row), call.query));
    case "DELETE":
      return deleteRow(call, collection, row);
    default:
      return changeRow(call, collection, row);
  }
}

const isCollection = ({ document, words }: DocumentedCall): boolean => document.typeOf(collectionName(words))?.naming !== "singleton";

/** Below an object that is not there, nothing is. */
export function requireParents({ operation, words, store }: DocumentedCall): void {
  const pattern = operation.path.split("/").filter((word) => word !== "");
  pattern.forEach((word, at) => {
    if (at === pattern.length - 1 || !word.startsWith("{")) return;
    if (store.find(collectionName(words.slice(0, at)), words[at] ?? "") === null) throw notFound();
  });
}

function listRows(call: DocumentedCall): Answer {
  const collection = collectionName(call.words);
  const rules = rulesOf(collection);
  for (const row of call.store.rows(collection)) rules.onRead?.(call, row);
  return listAnswer(call, call.store.rows(collection), (row) => presented(call, collection, row));
}

function createRow(call: DocumentedCall): Answer {
  const collection = collectionName(call.words);
  validate(call.facts.body?.fields ?? [], call.body, false);
  const rules = rulesOf(collection);
  const sent: Row = { ...call.body };
  delete sent["id"];
  const isScoped = call.document.itemFields(collection).some(({ name }) => name === "tenant_id");
  if (isScoped && (sent["tenant_id"] === undefined || sent["tenant_id"] === null)) sent["tenant_id"] = call.tenant?.id ?? 1;
  const body = rules.onCreate?.(call, sent) ?? sent;
  checkUnique(call, collection, body, null);
  const row = insertRow(call, collection, body);
  rules.onCreated?.(call, row);
  const answer = answered(call, presented(call, collection, row));
  return created(call.operation.isAsynchronous && row["async_task"] === undefined ? withTask(call, answer, () => {}) : answer);
}

/** Some creations do not say what they made: only what the document says is told. */
function answered({ facts }: DocumentedCall, row: Row): unknown {
  const names = facts.answer.fields.map(({ name }) => name);
  if (facts.answer.isList) return [row];
  if (names.length === 0 || names.includes("id")) return row;
  return Object.fromEntries(Object.entries(row).filter(([name]) => names.includes(name)));
}

export function withTask(call: DocumentedCall, answer: unknown, atEnd: () => void): unknown {
  const { operation } = call;
  const task = call.tasks.start({ name: taskName(call), steps: [{ message: `${operation.method} ${operation.path}`, run: () => (atEnd(), DONE) }] });
  return typeof answer === "object" && answer !== null && !Array.isArray(answer) ? { ...answer, async_task: task } : { async_task: task };
}

const taskName = ({ operation }: DocumentedCall): string => [operation.method.toLowerCase(), ...operation.path.split("/").filter((word) => word !== "" && !word.startsWith("{"))].join("_");

function changeRow(call: DocumentedCall, collection: string, row: StoredRow): Answer {
  validate(call.facts.body?.fields ?? [], call.body, call.method === "PATCH");
  const change: Row = { ...call.body };
  delete change["id"];
  for (const command of call.document.typeOf(collection)?.commandFields ?? []) delete change[command];
  rulesOf(collection).onChange?.(call, row, change);
  checkUnique(call, collection, change, row);
  Object.assign(row, readable(call, collection, change));
  refreshDerived(call, row);
  call.store.touch();
  const answer = presented(call, collection, row);
  return ok(call.operation.isAsynchronous ? withTask(call, answer, () => {}) : answer);
}

function deleteRow(call: DocumentedCall, collection: string, row: StoredRow): Answer {
  rulesOf(collection).onDelete?.(call, row);
  if (call.operation.isAsynchronous) return ok(withTask(call, null, () => call.store.remove(collection, row.id)));
  call.store.remove(collection, row.id);
  return noContent;
}

function runSingleton(call: DocumentedCall): Answer {
  const path = call.words.join("/");
  const known = call.store.singleton(path);
  if (call.method === "GET") return ok(known ?? sampleOf(call.facts.answer.fields, nowIso(call)));
  if (call.method === "DELETE") {
    call.store.setSingleton(path, sampleOf(call.facts.answer.fields, nowIso(call)));
    return noContent;
  }
  validate(call.facts.body?.fields ?? [], call.body, call.method === "PATCH");
  const next = { ...(known ?? {}), ...readable(call, path, call.body) };
  call.store.setSingleton(path, next);
  if (call.facts.statuses.includes("204") && !call.facts.statuses.includes("200")) return noContent;
  return ok(call.operation.isAsynchronous ? withTask(call, next, () => {}) : next);
}
