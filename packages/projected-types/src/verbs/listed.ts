// A page of an engine as ARM shows it. Where its bytes can be passed on they are, with what ARM adds between them; else it is parsed.
import { Buffer } from "node:buffer";
import type { NativeAnswer } from "@cynosure/native-client";
import { toResource } from "../wire/envelope.ts";
import type { ShownCollection } from "../wire/envelope.ts";
import type { Json } from "../wire/json.ts";
import { readList } from "../wire/rows.ts";
import { scanList } from "../wire/scan-list.ts";
import type { Where } from "./find.ts";

/** A row with what it is called here. */
export interface NamedRow {
  readonly name: string;
  readonly nativeId: string;
}

export interface ListedRow {
  /** At least what names it. */
  readonly row: Json;
  /** Its text as a resource, in pieces of UTF-8. */
  pieces(shown: ShownCollection, named: NamedRow): readonly Uint8Array[];
}

export interface ListedPage {
  readonly rows: readonly ListedRow[];
  /** Of all pages; null where the engine does not tell. */
  readonly count: number | null;
  /** Null: it knows no pages. */
  readonly hasMore: boolean | null;
}

export const EMPTY_PAGE: ListedPage = { rows: [], count: null, hasMore: false };

/** What names an object, whichever its type. */
const NAMING = ["guid", "tenant_id"] as const;

export function readPage({ type, idNames }: Where, { bytes, body }: NativeAnswer): ListedPage {
  const scanned = bytes === undefined ? null : scanList(bytes, new Set([...NAMING, ...idNames, ...(type.nameField === null ? [] : [type.nameField])]));
  if (bytes === undefined || scanned === null) {
    const list = readList(type, bytes === undefined ? body : JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8")));
    return { ...list, rows: list.rows.map((row) => ({ row, pieces: (shown, { name, nativeId }) => [Buffer.from(JSON.stringify(toResource(shown, name, nativeId, row)))] })) };
  }
  const { count, next } = scanned.envelope ?? {};
  return {
    count: typeof count === "number" ? count : null,
    hasMore: scanned.envelope === null ? null : next !== null && next !== undefined && next !== "",
    rows: scanned.rows.map(({ start, end, isEmpty, properties }) => ({
      row: properties,
      pieces: ({ id, armType }, { name, nativeId }) => {
        const head = `{"id":${JSON.stringify(`${id}/${name}`)},"name":${JSON.stringify(name)},"type":${armType},"properties":`;
        return [Buffer.from(head), bytes.subarray(start, end), Buffer.from(`${isEmpty ? "" : ","}"nativeId":${JSON.stringify(nativeId)}}}`)];
      },
    })),
  };
}
