// A list as it is sent: whole where all of it is there, else part by part while the engine makes the next. A page that becomes too
// long ends before the part that is too much, with a link to go on from there.
import { Buffer } from "node:buffer";
import { buildNextLink } from "@cynosure/arm-protocol";
import { RESPONSE_BYTES_MAX } from "@cynosure/http-server";
import type { RouteAnswer } from "@cynosure/http-server";
import type { AnsweredList, ListText } from "@cynosure/projected-types";
import { requireBytesFit } from "./answer-size.ts";

const BEGIN = Buffer.from('{"value":[');
const COMMA = Buffer.from(",");
/** What is written at once. */
const PIECE_BYTES = 64 * 1024;

export function listOf({ first, rest }: AnsweredList, skipToken: string | undefined, requestUrl: string): Pick<RouteAnswer, "bytes" | "stream"> {
  requireBytesFit(first.bytesMax, requestUrl);
  if (rest === null) return { bytes: Buffer.concat([BEGIN, ...first.pieces(new Uint8Array(first.bytesMax)), endOf(skipToken, requestUrl)]) };
  return { stream: () => textOf(first, rest, requestUrl) };
}

const endOf = (skipToken: string | undefined, requestUrl: string): Uint8Array => Buffer.from(`]${skipToken === undefined ? "" : `,"nextLink":${JSON.stringify(buildNextLink(requestUrl, skipToken))}`}}`);

/** Each piece is good until the next is asked for. */
async function* textOf(first: ListText, rest: NonNullable<AnsweredList["rest"]>, requestUrl: string): AsyncGenerator<Uint8Array> {
  const buffer = Buffer.allocUnsafeSlow(PIECE_BYTES);
  let length = BEGIN.byteLength + first.bytesMax;
  try {
    yield BEGIN;
    yield* first.pieces(buffer);
    for (;;) {
      const { done, value } = await rest.next();
      if (done === true) return yield endOf(value, requestUrl);
      const { text, skipToken } = value;
      const end = endOf(skipToken, requestUrl);
      if (length + COMMA.byteLength + text.bytesMax + end.byteLength > RESPONSE_BYTES_MAX) return yield end;
      if (text.bytesMax === 0) continue;
      if (length > BEGIN.byteLength) yield COMMA;
      yield* text.pieces(buffer);
      length += COMMA.byteLength + text.bytesMax;
    }
  } finally {
    await rest.return(undefined);
  }
}
