// The page for adapter authors lists exactly the rules that the suite checks, in its words.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { engineCases } from "./testkit/index.ts";

describe("docs/reference/engine-contract.md", () => {
  it("lists every rule of the suite and no other", () => {
    const page = readFileSync(new URL("../../../docs/reference/engine-contract.md", import.meta.url), "utf8");
    const listed = [...page.matchAll(/^\| ([A-Z]{3}-\d+) \| (.+) \|$/gm)].map((row) => [row[1], row[2]]);
    expect(listed).toEqual(engineCases.map(([id, statement]) => [id, statement]));
  });
});
