// The published schema of requirement files is a schema, takes every example and refuses what the contract does not know.
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";

const root = path.resolve(import.meta.dirname, "../..");
const schema = JSON.parse(readFileSync(path.join(root, "spec/json-schema/requirement.json"), "utf8")) as object; // written by the generator
const validate = new Ajv2020({ strict: true, allErrors: true }).compile(schema);
const folder = path.join(root, "examples/requirements");
const examples = readdirSync(folder).map((file) => [file, readFileSync(path.join(folder, file), "utf8")] as const);

describe("the schema of requirement files", () => {
  it.each(examples)("takes %s", (_file, text) => {
    expect(validate(parse(text)), JSON.stringify(validate.errors)).toBe(true);
  });

  it("has no key that docs/reference/requirement.md does not name", () => {
    const page = readFileSync(path.join(root, "docs/reference/requirement.md"), "utf8");
    const keys = [...JSON.stringify(schema).matchAll(/"([a-z][A-Za-z]+)":\{"description"/g)].map((match) => match[1] ?? "");
    expect(keys.length).toBeGreaterThan(70);
    for (const key of keys) expect(page, key).toMatch(new RegExp(`\\b${key}\\b`));
  });

  it("refuses unknown keys at every level, another kind and numbers out of bounds", () => {
    const [, text = ""] = examples.find(([file]) => file === "research-centre.yaml") ?? [];
    const changes: readonly (readonly [string, string])[] = [["kind: Requirement", "kind: Pod"], ["name: research-centre", "name: research-centre\nzebra: 1"], ["location: uksouth", "location: uksouth\n    zebra: 1"], ["hostFailures: 2,", "hostFailures: 2, zebra: 1,"], ["totalUsd: 400000000", "totalUsd: 0"], ["usableCapacityGB: 25000000", "usableCapacityGB: 10000000000"]];
    for (const [from, to] of changes) {
      expect(text).toContain(from);
      expect(validate(parse(text.replace(from, to))), to).toBe(false);
    }
  });
});
