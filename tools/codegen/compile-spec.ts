// Compiles one TypeSpec folder with warnings as errors and hands back its OpenAPI 2 and OpenAPI 3
// documents. Writes only into the scratch folder it is given; it knows nothing of what is generated next.
import { readFile } from "node:fs/promises";
import path from "node:path";
import { NodeHost, compile, getSourceLocation, resolveCompilerOptions } from "@typespec/compiler";
import type { Diagnostic } from "@typespec/compiler";
import type { OpenApi2Document, OpenApi3Document } from "./openapi.ts";

export interface CompiledSpec {
  readonly openApi2: OpenApi2Document;
  readonly openApi3: OpenApi3Document;
}

/** Folder names below spec/openapi: the references between documents depend on them. */
export const commonTypesFolder = "common-types/resource-management";

const describe = (diagnostic: Diagnostic): string => {
  const where = typeof diagnostic.target === "symbol" ? undefined : getSourceLocation(diagnostic.target);
  const line = where === undefined ? 0 : where.file.getLineAndCharacterOfPosition(where.pos).line + 1;
  const place = where === undefined ? "spec" : `${path.basename(where.file.path)}:${line}`;
  return `${place} ${diagnostic.severity} ${diagnostic.code}: ${diagnostic.message}`;
};

/** `relativeFolder` is where the documents end up below spec/openapi, for example Cynosure.Storage/2026-12-01. */
export async function compileSpec(sourceDir: string, scratchDir: string, relativeFolder: string): Promise<CompiledSpec> {
  const outputDir = path.join(scratchDir, relativeFolder);
  const main = path.join(sourceDir, "main.tsp");
  const [options, optionDiagnostics] = await resolveCompilerOptions(NodeHost, {
    entrypoint: main,
    cwd: sourceDir,
    overrides: {
      warnAsError: true,
      emit: ["@azure-tools/typespec-autorest", "@typespec/openapi3"],
      options: {
        "@azure-tools/typespec-autorest": {
          "emitter-output-dir": outputDir,
          "output-file": "openapi2.json",
          "arm-types-dir": path.join(scratchDir, commonTypesFolder),
          "service-yaml": "never",
        },
        "@typespec/openapi3": { "emitter-output-dir": outputDir, "file-type": "json", "output-file": "openapi3.json" },
      },
    },
  });
  const program = await compile(NodeHost, main, options);
  const problems = [...optionDiagnostics, ...program.diagnostics];
  if (problems.length > 0) throw new Error(`The contract does not compile:\n${problems.map(describe).join("\n")}`);
  // Both emitters succeeded, so the documents have the shape their specifications give them.
  const read = async (name: string): Promise<unknown> => JSON.parse(await readFile(path.join(outputDir, name), "utf8"));
  return { openApi2: (await read("openapi2.json")) as OpenApi2Document, openApi3: (await read("openapi3.json")) as OpenApi3Document };
}
