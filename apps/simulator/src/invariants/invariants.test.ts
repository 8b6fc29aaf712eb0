// The reference page lists exactly the invariants that runs are held to, in their words, and every kind of fault.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { faultKinds } from "../draw.ts";
import { plantedBugs } from "../planted-bugs.ts";
import { convergenceStatements, createInvariants } from "./index.ts";

const page = readFileSync(new URL("../../../../docs/reference/simulation.md", import.meta.url), "utf8");
const statements = new Map<string, string>([...createInvariants().map((each): [string, string] => [each.id, each.statement]), ...Object.entries(convergenceStatements)]);

describe("docs/reference/simulation.md", () => {
  it("lists every invariant and no other", () => {
    const listed = [...page.matchAll(/^\| (INV-\d+) \| (.+) \| [^|]+ \|$/gm)].map((row) => [row[1], row[2]]);
    expect(listed).toEqual([...statements]);
  });

  it("names every kind of fault", () => {
    expect(faultKinds.filter((kind) => !page.includes(`\`${kind}\``))).toEqual([]);
  });

  it("has each planted bug caught by an invariant there is", () => {
    expect(plantedBugs.filter((bug) => !statements.has(bug.caughtBy))).toEqual([]);
  });
});
