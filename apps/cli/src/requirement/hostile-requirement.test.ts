// Requirement files from people who mean harm, and from people who mean well and mistype: each is refused with
// its line, the reason and what to do, at once, and leaves nothing behind. REQUIREMENT_SEED repeats a run.
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { formatRequirementProblems, readRequirement, readRequirementFile } from "./read-requirement.ts";
import type { Shape } from "./requirement-shape.ts";
import { requirementShape } from "./requirement-shape.ts";

const SEED = Number(process.env["REQUIREMENT_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const root = new URL("../../../..", import.meta.url).pathname;
const example = readFileSync(join(root, "examples/requirements/proof-of-concept.yaml"), "utf8");
const scratch = mkdtempSync(join(tmpdir(), "cynosure-hostile-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
/** For a loaded machine; alone each takes a few milliseconds. */
const READ_MS_MAX = 5_000;

function problems(source: string): readonly string[] {
  const startedAt = performance.now();
  const result = readRequirement(source);
  expect(performance.now() - startedAt).toBeLessThan(READ_MS_MAX);
  return result.ok ? [] : formatRequirementProblems("r.yaml", result.problems);
}

const full = (piece: string): string => piece.repeat(Math.floor(65_000 / piece.length));
const withCount = (text: string): string => example.replace("count: 8", `count: ${text}`);

describe("YAML bombs of the largest size", () => {
  it.each([
    ["lists in lists", full("["), "nested deeper than 16"],
    ["closed lists in lists", `${"[".repeat(30_000)}${"]".repeat(30_000)}`, "nested deeper than 16"],
    ["maps in maps", full("{a: "), "nested deeper than 16"],
    ["items in items", full("- "), "nested deeper than 16"],
    ["keys of keys", full("? "), "nested deeper than 16"],
    ["ever deeper indentation", Array.from({ length: 350 }, (_, index) => `${" ".repeat(index)}a:`).join("\n"), "64 spaces"],
    ["very many keys", `{${Array.from({ length: 9_000 }, (_, index) => `k${index}`).join(",")}}`, "8000 keys"],
    ["many keys", `{${Array.from({ length: 7_900 }, (_, index) => `k${index}`).join(",")}}`, "unknown key"],
    ["anchors", full("&a "), "aliases expand too far"],
    ["aliases", `a: &a 1\nb: [${"*a,".repeat(20_000)}]`, "aliases expand too far"],
    ["a list in itself", "sites: &s [*s, *s, *s]\n", "must be a map"],
    ["one long word", `name: ${"x".repeat(60_000)}`, "does not match"],
  ])("%s are refused at once", (_name, source, reason) => {
    expect(problems(source).join("\n")).toContain(reason);
    expect(problems(source).length).toBeLessThanOrEqual(51);
    expect(problems(source).join("").length).toBeLessThan(20_000);
  });
});

describe("what YAML allows and a requirement does not", () => {
  it.each([
    ["a tag of a programming language", example.replace("name: proof", "name: !!js/function proof"), 4],
    ["binary", example.replace("name: proof-of-concept", "name: !!binary aGVsbG8="), 4],
    ["a number forced by a tag", withCount('!!int "8"'), 8],
    ["a merge key", example.replace("hosts: { count: 8 }", "hosts: { <<: { count: 8 } }"), 8],
    ["another YAML version, where 010 is eight", `%YAML 1.1\n---\n${withCount("010")}`, 1],
    ["a second document", `${example}---\nname: x\n`, 13],
    ["a carriage return alone, which makes a comment of the file", example.replaceAll("\n", "\r"), 1],
    ["a NUL", `${example}# \u0000\n`, 13],
    ["tabs", example.replaceAll("    ", "\t"), 7],
    ["a key twice", example.replace("    buckets", "    fileSystems: []\n    buckets"), 11],
    ["a key that is a list", `${example}? [a, b]\n: 1\n`, 13],
  ])("%s is refused with its line", (_name, source, line) => {
    expect(problems(source)[0]).toMatch(new RegExp(`^r\\.yaml:${line}: `));
  });

  it.each(["1e309", "-1", "-0", "0x8", "0o10", "010", "8.0", "8e0", "+8", "1_000", ".nan", "-.inf", "99999999999999999999999", "1.5", "true", "null", "[8]", "1025", "2", "8 hosts", "~"])("a host count of %s is refused where it stands", (text) => {
    expect(problems(withCount(text))).toEqual([expect.stringMatching(/^r\.yaml:8: sites\[0\]\.hosts\.count .{10,}/)]);
  });

  it.each(["1 PB", "1PB", "0", "1e9", "1000000001", "8GB", "'8'", "８"])("a capacity of %s is refused where it stands", (text) => {
    expect(problems(example.replace("usableCapacityGB: 8", `usableCapacityGB: ${text}`))).toEqual([expect.stringMatching(/^r\.yaml:10: sites\[0\]\.fileSystems\[0\]\.usableCapacityGB .{10,}/)]);
  });

  it.each(["größe", "'a b'", "UPPER", '"pr\\0oof"', '"pr\\ud800oof"', '"\\e[31mred"', "''", "-a", "1", "__proto__", "../x", "ab\u0301c"])("a name %s is refused where it stands, without harm to the terminal", (text) => {
    const [line = ""] = problems(example.replace("\nname: proof-of-concept", `\nname: ${text}`));
    expect(line).toMatch(/^r\.yaml:4: name .{10,}/);
    expect(line).not.toMatch(/\p{Cc}/u);
  });

  it("the same name twice beside each other is refused, with both places", () => {
    const site = example.slice(example.indexOf("  - name: here"));
    expect(problems(`${example}${site}`)).toEqual(['r.yaml:13: sites[1].name is "here", as in sites[0]; give each its own name']);
    expect(problems(example.replace("    buckets:", "      - { name: home, usableCapacityGB: 1, protocols: [nfs], protection: { hostFailures: 1 } }\n    buckets:"))).toEqual([expect.stringContaining('fileSystems[1].name is "home"')]);
  });

  it("a byte order mark and CRLF change nothing", () => {
    const plain = readRequirement(example);
    expect(readRequirement(`\ufeff${example.replaceAll("\n", "\r\n")}`)).toEqual(plain);
    expect(plain.ok).toBe(true);
  });
});

describe(`misspelt keys [seed=${SEED}]`, () => {
  it("each is named with its line; whatever one changes in one place, nothing throws and every problem has reason and remedy", () => {
    const keys = [...example.matchAll(/([A-Za-z]+):/g)].filter((match) => !(example.slice(0, match.index).split("\n").at(-1) ?? "").includes("#"));
    fc.assert(
      fc.property(fc.nat(keys.length - 1), fc.string({ minLength: 1, maxLength: 3, unit: fc.constantFrom(..."abcXYZ09_-é🦊") }), (at, letters) => {
        const match = keys[at];
        if (match === undefined) throw new Error("no such key");
        const end = match.index + (match[1] ?? "").length;
        const line = example.slice(0, match.index).split("\n").length;
        const found = problems(`${example.slice(0, end)}${letters}${example.slice(end)}`);
        expect(found.some((text) => text.startsWith(`r.yaml:${line}: `) && text.includes("unknown key"))).toBe(true);
      }),
      { seed: SEED, numRuns: 200 },
    );
    const anything = fc.oneof(fc.string({ unit: "binary", maxLength: 30 }), fc.constantFrom("[", "{", "&a ", "*a", "? ", "- ", ": ", "!!x ", "|\n", ">\n", "%", "---\n", "...\n", "\t", "\r", "'", '"', "#", "<<: ", "\u0000"));
    fc.assert(
      fc.property(fc.nat(example.length), fc.array(anything, { maxLength: 6 }), (at, pieces) => {
        const result = readRequirement(`${example.slice(0, at)}${pieces.join("")}${example.slice(at)}`);
        if (!result.ok) for (const problem of result.problems) expect(problem.message).toMatch(/.{8,}/);
      }),
      { seed: SEED, numRuns: 500 },
    );
  });
});

describe("limits told with a line", () => {
  interface Limits {
    readonly pattern?: string;
    readonly minimum?: number;
    readonly maximum?: number;
    readonly minItems?: number;
    readonly maxItems?: number;
    readonly maxLength?: number;
  }
  // Written by the generator; only limits are read.
  const { schemas } = (JSON.parse(readFileSync(join(root, "spec/openapi/Cynosure.Storage/2026-12-01/openapi3.json"), "utf8")) as { components: { schemas: Record<string, { properties: Record<string, Limits> }> } }).components;
  const limitsOf = (shape: Shape | undefined): Limits => {
    if (shape?.kind === "number") return { minimum: shape.min, maximum: shape.max };
    if (shape?.kind === "list") return { ...(shape.itemsMin === undefined ? {} : { minItems: shape.itemsMin }), maxItems: shape.itemsMax };
    return shape?.kind === "text" ? { ...(shape.pattern === undefined ? {} : { pattern: shape.pattern }), ...(shape.lengthMax === undefined ? {} : { maxLength: shape.lengthMax }) } : {};
  };
  const shapeAt = (shape: Shape | undefined, ...keys: string[]): Shape | undefined => keys.reduce<Shape | undefined>((at, key) => (at?.kind === "list" ? at.item : at)?.kind === "map" ? ((at?.kind === "list" ? at.item : at) as Shape & { kind: "map" }).keys[key]?.shape : undefined, shape); // just seen to be a map
  it.each([
    ["Requirement", "name", ["name"]], ["Requirement", "sites", ["sites"]], ["RequirementSite", "name", ["sites", "name"]], ["RequirementSite", "location", ["sites", "location"]], ["RequirementSite", "fileSystems", ["sites", "fileSystems"]],
    ["RequirementSite", "buckets", ["sites", "buckets"]], ["RequirementHosts", "count", ["sites", "hosts", "count"]], ["RequirementFileSystem", "name", ["sites", "fileSystems", "name"]], ["RequirementFileSystem", "usableCapacityGB", ["sites", "fileSystems", "usableCapacityGB"]],
    ["RequirementFileSystem", "protocols", ["sites", "fileSystems", "protocols"]], ["RequirementBucket", "name", ["sites", "buckets", "name"]], ["Protection", "hostFailures", ["sites", "buckets", "protection", "hostFailures"]],
  ] as const)("%s.%s are those of the contract", (type, property, path) => {
    const limits = limitsOf(shapeAt(requirementShape, ...path));
    expect(Object.keys(limits).length).toBeGreaterThan(0);
    expect(schemas[type]?.properties[property]).toMatchObject(limits);
  });
});

describe("files", () => {
  it("of another kind or size are refused without being read to the end", () => {
    const said = (path: string): string => {
      const result = readRequirementFile(path);
      return result.ok ? "accepted" : formatRequirementProblems("f", result.problems).join("\n");
    };
    expect(said("/dev/zero")).toContain("not a regular file");
    expect(said(scratch)).toContain("not a regular file");
    const large = join(scratch, "large.yaml");
    writeFileSync(large, "#".repeat(70_000));
    expect(said(large)).toContain("over 65536 bytes");
    const binary = join(scratch, "binary.yaml");
    writeFileSync(binary, Buffer.from([0x61, 0xff, 0xfe]));
    expect(said(binary)).toContain("not UTF-8");
    expect(() => readRequirementFile(join(scratch, "none.yaml"))).toThrow("ENOENT");
  });

  it("that are refused end `cynosure up` with exit code 2 before a data directory or a process is made", async () => {
    const path = join(scratch, "bomb.yaml");
    writeFileSync(path, full("["));
    const home = join(scratch, "home");
    const end = await new Promise<{ code: unknown; stderr: string }>((resolve) => {
      execFile(process.execPath, [join(root, "apps/cli/bin/cynosure.js"), "up", "--rung", "d", "--yes", "--requirement", path], { env: { ...process.env, CYNOSURE_HOME: home } }, (error, _stdout, stderr) => resolve({ code: error?.code ?? 0, stderr }));
    });
    expect([end.code, existsSync(home)]).toEqual([2, false]);
    expect(end.stderr).toContain("bomb.yaml:1: it is nested deeper than 16 levels");
  });
});
