// Azure's lint rules over the exported documents of both engines: nothing unexplained, nothing explained in vain.
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LiveValidator } from "oav";
import { describe, expect, it } from "vitest";
import { projectedEngines } from "@cynosure/projection";
import { countLoaded } from "../../test/clients/support/check-exchanges.ts";
import { lintExports, swaggerOf } from "./exports.ts";
import { slicesOf } from "./slices.ts";

describe("the ARM lint rules over exported documents", () => {
  it("have no finding that is not explained, and no explanation of nothing", { timeout: 600_000 }, async () => {
    const { findings, unexplained, unused, documents } = await lintExports({ whole: false });
    expect(unexplained).toEqual([]);
    expect(unused).toEqual([]);
    expect(documents).toBeGreaterThan(10);
    // Rules that found nothing at all would not have run.
    expect(findings.length).toBeGreaterThan(1000);
  });

  it.each(projectedEngines)("see every path and every definition of %s in one part or another", (engine) => {
    const document = swaggerOf(engine);
    const parts = slicesOf(document, 8);
    expect(parts.flatMap(({ paths }) => Object.keys(paths)).toSorted()).toEqual(Object.keys(document.paths).toSorted());
    expect([...new Set(parts.flatMap(({ definitions }) => Object.keys(definitions)))].toSorted()).toEqual(Object.keys(document.definitions).toSorted());
  });
});

describe("the live validator of the contract tests", () => {
  it.each(projectedEngines)("takes every operation of the exported document of %s", async (engine) => {
    const directory = mkdtempSync(join(tmpdir(), "cynosure-exports-"));
    try {
      const document = swaggerOf(engine);
      cpSync(join(import.meta.dirname, "..", "..", "spec", "openapi", "common-types"), join(directory, "common-types"), { recursive: true });
      cpSync(join(import.meta.dirname, "..", "..", "spec", "openapi", "Cynosure.Storage"), join(directory, "Cynosure.Storage"), { recursive: true });
      const path = join("Cynosure.Storage", String((document["info"] as { version: string }).version), `${engine}.json`);
      writeFileSync(join(directory, path), JSON.stringify(document));
      const validator = new LiveValidator({ directory, swaggerPathsPattern: [path], excludedSwaggerPathsPattern: [], git: { shouldClone: false }, isPathCaseSensitive: false, loadValidatorInInitialize: false, isArmCall: true }, () => undefined);
      await validator.initialize();
      expect(countLoaded(validator)).toBe(Object.values(document.paths).flatMap((item) => Object.keys(item)).length);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
});
