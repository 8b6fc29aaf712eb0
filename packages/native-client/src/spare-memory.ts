// Memory for long answers that is used again. New memory for each costs more than filling it: all of its pages are touched for the
// first time, and much of it at once makes the collector run.
import { Buffer } from "node:buffer";
import type { AnswerMemory } from "./native-api.ts";

const GRAIN_BYTES = 64 * 1024;

export interface SpareMemoryLimits {
  /** Kept while nobody uses them. */
  readonly buffersMax: number;
  /** Larger ones are not kept. */
  readonly bufferBytesMax: number;
}

export interface SpareMemory extends AnswerMemory {
  /** By whoever has read an answer in it, once; an answer nobody gives back is collected like anything else. */
  give(bytes: Uint8Array): void;
}

export function createSpareMemory({ buffersMax, bufferBytesMax }: SpareMemoryLimits): SpareMemory {
  const spare: ArrayBufferLike[] = [];
  return {
    take: (bytes) => {
      const at = spare.findIndex(({ byteLength }) => byteLength >= bytes);
      const [found] = at < 0 ? [] : spare.splice(at, 1);
      return Buffer.from(found ?? Buffer.allocUnsafeSlow(Math.ceil(bytes / GRAIN_BYTES) * GRAIN_BYTES).buffer, 0, bytes);
    },
    give: ({ buffer }) => {
      if (buffer.byteLength > bufferBytesMax || spare.includes(buffer)) return;
      if (spare.length >= buffersMax) spare.shift();
      spare.push(buffer);
    },
  };
}
