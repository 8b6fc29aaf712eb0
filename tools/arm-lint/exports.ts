// The same rules over what `cynosure parity export --format swagger` writes for both engines. What is not mended is explained
// in exports.json. `npm run lint:exports` looks at parts of the documents; with --whole at each as a whole, which takes
// minutes and must find the same.
import { once } from "node:events";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker, workerData } from "node:worker_threads";
import { buildCatalogue, projectedEngines } from "@cynosure/projection";
import { exportSwagger } from "@cynosure/projection-export";
import { explain } from "./accepted.ts";
import type { Accepted } from "./accepted.ts";
import { lintDocument } from "./lint.ts";
import type { Finding } from "./lint.ts";
import { slicesOf } from "./slices.ts";
import type { OpenApi2 } from "./slices.ts";

const root = join(import.meta.dirname, "..", "..");
const WHOLE = "--whole";
/** What the rules walk is nested deeper than an ordinary stack is, where a document is looked at as a whole. */
const WHOLE_STACK_MB = 512;
/** Types with all below them in one part: few enough to be quick, enough that reading the rules does not count. */
const ROOTS_PER_SLICE = 8;

export interface ExportsResult {
  readonly findings: readonly Finding[];
  readonly unexplained: readonly Finding[];
  readonly unused: readonly Accepted[];
  readonly documents: number;
}

export const swaggerOf = (engine: (typeof projectedEngines)[number]): OpenApi2 =>
  exportSwagger(buildCatalogue(engine, JSON.parse(readFileSync(join(root, "packages", "projection", "documents", `${engine}.json`), "utf8")))) as OpenApi2; // has both, by how it is made

const keyOf = ({ rule, place, message }: Finding): string => `${rule} ${place} ${message}`;

export async function lintExports({ whole }: { readonly whole: boolean }): Promise<ExportsResult> {
  const dir = mkdtempSync(join(tmpdir(), "cynosure-exports-"));
  try {
    // The documents refer to the common types beside the contract's own.
    cpSync(join(root, "spec", "openapi", "common-types"), join(dir, "common-types"), { recursive: true });
    cpSync(join(root, "spec", "openapi", "Cynosure.Storage"), join(dir, "Cynosure.Storage"), { recursive: true });
    const found = new Map<string, Finding>();
    let documents = 0;
    for (const engine of projectedEngines) {
      const document = swaggerOf(engine);
      for (const part of whole ? [document] : slicesOf(document, ROOTS_PER_SLICE)) {
        const path = join(dir, "Cynosure.Storage", String((part["info"] as { version: string }).version), `${engine}.json`);
        writeFileSync(path, JSON.stringify(part));
        for (const finding of (await lintDocument(path)).findings) found.set(keyOf(finding), finding);
        documents += 1;
      }
    }
    const accepted = (JSON.parse(readFileSync(join(import.meta.dirname, "exports.json"), "utf8")) as { accepted: readonly Accepted[] }).accepted; // ours, beside this file
    const findings = [...found.values()];
    return { findings, documents, ...explain(findings, accepted) };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function main(whole: boolean): Promise<void> {
  const { findings, unexplained, unused, documents } = await lintExports({ whole });
  for (const { rule, place, message } of unexplained) console.log(`${rule} at ${place}: ${message}\n  mend it in packages/projection-export, or explain it in tools/arm-lint/exports.json`);
  for (const { rule, places } of unused) console.log(`${rule} at ${places}: explained in exports.json, but not found (or without a reason); take it out`);
  console.log(`arm-lint of exports: ${documents} documents, ${findings.length} findings, ${unexplained.length} unexplained, ${unused.length} explanations of nothing`);
  process.exitCode = documents === 0 || unexplained.length > 0 || unused.length > 0 ? 1 : 0;
}

if (workerData === WHOLE) await main(true);
else if (import.meta.main && !process.argv.includes(WHOLE)) await main(false);
else if (import.meta.main) {
  const [code] = (await once(new Worker(import.meta.filename, { workerData: WHOLE, resourceLimits: { stackSizeMb: WHOLE_STACK_MB } }), "exit")) as [number]; // the event's own argument
  process.exitCode = code;
}
