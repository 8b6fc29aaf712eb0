import { describe, expect, it } from "vitest";
import { together } from "./together.ts";

const settled = (): { readonly promise: Promise<string>; readonly resolve: (value: string) => void; readonly reject: (error: Error) => void } => {
  let [resolve, reject]: [(value: string) => void, (error: Error) => void] = [() => undefined, () => undefined];
  const promise = new Promise<string>((yes, no) => ([resolve, reject] = [yes, no]));
  return { promise, resolve, reject };
};

describe("statements asked for together", () => {
  it("answer in the order of asking, whichever ends first", async () => {
    const [first, second] = [settled(), settled()];
    const both = together(first.promise, second.promise);
    second.resolve("b");
    first.resolve("a");
    expect(await both).toEqual(["a", "b"]);
  });

  it("fail when all have ended and not before, with the first failure in the order of asking", async () => {
    const [first, second, third] = [settled(), settled(), settled()];
    let isOver = false;
    const all = together(first.promise, second.promise, third.promise).finally(() => (isOver = true));
    all.catch(() => undefined);
    third.reject(new Error("third"));
    second.reject(new Error("second"));
    await Promise.allSettled([second.promise, third.promise]);
    await new Promise<void>((resolve) => setImmediate(resolve));
    expect(isOver).toBe(false);
    first.resolve("a");
    await expect(all).rejects.toThrow("second");
  });
});
