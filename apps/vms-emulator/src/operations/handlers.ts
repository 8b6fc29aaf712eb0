// What an operation with behaviour of its own is: a function by `METHOD /path`, the document's path without its last slash.
// And rules that a collection adds to what all collections do.
import type { Answer } from "../serve/answer.ts";
import type { DocumentedCall } from "../serve/call.ts";
import type { Row, StoredRow } from "../state/store.ts";

export type Handlers = Readonly<Record<string, (call: DocumentedCall) => Answer>>;

export interface CollectionRules {
  /** Refuses, or completes, what is to be made. */
  onCreate?(call: DocumentedCall, body: Row): Row;
  onCreated?(call: DocumentedCall, row: StoredRow): void;
  /** Before the change is made. */
  onChange?(call: DocumentedCall, row: StoredRow, change: Row): void;
  onRead?(call: DocumentedCall, row: StoredRow): void;
  onDelete?(call: DocumentedCall, row: StoredRow): void;
}

export const handlerKey = (method: string, path: string): string => `${method} ${path.replace(/\/$/, "")}`;
