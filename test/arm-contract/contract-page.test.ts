// The page of the contract cannot lie: every row has a test or a reason, never both, and the page is what they say.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { renderContract } from "./contract-page.ts";
import { holdingTests, readHoldingTests } from "./held-by.ts";
import { rows } from "./rows.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const pagePath = new URL("../../docs/reference/arm-contract.md", import.meta.url);
const held = readHoldingTests(root);

describe("the rows of the ARM contract", () => {
  it("each have a test or a reason, and none both", () => {
    const without = rows.filter((row) => row.notMet === undefined && !held.has(row.id)).map((row) => row.id);
    const both = rows.filter((row) => row.notMet !== undefined && held.has(row.id)).map((row) => row.id);
    expect({ without, both }).toEqual({ without: [], both: [] });
  });

  it("are named once, and no test names a row that there is not", () => {
    const ids = rows.map((row) => row.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect([...held.keys()].filter((id) => !ids.includes(id) && id !== "19")).toEqual([]);
  });

  it("are written down in docs/reference/arm-contract.md as the tests have them", () => {
    const page = renderContract(rows, held);
    if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(pagePath, page);
    expect(existsSync(pagePath) ? readFileSync(pagePath, "utf8") : "").toBe(page);
  });
});

describe("a title", () => {
  const idsIn = (source: string): string[] => [...holdingTests("a.test.ts", source).keys()];
  it("counts where it names a test, alone or in a table, and for each of its ids", () => {
    expect(idsIn('it("P1, S2: x", () => {}); it.concurrent.each([1])("§18.1: %s", () => {}); describe(`L4: ${y}`, () => {});')).toEqual(["P1", "S2", "18", "L4"]);
  });
  it("does not count where nothing runs, or where it is only text", () => {
    expect(idsIn('it.skip("P1: x", () => {}); it.todo("P2: y"); const z = "P3: z"; expect("P4: a"); it("P5 b", () => {});')).toEqual([]);
  });
});
