// A few buffers that are filled and emptied in turn. What came lies where it arrived until it was taken and done with; only then are
// other bytes written there.
import { Buffer } from "node:buffer";

interface Piece {
  readonly home: ArrayBufferLike;
  readonly start: number;
  end: number;
}

export interface RotationOptions {
  readonly buffers: number;
  readonly bufferBytes: number;
  /** A buffer with less room than this is full. */
  readonly roomBytesMin: number;
}

export class Rotation {
  readonly #options: RotationOptions;
  readonly #buffers: Buffer[];
  readonly #waiting: Piece[] = [];
  #filling: Buffer;
  #filledBytes = 0;
  #taken: Piece | null = null;

  constructor(options: RotationOptions) {
    this.#options = options;
    this.#buffers = Array.from({ length: options.buffers }, () => Buffer.allocUnsafeSlow(options.bufferBytes));
    this.#filling = this.#buffers[0] ?? this.#spare();
  }

  /** Where the next bytes go. Memory beyond the rotation is used only when somebody fills on who was told that there is no room. */
  room(): Uint8Array {
    if (this.#filling.length - this.#filledBytes < this.#options.roomBytesMin) {
      this.#filling = this.#free()[0] ?? this.#spare();
      this.#filledBytes = 0;
    }
    return this.#filling.subarray(this.#filledBytes);
  }

  /** `bytes`: at the beginning of what `room` gave, or anywhere else, whence they are copied. */
  add(bytes: Uint8Array): void {
    const isInPlace = bytes.buffer === this.#filling.buffer && bytes.byteOffset === this.#filledBytes;
    if (!isInPlace) this.room().set(bytes);
    const [start, end] = [this.#filledBytes, this.#filledBytes + bytes.byteLength];
    const last = this.#waiting.at(-1);
    if (last?.home === this.#filling.buffer && last.end === start) last.end = end;
    else this.#waiting.push({ home: this.#filling.buffer, start, end });
    this.#filledBytes = end;
  }

  /** False: one buffer is left, which is for those who cannot stop at once. */
  get hasRoom(): boolean {
    return this.#filling.length - this.#filledBytes >= this.#options.roomBytesMin ? this.#free().length > 0 : this.#free().length > 1;
  }

  /** Everything that came and lies in one place; what was taken before is done with. */
  take(): Uint8Array | null {
    this.#taken = this.#waiting.shift() ?? null;
    return this.#taken === null ? null : new Uint8Array(this.#taken.home, this.#taken.start, this.#taken.end - this.#taken.start);
  }

  #free(): readonly Buffer[] {
    return this.#buffers.filter((each) => each !== this.#filling && each.buffer !== this.#taken?.home && !this.#waiting.some(({ home }) => home === each.buffer));
  }

  #spare(): Buffer {
    return Buffer.allocUnsafeSlow(this.#options.bufferBytes);
  }
}
