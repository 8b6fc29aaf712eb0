// A list as it is sent: in one piece, part by part, and as much of it as an answer may hold.
import { Buffer } from "node:buffer";
import { RESPONSE_BYTES_MAX } from "@cynosure/http-server";
import type { ListPart, ListText } from "@cynosure/projected-types";
import { describe, expect, it } from "vitest";
import { listOf } from "./list-answer.ts";

const URL = "https://arm.test/x?api-version=1";

const textOf = (text: string): ListText => ({ bytesMax: text.length, pieces: () => (text === "" ? [] : [Buffer.from(text)]) });
const longText = (bytes: number): ListText => textOf(`"${"x".repeat(bytes - 2)}"`);

function parts(texts: readonly ListText[], end: string | undefined) {
  const seen = { taken: 0, isLeft: false };
  async function* rest(): AsyncGenerator<ListPart, string | undefined> {
    try {
      for (const [at, text] of texts.entries()) {
        seen.taken += 1;
        yield { text, skipToken: `part-${at}` };
      }
      return end;
    } finally {
      seen.isLeft = true;
    }
  }
  return { rest: rest(), seen };
}

async function sent({ stream, bytes }: ReturnType<typeof listOf>): Promise<{ readonly value: readonly unknown[]; readonly nextLink?: string; readonly bytes: number }> {
  const copies: Buffer[] = bytes === undefined ? [] : [Buffer.from(bytes)];
  if (stream !== undefined) for await (const piece of stream(new AbortController().signal)) copies.push(Buffer.from(piece));
  const whole = Buffer.concat(copies);
  return { ...(JSON.parse(whole.toString("utf8")) as { readonly value: readonly unknown[]; readonly nextLink?: string }), bytes: whole.byteLength }; // a list, as it is checked below
}

describe("a list as it is sent", () => {
  it.each([
    [textOf("1,2"), undefined, [1, 2]],
    [textOf(""), "more", []],
  ])("is one piece where all of it is there", async (first, skipToken, expected) => {
    const answer = listOf({ first, rest: null }, skipToken, URL);
    expect(answer.stream).toBeUndefined();
    const { value, nextLink } = await sent(answer);
    expect(value).toEqual(expected);
    expect(nextLink?.includes("more") ?? false).toBe(skipToken !== undefined);
  });

  it("goes part by part, with a comma between those that hold something, and on after the page", async () => {
    const { rest } = parts([textOf(""), textOf("2,3"), textOf(""), textOf("4")], "after");
    const { value, nextLink } = await sent(listOf({ first: textOf("1"), rest }, undefined, URL));
    expect(value).toEqual([1, 2, 3, 4]);
    expect(nextLink).toContain("after");
    expect((await sent(listOf({ first: textOf(""), rest: parts([textOf("1")], undefined).rest }, undefined, URL))).value).toEqual([1]);
  });

  it("ends before a part that would make it too long, and links to it", async () => {
    const third = Math.floor(RESPONSE_BYTES_MAX / 3);
    const { rest, seen } = parts([longText(third), longText(third), longText(third)], undefined);
    const { value, nextLink, bytes } = await sent(listOf({ first: longText(third), rest }, undefined, URL));
    expect(value).toHaveLength(2);
    expect(nextLink).toContain("part-1");
    expect(bytes).toBeLessThanOrEqual(RESPONSE_BYTES_MAX);
    expect(seen).toEqual({ taken: 2, isLeft: true });
  });

  it("is refused where its first part alone is too long", () => {
    const { rest } = parts([], undefined);
    expect(() => listOf({ first: longText(RESPONSE_BYTES_MAX + 1), rest }, undefined, URL)).toThrow("Ask for less");
  });

  it("asks for no more when its reader leaves", async () => {
    const { rest, seen } = parts([textOf("2"), textOf("3"), textOf("4")], undefined);
    const { stream } = listOf({ first: textOf("1"), rest }, undefined, URL);
    if (stream === undefined) throw new Error("it is one piece");
    for await (const piece of stream(new AbortController().signal)) if (Buffer.from(piece).toString("utf8") === "2") break;
    expect(seen).toEqual({ taken: 1, isLeft: true });
  });
});
