// `npm run facts -- --schema FILE --engine NAME`: writes the facts of an engine's API document (paths, methods, names,
// types, enumerations, required flags; no sentence of the vendor's) as the stored document of that engine.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { documentHash, factsOf, projectedEngines } from "@cynosure/projection";
import type { ApiDocument } from "@cynosure/projection";

/** One line an operation, so that a new version's difference can be read. */
export const storedText = (facts: ApiDocument): string => `{"facts":1,"operations":[\n${facts.operations.map((operation) => JSON.stringify(operation)).join(",\n")}\n]}\n`;

export const storedPath = (engine: string): string => join(import.meta.dirname, "..", "..", "packages", "projection", "documents", `${engine}.json`);

function main(): void {
  const { values } = parseArgs({ options: { schema: { type: "string" }, engine: { type: "string" } } });
  if (values.schema === undefined || values.engine === undefined || !projectedEngines.some((each) => each === values.engine)) {
    console.error(`usage: npm run facts -- --engine ${projectedEngines.join("|")} --schema FILE`);
    process.exitCode = 2;
    return;
  }
  const facts = factsOf(JSON.parse(readFileSync(values.schema, "utf8")));
  writeFileSync(storedPath(values.engine), storedText(facts));
  console.log(`${values.engine}: ${facts.operations.length} operations, document ${documentHash(facts)}`);
}

if (import.meta.main) main();
