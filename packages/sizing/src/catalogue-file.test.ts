import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { catalogue, mergeCatalogue, parseCatalogueFile } from "./index.ts";

const entry = { name: "what-if-800", hypothetical: true, substrate: "azure", source: "our wish", asOf: "2026-11-01", vcpus: 192, drives: { count: 12, driveGB: 25_600, isEphemeral: true }, egressMbps: 800_000 };
const read = (...sizes: unknown[]): ReturnType<typeof parseCatalogueFile> => parseCatalogueFile({ sizes });
const problemsOf = (...sizes: unknown[]): string[] => {
  const result = read(...sizes);
  return result.ok ? [] : result.problems.map(({ target, message }) => `${target} ${message}`);
};

describe("a user's sizes", () => {
  it("carry the file's source and date on every value, and what the file leaves out is unknown", () => {
    const result = read(entry);
    if (!result.ok) throw new Error(JSON.stringify(result.problems));
    const size = result.sizes[0]?.size;
    expect(size).toMatchObject({ name: "what-if-800", hypothetical: true, status: "requested", role: "storage", availability: [], drives: { isEphemeral: true } });
    expect(size?.egressMbps).toEqual({ value: 800_000, source: "our wish", asOf: "2026-11-01" });
    expect(size?.drives.writeMBps).toEqual({ value: null, source: "our wish", asOf: "2026-11-01", note: "not stated in the user's file" });
    expect(size?.powerWatts.value).toBeNull();
  });

  it("stand beside the public ones, with the newer of both dates", () => {
    const result = read({ ...entry, asOf: "2027-01-01" });
    if (!result.ok) throw new Error("refused");
    const merged = mergeCatalogue(catalogue, result.sizes);
    expect(merged).toMatchObject({ ok: true, catalogue: { asOf: "2027-01-01" } });
    if (merged.ok) expect(merged.catalogue.sizes.map((size) => size.name)).toEqual([...catalogue.sizes.map((size) => size.name), "what-if-800"]);
  });

  it("say whether they exist", () => {
    const { hypothetical, ...unsaid } = entry;
    expect(hypothetical).toBe(true);
    expect(problemsOf(unsaid)).toEqual(["sizes[0].hypothetical is missing; add it"]);
    expect(problemsOf({ ...entry, hypothetical: null })).toEqual(["sizes[0].hypothetical is empty; say true for a size that does not exist, else false"]);
    expect(problemsOf({ ...entry, hypothetical: "yes" })).toEqual(['sizes[0].hypothetical is "yes"; allowed: true, false']);
  });

  it("replace a public size only where the file says so, and the size says it too", () => {
    const own = { ...entry, name: "Standard_L8s_v3", hypothetical: false };
    const merge = (size: unknown): ReturnType<typeof mergeCatalogue> => {
      const result = read(size);
      if (!result.ok) throw new Error(JSON.stringify(result.problems));
      return mergeCatalogue(catalogue, result.sizes);
    };
    expect(merge(own)).toEqual({ ok: false, problems: [{ target: "sizes[0].name", message: "is Standard_L8s_v3, which is a public size; give it another name, or say replaces: true" }] });
    expect(merge({ ...entry, replaces: true })).toMatchObject({ ok: false, problems: [{ target: "sizes[0].replaces" }] });
    const replaced = merge({ ...own, replaces: true });
    if (!replaced.ok) throw new Error("refused");
    expect(replaced.catalogue.sizes).toHaveLength(catalogue.sizes.length);
    expect(replaced.catalogue.sizes.find((size) => size.name === "Standard_L8s_v3")).toMatchObject({ vcpus: { value: 192 }, notes: [expect.stringContaining("Replaces the public size")] });
  });
});

describe("a wrong file of sizes", () => {
  it.each([
    ["a misspelt key", { ...entry, vcpu: 8 }, /^sizes\[0\]\.vcpu unknown key; allowed here: name, hypothetical, .*vcpus/],
    ["a misspelt key of drives", { ...entry, drives: { ...entry.drives, cuont: 1 } }, /^sizes\[0\]\.drives\.cuont unknown key; allowed here: count, driveGB, /],
    ["drives without their number", { ...entry, drives: { driveGB: 1, isEphemeral: true } }, /^sizes\[0\]\.drives\.count is missing; add it/],
    ["a negative number", { ...entry, egressMbps: -1 }, /^sizes\[0\]\.egressMbps is -1; use a number from 0 to 100000000, or leave it out/],
    ["a number as text", { ...entry, memoryGiB: "64" }, /^sizes\[0\]\.memoryGiB is "64"; use a number/],
    ["part of a processor", { ...entry, vcpus: 1.5 }, /^sizes\[0\]\.vcpus is 1\.5; use a whole number from 1 to 4096/],
    ["infinity", { ...entry, powerWatts: Infinity }, /^sizes\[0\]\.powerWatts is null; use a number/],
    ["another substrate", { ...entry, substrate: "aws" }, /^sizes\[0\]\.substrate is "aws"; allowed: azure, bareMetal/],
    ["another status", { ...entry, status: "GA" }, /^sizes\[0\]\.status is "GA"; allowed: requested, preview, ga, verified/],
    ["a day that is none", { ...entry, asOf: "2026-02-29" }, /^sizes\[0\]\.asOf is "2026-02-29"; write the date as/],
    ["a name with a line in it", { ...entry, name: "a\nb" }, /^sizes\[0\]\.name is "a\?b"; it must be text/],
    ["a name that is none", { ...entry, name: "-x" }, /^sizes\[0\]\.name is "-x"; it must be 1 to 64 letters/],
    ["a region with a space", { ...entry, regions: ["UK South"] }, /^sizes\[0\]\.regions\[0\] is "UK South"; it must be a region/],
    ["completeness of no list", { ...entry, regionsComplete: true }, /^sizes\[0\]\.regionsComplete says of a list that is not there/],
    ["no map", 7, /^sizes\[0\] is 7; it must be a map/],
    ["an inherited key", JSON.parse('{"__proto__":{"vcpus":1}}'), /^sizes\[0\]\.__proto__ unknown key/],
  ])("is refused for %s with its path and what is allowed", (_name, size, message) => {
    expect(problemsOf(size)[0]).toMatch(message);
  });

  it("is refused for two sizes of one name, and as a whole when it is not a map with a list", () => {
    expect(problemsOf(entry, entry)).toEqual(['sizes[1].name is "what-if-800", as in sizes[0]; give each its own name']);
    for (const value of [null, [], "sizes", {}, { sizes: {} }, { sizes: [], extra: 1 }]) expect(parseCatalogueFile(value)).toMatchObject({ ok: false });
    expect(parseCatalogueFile({ sizes: [] })).toEqual({ ok: true, sizes: [] });
  });

  it("never throws and never says more than 50 things, whatever it holds", () => {
    fc.assert(fc.property(fc.oneof(fc.jsonValue(), fc.record({ sizes: fc.array(fc.oneof(fc.jsonValue(), fc.dictionary(fc.string(), fc.jsonValue()))) })), (value) => {
      const result = parseCatalogueFile(value);
      if (result.ok) return;
      expect(result.problems.length).toBeGreaterThan(0);
      expect(result.problems.length).toBeLessThanOrEqual(50);
      for (const { target, message } of result.problems) expect(`${target}${message}`).not.toMatch(/[\p{Cc}]/u);
    }));
  });
});
