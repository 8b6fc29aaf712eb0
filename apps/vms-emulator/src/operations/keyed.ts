// Objects that have no id in their path: found by the parts of their key, in the body or in the query.
import { created, noContent, notFound, ok } from "../serve/answer.ts";
import type { Answer } from "../serve/answer.ts";
import type { DocumentedCall } from "../serve/call.ts";
import { collectionName } from "../serve/document.ts";
import type { Row, StoredRow } from "../state/store.ts";
import { listAnswer } from "./list-rows.ts";
import { insertRow, presented } from "./rows.ts";
import { requireParents } from "./collections.ts";
import { validate } from "./validate.ts";
import { conflict } from "../serve/answer.ts";

/** Words of a path that say what is done and not with what. */
const VERB_WORDS = new Set(["show", "delete", "remove", "rename", "add", "query", "list"]);

/** Kept under the first words alone, so that `tables/show` sees what `tables` made. */
const keptAs = (words: readonly string[]): string => collectionName(words.filter((word) => !VERB_WORDS.has(word)));

/** One part of a key has two names: `schema_name` beside `name`. */
const isSameKey = (row: Row, asked: Row, parts: readonly string[]): boolean => parts.some((part) => asked[part] !== undefined) && parts.every((part) => asked[part] === undefined || String(row[part] ?? "") === String(asked[part]));

export function runKeyed(call: DocumentedCall): Answer {
  requireParents(call);
  const { operation } = call;
  const collection = keptAs(call.words);
  const asked: Row = { ...Object.fromEntries(call.query), ...call.body };
  const parts = operation.key?.parts ?? [];
  if (call.method !== "GET") validate(call.facts.body?.fields ?? [], call.body, call.method === "PATCH");
  const found = call.store.rows(collection).find((row) => isSameKey(row, asked, parts)) ?? null;
  switch (operation.armVerb) {
    case "list":
      return listAnswer(call, call.store.rows(collection).map((row) => presented(call, collection, row)));
    case "create":
      if (found !== null && parts.every((part) => asked[part] !== undefined)) throw conflict("already_exists", "An object with this key already exists.");
      return answerFor(call, insertRow(call, collection, { ...call.body }), true);
    case "delete":
      if (found === null) throw notFound();
      call.store.remove(collection, found.id);
      return call.facts.statuses.includes("204") ? noContent : ok({});
    case "get":
      if (found === null) throw notFound();
      return ok(call.facts.answer.isList ? [presented(call, collection, found)] : presented(call, collection, found));
    default:
      if (found === null) throw notFound();
      return changed(call, found);
  }
}

function changed(call: DocumentedCall, row: StoredRow): Answer {
  const { new_name: newName, ...rest } = call.body;
  delete rest["id"];
  Object.assign(row, rest, typeof newName === "string" ? { name: newName } : {});
  call.store.touch();
  return answerFor(call, row, false);
}

function answerFor(call: DocumentedCall, row: StoredRow, isNew: boolean): Answer {
  if (call.facts.statuses.includes("204") && !call.facts.statuses.some((each) => each === "200" || each === "201")) return noContent;
  return isNew ? created(row) : ok(row);
}
