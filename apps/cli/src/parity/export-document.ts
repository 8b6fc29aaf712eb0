// One catalogue as the document of one format, printed or written to a file. A file appears whole or not at all.
import { rename, rm, writeFile } from "node:fs/promises";
import { parityTotals } from "@cynosure/projection";
import type { Catalogue } from "@cynosure/projection";
import { armOperationsOf, exportManifest, exportSwagger, leftOut } from "@cynosure/projection-export";
import { didYouMean } from "../did-you-mean.ts";
import { CommandError, ExitCode } from "../exit-code.ts";
import type { ProgramRun } from "../program-run.ts";

const FORMATS: Readonly<Record<string, (catalogue: Catalogue) => unknown>> = { swagger: exportSwagger, manifest: exportManifest };

export interface ExportWish {
  readonly format: string;
  readonly hash?: string;
  readonly output?: string;
}

export async function exportDocument(catalogue: Catalogue, { format, hash, output }: ExportWish, run: ProgramRun): Promise<void> {
  const names = Object.keys(FORMATS);
  const write = FORMATS[format];
  if (write === undefined) {
    const near = didYouMean(format, names);
    throw new CommandError(ExitCode.usage, `--format is ${JSON.stringify(format)}; allowed: ${names.join(", ")}${near === null ? "" : `; did you mean ${near}?`}`);
  }
  if (hash !== undefined && hash.toLowerCase() !== catalogue.documentHash) {
    throw new CommandError(ExitCode.usage, `the document of ${catalogue.engine} has the hash ${catalogue.documentHash}, not ${hash}; give the document that --hash names with --schema, or leave --hash out`);
  }
  const { unmapped, fallback } = parityTotals(catalogue);
  if (unmapped > 0 || fallback > 0) {
    throw new CommandError(ExitCode.failed, `nothing is exported: ${unmapped} operations of the document have no place and ${fallback} only the last resort; cynosure parity --engine ${catalogue.engine} names them`);
  }
  const text = `${JSON.stringify(write(catalogue), null, 2)}\n`;
  if (output === undefined) {
    process.stdout.write(text);
    return;
  }
  await writeWhole(output, text);
  const summary = { format, engine: catalogue.engine, documentHash: catalogue.documentHash, output, operations: armOperationsOf(catalogue).length, leftOut: leftOut(catalogue).length };
  run.output().result(summary, [`${output}: ${format} of ${catalogue.engine}, document ${catalogue.documentHash}; ${summary.operations} operations of ARM, ${summary.leftOut} of the engine at the native gateway alone.`]);
}

async function writeWhole(path: string, text: string): Promise<void> {
  const temporary = `${path}.${process.pid}.new`;
  try {
    await writeFile(temporary, text);
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw new CommandError(ExitCode.failed, `${path} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}
