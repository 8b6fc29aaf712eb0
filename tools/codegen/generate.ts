// From TypeSpec to every generated file, as values: nothing is written here, so that the drift check and
// the tests can compare instead of overwrite.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { buildCommonTypes } from "./common-types.ts";
import { commonTypesFolder, compileSpec } from "./compile-spec.ts";
import { readContract } from "./contract-model.ts";
import { emitCliVerbs } from "./emit-cli-verbs.ts";
import { emitContractTypes } from "./emit-contract-types.ts";
import { emitProviderOperations } from "./emit-provider-operations.ts";
import { emitRequirementSchema } from "./emit-requirement-schema.ts";
import { emitRoutes } from "./emit-routes.ts";
import { emitClient, emitWire } from "./emit-sdk.ts";
import { emitSchemas } from "./emit-schemas.ts";
import { emitHandlers, emitTypes } from "./emit-types.ts";
import { jsonFile } from "./generated-file.ts";
import type { GeneratedFile } from "./generated-file.ts";
import { dropPatchDefaults } from "./patch-defaults.ts";
import { checkSuppressions } from "./suppressions.ts";

/** Source folder below spec/ and where its documents go below spec/openapi/. */
const specs = [
  { source: "cynosure-storage", folder: "Cynosure.Storage/2026-12-01" },
  { source: "front-door", folder: "Cynosure.FrontDoor/2021-04-01" },
];

const sdkDir = "packages/sdk/src/__generated__";
const contractDir = "packages/contract/src/__generated__";

export async function generate(specDir: string): Promise<GeneratedFile[]> {
  await checkSuppressions(specDir);
  const scratch = await mkdtemp(path.join(tmpdir(), "cynosure-codegen-"));
  try {
    const compiled = [];
    for (const { source, folder } of specs) compiled.push({ folder, ...(await compileSpec(path.join(specDir, source), scratch, folder)) });
    for (const { openApi2 } of compiled) dropPatchDefaults(openApi2);
    const commonTypes = buildCommonTypes(compiled);
    const model = readContract(compiled.map(({ openApi2 }) => openApi2), commonTypes);
    const documents = compiled.flatMap(({ folder, openApi2, openApi3 }) => [
      jsonFile(`spec/openapi/${folder}/openapi2.json`, openApi2),
      jsonFile(`spec/openapi/${folder}/openapi3.json`, openApi3),
    ]);
    const common = Object.entries(commonTypes).map(([file, document]) => jsonFile(`spec/openapi/${commonTypesFolder}/${file}`, document));
    return [
      ...documents,
      ...common,
      emitTypes(model, `${contractDir}/types.ts`),
      emitHandlers(model, `${contractDir}/handlers.ts`),
      emitProviderOperations(model, `${contractDir}/provider-operations.ts`),
      emitRoutes(model, `${contractDir}/routes.ts`),
      emitSchemas(model, `${contractDir}/request-schemas.ts`),
      ...emitRequirementSchema(model, "spec/json-schema/requirement.json", `${contractDir}/requirement-file-schema.ts`),
      emitCliVerbs(model, `${contractDir}/cli-verbs.ts`),
      emitClient(model, `${sdkDir}/client.ts`),
      emitContractTypes(model, `${sdkDir}/contract-types.ts`),
      emitWire(model, `${sdkDir}/wire.ts`),
    ].sort((a, b) => (a.path < b.path ? -1 : 1));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
