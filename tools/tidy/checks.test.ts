import { describe, expect, it } from "vitest";
import { checkHeaders, checkImportRules, checkNames, checkPurity, checkRelativeImports, checkSizes, checkText, packageGraph } from "./checks.ts";
import type { SourceFile } from "./source-files.ts";

const file = (path: string, text: string): SourceFile => ({ path, text, lines: text.split("\n") });

describe("tidy", () => {
  it("refuses an import that the rule does not name", () => {
    const bad = file("packages/planner/src/plan.ts", '// x\nimport { openStore } from "@cynosure/resource-store";\n');
    expect(checkImportRules([bad])).toMatchObject([{ line: 2, path: bad.path }]);
    expect(checkImportRules([file(bad.path, '// x\nimport { plan } from "@cynosure/model";\n')])).toEqual([]);
  });

  it("refuses a relative path into another room", () => {
    const bad = file("packages/planner/src/plan.ts", '// x\nimport { done } from "../../model/src/step-result.ts";\n');
    expect(checkRelativeImports([bad])).toHaveLength(1);
    expect(checkRelativeImports([file(bad.path, '// x\nimport { a } from "./a.ts";\n')])).toEqual([]);
  });

  it("refuses clocks, randomness and built-ins in pure packages only", () => {
    const text = '// x\nexport const at = Date.now();\nimport { join } from "node:path";\n';
    expect(checkPurity([file("packages/sizing/src/a.ts", text)])).toHaveLength(2);
    expect(checkPurity([file("packages/machine/src/a.ts", text)])).toEqual([]);
  });

  it("refuses files that are too long, nameless or without a header", () => {
    expect(checkSizes([file("packages/model/src/a.ts", "x\n".repeat(700))])).toHaveLength(1);
    expect(checkNames([file("packages/model/src/utils.ts", "")])).toHaveLength(1);
    expect(checkNames([file("packages/model/src/BadName.ts", "")])).toHaveLength(1);
    expect(checkHeaders([file("packages/model/src/a.ts", "export {};\n")])).toHaveLength(1);
  });

  it("refuses a focused test and an untyped escape", () => {
    expect(checkText([file("packages/model/src/a.test.ts", ["it.on", 'ly("x", f);'].join(""))])).toHaveLength(1);
    expect(checkText([file("packages/model/src/a.ts", ["const a = b as a", "ny;"].join(""))])).toHaveLength(1);
  });

  it("draws the package graph without tests", () => {
    const code = file("packages/planner/src/a.ts", '// x\nimport type { Plan } from "@cynosure/model";\n');
    const test = file("packages/planner/src/a.test.ts", 'import { x } from "@cynosure/simulated";\n');
    expect(packageGraph([code, test])).toBe("planner -> model\n");
  });
});
