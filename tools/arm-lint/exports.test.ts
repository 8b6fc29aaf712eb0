// Azure's lint rules over the exported documents of both engines: nothing unexplained, nothing explained in vain.
import { describe, expect, it } from "vitest";
import { projectedEngines } from "@cynosure/projection";
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
