// Azure's lint rules over our documents: nothing unexplained, nothing explained in vain, and rules that do find.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { explain } from "./accepted.ts";
import { lintDocument } from "./lint.ts";

const specs = join(import.meta.dirname, "..", "..", "spec", "openapi");

describe("the ARM lint rules", () => {
  it("have no finding in our documents that is not explained, and no explanation of nothing", () => {
    const run = spawnSync(process.execPath, [join(import.meta.dirname, "main.ts")], { encoding: "utf8" });
    expect(run.stdout).toMatch(/1 documents, 119 spectral and 53 native rules, \d+ findings, 0 unexplained, 0 explanations of nothing/);
    expect(run.status, run.stdout).toBe(0);
  });

  it("find what is broken on purpose, by both engines", async () => {
    const dir = mkdtempSync(join(tmpdir(), "cynosure-arm-lint-"));
    try {
      cpSync(specs, dir, { recursive: true });
      const text = readFileSync(join(specs, "Cynosure.Storage", "2026-12-01", "openapi2.json"), "utf8");
      const broken = JSON.parse(text) as { paths: Record<string, Record<string, { responses: Record<string, unknown> }>>; definitions: Record<string, object> }; // our own document
      for (const verbs of Object.values(broken.paths)) if (verbs["delete"] !== undefined) verbs["delete"].responses["201"] = { description: "Made." };
      broken.definitions["Thing"] = { type: "object", properties: { colour: { type: "string", description: "Colour." } } };
      const path = join(dir, "Cynosure.Storage", "2026-12-01", "openapi2.json");
      writeFileSync(path, JSON.stringify(broken));
      const rules = new Set((await lintDocument(path)).findings.map(({ rule }) => rule));
      expect([...rules]).toEqual(expect.arrayContaining(["DeleteResponseCodes", "DescriptionMustNotBeNodeName"]));
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });

  it("count an explanation that matches nothing, or says nothing, as a fault", () => {
    const finding = { rule: "Rule", place: "definitions/Thing", message: "no" };
    const entry = { rule: "Rule", places: "definitions/Thing", reason: "why" };
    expect(explain([finding], [entry])).toEqual({ unexplained: [], unused: [] });
    expect(explain([finding], [{ ...entry, places: "definitions/Other" }])).toEqual({ unexplained: [finding], unused: [{ ...entry, places: "definitions/Other" }] });
    expect(explain([finding], [{ ...entry, reason: " " }]).unused).toHaveLength(1);
  });
});
