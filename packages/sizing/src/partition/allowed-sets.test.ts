import { describe, expect, it } from "vitest";
import type { Consolidation } from "@cynosure/model";
import { askFileSystem, askSite } from "../testkit/sample-requirement.ts";
import { countOfSets, setsOf, sharingGroups } from "./allowed-sets.ts";

const groups = (mayShare: Consolidation["mayShare"], ...names: string[]): string[][] => sharingGroups(askSite("here", names.map((name) => askFileSystem(name)), { consolidation: { mayShare, mode: "guaranteed", confidence: null } }));

describe("file systems that may share a cluster", () => {
  it("are all of them where nothing is said", () => expect(groups(null, "b", "a")).toEqual([["a", "b"]]));
  it("are those of one list; a name in no list stays alone", () => expect(groups([["c", "a"], ["b"]], "a", "b", "c", "d")).toEqual([["a", "c"], ["b"], ["d"]]));
  it("are none where there are none", () => expect(groups(null)).toEqual([]));
});

describe("sets of file systems", () => {
  it("come in the order of names", () => expect(setsOf(3)).toEqual([[0], [0, 1], [0, 1, 2], [0, 2], [1], [1, 2], [2]]));
  it("have at most eight members", () => {
    expect(setsOf(9).length).toBe(2 ** 9 - 2);
    expect([countOfSets(3), countOfSets(9), countOfSets(12)]).toEqual([7, 510, 3_796]);
  });
});
