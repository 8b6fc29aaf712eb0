// The body of an answer as one piece. It comes in thousands of records of TLS: each is copied to where it belongs and forgotten, where the
// engine says how long the whole will be.
import { Buffer } from "node:buffer";
import { ControlPlaneError } from "@cynosure/model";
import { NoAnswer } from "./exchange.ts";
import type { ExchangeAnswer } from "./exchange.ts";
import type { AnswerMemory } from "./native-api.ts";

/** `memory`: for an answer whose length is stated. */
export function readBody({ body, headers }: ExchangeAnswer, bytesMax: number, memory?: AnswerMemory): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const stated = headers["transfer-encoding"] === undefined ? Number(headers["content-length"] ?? 0) : 0;
    const roomBytes = stated > 0 && stated <= bytesMax ? stated : 0;
    const gathered = new Gathered(memory !== undefined && roomBytes > 0 ? memory.take(roomBytes) : Buffer.allocUnsafe(roomBytes));
    const fail = (error: Error): void => {
      body.destroy();
      reject(error);
    };
    body.on("error", (cause) => fail(new NoAnswer("the answer broke off", false, cause)));
    body.once("close", () => {
      if (!body.readableEnded) fail(new NoAnswer("the answer broke off", false));
    });
    body.once("end", () => resolve(gathered.whole()));
    body.on("data", (piece: Buffer) => {
      gathered.add(piece);
      if (gathered.byteLength > bytesMax) fail(new ControlPlaneError("OperationFailed", `The engine's answer is larger than ${bytesMax} bytes. Ask for less at a time: pages, or fewer fields.`));
    });
  });
}

class Gathered {
  readonly #room: Buffer;
  /** What the room was too small for. */
  readonly #more: Buffer[] = [];
  byteLength = 0;

  constructor(room: Buffer) {
    this.#room = room;
  }

  add(piece: Buffer): void {
    if (this.#more.length === 0 && this.byteLength + piece.byteLength <= this.#room.byteLength) piece.copy(this.#room, this.byteLength);
    else this.#more.push(piece);
    this.byteLength += piece.byteLength;
  }

  whole(): Buffer {
    if (this.#more.length === 0) return this.#room.subarray(0, this.byteLength);
    const ahead = this.byteLength - this.#more.reduce((sum, { byteLength }) => sum + byteLength, 0);
    return Buffer.concat([this.#room.subarray(0, ahead), ...this.#more]);
  }
}
