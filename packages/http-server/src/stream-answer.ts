// Answers that go on: made bit by bit as the client takes them, so that a slow one costs no memory, and ended with
// the client, with the connection, or when the client takes nothing any more.
import { Readable } from "node:stream";
import type { ServerResponse } from "node:http";
import type { RouteAnswer } from "./route.ts";

/** A client that has taken nothing for this long is gone or stands still. */
export const STREAM_STALL_MS_MAX = 60_000;
/** Made ahead of what the client has taken. */
const BUFFERED_BYTES_MAX = 16 * 1024;

export interface StreamOptions {
  readonly stallMsMax: number;
  /** What the maker of the stream threw: the answer has begun and can only end. */
  readonly onError: (error: unknown) => void;
}

export function readableOf(open: NonNullable<RouteAnswer["stream"]>, response: ServerResponse, options: StreamOptions): Readable {
  const gone = new AbortController();
  const leave = (): void => gone.abort(new Error("the client has gone"));
  if (response.destroyed || response.writableEnded) leave();
  else response.once("close", leave);
  return Readable.from(untilGone(open, gone.signal, response, options), { objectMode: false, highWaterMark: BUFFERED_BYTES_MAX });
}

async function* untilGone(open: NonNullable<RouteAnswer["stream"]>, signal: AbortSignal, response: ServerResponse, { stallMsMax, onError }: StreamOptions): AsyncGenerator<string> {
  try {
    for await (const text of open(signal)) {
      if (signal.aborted) return;
      const timer = setTimeout(() => response.destroy(), stallMsMax);
      timer.unref();
      try {
        yield text;
      } finally {
        clearTimeout(timer);
      }
    }
  } catch (error) {
    if (!signal.aborted) onError(error);
  }
}
