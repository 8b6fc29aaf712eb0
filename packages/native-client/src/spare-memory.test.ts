// Memory that is used again is never in two hands at once, and is bounded.
import type { Buffer } from "node:buffer";
import { expect, test } from "vitest";
import { createSpareMemory } from "./spare-memory.ts";

test("what was given back is taken again, where it is large enough", () => {
  const memory = createSpareMemory({ buffersMax: 2, bufferBytesMax: 1_000_000 });
  const first = memory.take(100_000);
  const second = memory.take(100_000);
  expect(second.buffer).not.toBe(first.buffer);
  memory.give(first);
  const larger = memory.take(200_000);
  expect(larger.buffer).not.toBe(first.buffer);
  const again = memory.take(90_000);
  expect([again.buffer === first.buffer, again.byteLength]).toEqual([true, 90_000]);
});

test("what is given back twice is in one hand still", () => {
  const memory = createSpareMemory({ buffersMax: 4, bufferBytesMax: 1_000_000 });
  const once = memory.take(1_000);
  memory.give(once);
  memory.give(once.subarray(10));
  expect(memory.take(1_000).buffer).not.toBe(memory.take(1_000).buffer);
});

test("no more and no larger pieces are kept than was said", () => {
  const memory = createSpareMemory({ buffersMax: 1, bufferBytesMax: 100_000 });
  const [large, old, young] = [memory.take(200_000), memory.take(50_000), memory.take(50_000)];
  for (const each of [large, old, young]) memory.give(each);
  const taken = [memory.take(50_000), memory.take(50_000)];
  expect(taken.map(({ buffer }) => [large, old, young].findIndex((each: Buffer) => each.buffer === buffer))).toEqual([2, -1]);
});
