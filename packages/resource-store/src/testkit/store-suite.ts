// Conformance suite of the resource store port: what every adapter must hold.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Store } from "../port.ts";
import { aResource } from "./samples.ts";

export interface StoreUnderTest {
  readonly store: Store;
  close(): Promise<void>;
}

export function describeStore(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(name, () => {
    let opened: StoreUnderTest;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened.close());

    it("STO-01 a resource put comes back as it was given, with an etag made by the store", async () => {
      const wish = aResource("Alpha", { tags: { Team: "x" }, properties: { b: 1, a: "\u0000", nested: { list: [1, "2", null] } } });
      const outcome = await opened.store.resources.put(wish, { kind: "mustNotExist" });
      expect(outcome).toMatchObject({ ok: true, created: true });
      const stored = await opened.store.resources.get(wish.key);
      expect(stored).toMatchObject(wish);
      expect(Object.keys(stored?.properties ?? {})).toEqual(["b", "a", "nested"]);
      expect(stored?.etag).toMatch(/\S/);
    });
  });
}
