// A page of an engine as ARM shows it. Where its bytes can be passed on they are, with what ARM adds between them; else it is parsed.
import { Buffer } from "node:buffer";
import type { NativeAnswer } from "@cynosure/native-client";
import type { ListText } from "../port.ts";
import { toResource } from "../wire/envelope.ts";
import type { ShownCollection } from "../wire/envelope.ts";
import type { Json } from "../wire/json.ts";
import { readList } from "../wire/rows.ts";
import { scanList } from "../wire/scan-list.ts";
import type { ScannedRow } from "../wire/scan-list.ts";
import type { Where } from "./find.ts";

/** A row with what it is called here. */
export interface NamedRow {
  /** Among the rows of its page. */
  readonly at: number;
  readonly name: string;
  readonly nativeId: string;
}

export interface ListedPage {
  /** At least what names them. */
  readonly rows: readonly Json[];
  /** Of all pages; null where the engine does not tell. */
  readonly count: number | null;
  /** Null: it knows no pages. */
  readonly hasMore: boolean | null;
  /** Those rows as resources. */
  text(shown: ShownCollection, named: readonly NamedRow[]): ListText;
  /** The engine's answer, which the text is made from. */
  readonly bytes: Uint8Array | null;
}

export const EMPTY_PAGE: ListedPage = { rows: [], count: null, hasMore: false, text: () => textOfBytes(new Uint8Array()), bytes: null };

/** What names an object, whichever its type. */
const NAMING = ["guid", "tenant_id"] as const;

export function readPage({ type, idNames }: Where, { bytes, body }: NativeAnswer): ListedPage {
  const scanned = bytes === undefined ? null : scanList(bytes, { wanted: new Set([...NAMING, ...idNames, ...(type.nameField === null ? [] : [type.nameField])]), secretFields: new Set(type.secretFields) });
  if (bytes === undefined || scanned === null) {
    const list = readList(type, bytes === undefined ? body : JSON.parse(bytes.toString("utf8")));
    return { ...list, bytes: null, text: (shown, named) => textOfBytes(Buffer.from(named.map(({ at, name, nativeId }) => JSON.stringify(toResource(shown, name, nativeId, list.rows[at] ?? {}))).join(","))) };
  }
  const { count, next } = scanned.envelope ?? {};
  return {
    bytes,
    count: typeof count === "number" ? count : null,
    hasMore: scanned.envelope === null ? null : next !== null && next !== undefined && next !== "",
    rows: scanned.rows.map(({ properties }) => properties),
    text: (shown, named) => passOn(bytes, scanned.rows, shown, named),
  };
}

const textOfBytes = (bytes: Uint8Array): ListText => ({ bytesMax: bytes.byteLength, pieces: () => (bytes.byteLength === 0 ? [] : [bytes]) });

/** A row of the engine with what stands around it, as JSON. */
interface Framed {
  readonly row: ScannedRow;
  readonly before: string;
  readonly after: string;
  readonly bytesMax: number;
}

/** Of a character of JavaScript in UTF-8. */
const UTF8_BYTES_MAX = 3;

function passOn(bytes: Uint8Array, rows: readonly ScannedRow[], { id, armType }: ShownCollection, named: readonly NamedRow[]): ListText {
  const begin = `{"id":${JSON.stringify(`${id}/`).slice(0, -1)}`;
  const between = `,"type":${armType},"properties":`;
  const fixedBytes = Buffer.byteLength(`,${begin},"name":${between},"nativeId":}}`);
  const framed: Framed[] = [];
  let bytesMax = 0;
  for (const { at, name, nativeId } of named) {
    const row = rows[at];
    if (row === undefined) continue;
    const [text, idText] = [JSON.stringify(name), JSON.stringify(nativeId)];
    const own = fixedBytes + row.end - row.start + UTF8_BYTES_MAX * (2 * text.length + idText.length);
    bytesMax += own;
    framed.push({ row, before: `${framed.length === 0 ? "" : ","}${begin}${text.slice(1)},"name":${text}${between}`, after: `${row.isEmpty ? "" : ","}"nativeId":${idText}}}`, bytesMax: own });
  }
  return { bytesMax, pieces: (buffer) => fill(Buffer.from(buffer.buffer, buffer.byteOffset, buffer.byteLength), bytes, framed) };
}

/** New memory for each list costs more than copying into it: its pages are all touched for the first time. */
function* fill(buffer: Buffer, bytes: Uint8Array, framed: readonly Framed[]): Generator<Uint8Array> {
  let filled = 0;
  for (const { row, before, after, bytesMax } of framed) {
    if (filled + bytesMax > buffer.byteLength && filled > 0) {
      yield buffer.subarray(0, filled);
      filled = 0;
    }
    if (bytesMax > buffer.byteLength) {
      yield Buffer.concat([Buffer.from(before), bytes.subarray(row.start, row.end), Buffer.from(after)]);
      continue;
    }
    filled += buffer.write(before, filled, "utf8");
    buffer.set(bytes.subarray(row.start, row.end), filled);
    filled += row.end - row.start;
    filled += buffer.write(after, filled, "utf8");
  }
  if (filled > 0) yield buffer.subarray(0, filled);
}
