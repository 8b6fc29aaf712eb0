// `npm run lint:arm`: Azure's lint rules over the resource provider's OpenAPI 2 documents of each version. Prints
// what nobody explained and what is explained but not found; ends with one line.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { explain } from "./accepted.ts";
import type { Accepted } from "./accepted.ts";
import { lintDocument } from "./lint.ts";

const specs = join(import.meta.dirname, "..", "..", "spec", "openapi", "Cynosure.Storage");
const accepted = (JSON.parse(readFileSync(join(import.meta.dirname, "accepted.json"), "utf8")) as { accepted: readonly Accepted[] }).accepted; // ours, beside this file
const results = await Promise.all(readdirSync(specs).map((version) => lintDocument(join(specs, version, "openapi2.json"))));
const findings = results.flatMap((result) => result.findings);
const { unexplained, unused } = explain(findings, accepted);
for (const { rule, place, message } of unexplained) console.log(`${rule} at ${place}: ${message}\n  mend it in spec/, or explain it in tools/arm-lint/accepted.json`);
for (const { rule, places } of unused) console.log(`${rule} at ${places}: explained in accepted.json, but not found (or without a reason); take it out`);
const { spectral = 0, native = 0 } = results[0]?.rules ?? {};
console.log(`arm-lint: ${results.length} documents, ${spectral} spectral and ${native} native rules, ${findings.length} findings, ${unexplained.length} unexplained, ${unused.length} explanations of nothing`);
process.exitCode = results.length === 0 || unexplained.length > 0 || unused.length > 0 ? 1 : 0;
