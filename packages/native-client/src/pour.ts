// The body of an answer on its way to somebody else. Node's HTTP client makes two new buffers for each 64 KiB, and collecting them took more
// time than the rest of the way; a long body of a stated length is therefore taken straight off its connection into buffers that are
// used in turn. Its connection ends with it, because the parser never saw the end.
import type { IncomingMessage } from "node:http";
import type { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ExchangeAnswer } from "./exchange.ts";
import { inletOf } from "./inlet.ts";
import type { Inlet } from "./inlet.ts";
import { Rotation } from "./rotation.ts";

/** Below it, keeping the connection is worth more. */
export const STRAIGHT_BYTES_MIN = 1024 * 1024;
/** Nine records of TLS a buffer: what Node encrypts and sends in one go. Three: one is filled, one is written, and one is for what is decrypted when the connection is paused. */
const ROTATION = { buffers: 3, bufferBytes: 9 * 16 * 1024, roomBytesMin: 16 * 1024 };

/** Ends `into` after the last byte. Rejects where either side broke off; `into` is destroyed then, so that nobody takes it for whole. */
export async function pourBody({ body, headers }: ExchangeAnswer, into: Writable): Promise<void> {
  const connection = body.socket;
  const inlet = inletOf(connection);
  const bytes = headers["transfer-encoding"] === undefined ? Number(headers["content-length"] ?? 0) : 0;
  if (inlet === undefined || !(bytes >= STRAIGHT_BYTES_MIN) || body.complete || body.destroyed || into.destroyed) return pipeline(body, into);
  try {
    await pourStraight(body, inlet, bytes, into);
  } catch (error) {
    into.destroy();
    throw error;
  } finally {
    connection.destroy();
  }
}

function pourStraight(body: IncomingMessage, inlet: Inlet, bytes: number, into: Writable): Promise<void> {
  return new Promise((resolve, reject) => {
    const connection = body.socket;
    const rotation = new Rotation(ROTATION);
    let leftBytes = bytes;
    let isWriting = false;
    const write = (piece: Uint8Array): void => {
      isWriting = true;
      into.write(piece, written);
    };
    const written = (error?: Error | null): void => {
      isWriting = false;
      if (error !== null && error !== undefined) return reject(error);
      const piece = rotation.take();
      if (piece !== null) write(piece);
      else if (leftBytes === 0) into.end(() => resolve());
      if (leftBytes > 0) connection.resume();
    };
    body.on("error", reject);
    body.once("close", () => reject(new Error("The answer broke off.")));
    into.once("error", reject);
    into.once("close", () => reject(new Error("The caller went away.")));
    inlet.divert({
      room: () => rotation.room(),
      arrived: (came) => {
        // Bytes beyond the stated length belong to nobody.
        const wanted = came.subarray(0, leftBytes);
        leftBytes -= wanted.byteLength;
        rotation.add(wanted);
        const piece = isWriting ? null : rotation.take();
        if (piece !== null) write(piece);
        return leftBytes > 0 && rotation.hasRoom;
      },
    });
    // What the parser was given before; reading it lets the connection go on.
    const early = body.read() as Uint8Array | null; // no encoding is set
    leftBytes -= early?.byteLength ?? 0;
    if (early !== null) write(early);
  });
}
