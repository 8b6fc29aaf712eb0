// The document that parity is computed of: the stored facts of an engine, or a file the user names.
import { readFile } from "node:fs/promises";
import type { Catalogue } from "@cynosure/projection";
import { buildCatalogue, projectedEngines } from "@cynosure/projection";
import { didYouMean } from "../did-you-mean.ts";
import { CommandError, ExitCode } from "../exit-code.ts";

/** A document larger than this is no API document. */
export const DOCUMENT_BYTES_MAX = 32 * 1024 * 1024;

export async function readCatalogue(engineName: string, schemaPath: string | undefined): Promise<Catalogue> {
  const engine = projectedEngines.find((each) => each === engineName);
  if (engine === undefined) {
    const near = didYouMean(engineName, projectedEngines);
    throw new CommandError(ExitCode.usage, `--engine is ${JSON.stringify(engineName)}; allowed: ${projectedEngines.join(", ")}${near === null ? "" : `; did you mean ${near}?`}`);
  }
  if (schemaPath === undefined) {
    const { default: facts } = engine === "vast" ? await import("@cynosure/projection/documents/vast.json", { with: { type: "json" } }) : await import("@cynosure/projection/documents/ceph.json", { with: { type: "json" } });
    return buildCatalogue(engine, facts);
  }
  return buildFrom(engine, schemaPath);
}

async function buildFrom(engine: Catalogue["engine"], path: string): Promise<Catalogue> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    throw new CommandError(ExitCode.usage, `the document ${path} cannot be read: ${reasonOf(cause)}`, { cause });
  }
  if (text.length > DOCUMENT_BYTES_MAX) throw new CommandError(ExitCode.usage, `the document ${path} is over the limit of ${DOCUMENT_BYTES_MAX} bytes: give the engine's own API document`);
  try {
    return buildCatalogue(engine, JSON.parse(text));
  } catch (cause) {
    throw new CommandError(ExitCode.usage, `the document ${path} is not what an engine serves: ${reasonOf(cause)}`, { cause });
  }
}

const reasonOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));
