// Answers that go on: made bit by bit as the client takes them, so that a slow one costs no memory, and ended with
// the client, with the connection, or when the client takes nothing any more.
import type { ServerResponse } from "node:http";
import type { RouteAnswer } from "./route.ts";

/** A client that has taken nothing for this long is gone or stands still. */
export const STREAM_STALL_MS_MAX = 60_000;

export interface StreamOptions {
  readonly stallMsMax: number;
  /** What the maker of the stream threw: the answer has begun and can only end. */
  readonly onError: (error: unknown) => void;
}

/** The head of `response` is written. Never rejects. */
export async function streamInto(response: ServerResponse, open: NonNullable<RouteAnswer["stream"]>, { stallMsMax, onError }: StreamOptions): Promise<void> {
  const gone = new AbortController();
  const leave = (): void => gone.abort(new Error("the client has gone"));
  if (response.destroyed || response.writableEnded) leave();
  else response.once("close", leave);
  try {
    for await (const bit of open(gone.signal)) {
      if (gone.signal.aborted) break;
      await write(response, bit, gone.signal, stallMsMax);
    }
  } catch (error) {
    if (!gone.signal.aborted) onError(error);
  }
  response.end();
}

/** Ends when the bit is with the operating system, so that its maker may use its memory again. */
function write(response: ServerResponse, bit: string | Uint8Array, gone: AbortSignal, stallMsMax: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => response.destroy(), stallMsMax);
    late.unref();
    const end = (): void => {
      clearTimeout(late);
      gone.removeEventListener("abort", left);
    };
    const left = (): void => {
      end();
      reject(new Error("the client has gone"));
    };
    gone.addEventListener("abort", left);
    response.write(bit, (error) => {
      end();
      if (error === null || error === undefined) resolve();
      else reject(error);
    });
  });
}
