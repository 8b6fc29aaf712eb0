// Files of a user's own sizes (`--catalogue`) and prices (`--prices`), YAML or JSON: read within bounds, checked by the
// sizing package, each problem with its line. Puts them over what is given; fetches nothing.
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { LineCounter, isNode, parseAllDocuments } from "yaml";
import type { Document } from "yaml";
import type { Catalogue, PriceBook, SizingProblem } from "@cynosure/model";
import { mergeCatalogue, mergePrices, parseCatalogueFile, parsePriceFile } from "@cynosure/sizing";
import { CommandError, ExitCode } from "../exit-code.ts";

const YAML_BYTES_MAX = 512 * 1024;
/** JSON is read at once and without recursion on our side: a refreshed price file holds tens of thousands of prices. */
const JSON_BYTES_MAX = 16 * 1024 * 1024;
const ALIASES_MAX = 32;
/** The shape itself is four levels deep; the parser is recursive. */
const NESTING_MAX = 64;
const SHAPE = "docs/reference/catalogue.md has the shape";

interface UserFile {
  readonly path: string;
  readonly value: unknown;
  /** 1-based; null where the file gives no line. */
  readonly lineOf: (target: string) => number | null;
}

export function readCatalogueFile(path: string, under: Catalogue): Catalogue {
  const file = readUserFile(path);
  const parsed = parseCatalogueFile(file.value);
  if (!parsed.ok) throw refusal(file, parsed.problems);
  const merged = mergeCatalogue(under, parsed.sizes);
  if (!merged.ok) throw refusal(file, merged.problems);
  return merged.catalogue;
}

export function readPriceFile(path: string, under: PriceBook): PriceBook {
  const file = readUserFile(path);
  const parsed = parsePriceFile(file.value);
  if (!parsed.ok) throw refusal(file, parsed.problems);
  return mergePrices(under, parsed.prices);
}

function refusal(file: UserFile, problems: readonly SizingProblem[]): CommandError {
  const lines = problems.map(({ target, message }) => {
    const line = file.lineOf(target);
    return `${file.path}${line === null ? "" : `:${line}`}: ${target === "" ? "the file" : target} ${message}`;
  });
  return new CommandError(ExitCode.usage, lines.join("\n"), { code: "InvalidFile", ...(problems.length === 1 ? { target: problems[0]?.target } : {}) });
}

function readUserFile(path: string): UserFile {
  const text = readText(path);
  return text.trimStart().startsWith("{") ? ofJson(path, text) : ofYaml(path, text);
}

const refuse = (path: string, reason: string, cause?: unknown): CommandError => new CommandError(ExitCode.usage, `${path}: ${reason}`, { code: "InvalidFile", cause });

/** Reads no more than a file may hold, and waits for no pipe. */
function readText(path: string): string {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (cause) {
    throw refuse(path, `it cannot be opened (${cause instanceof Error ? cause.message : String(cause)}); give the path of a file that is there`, cause);
  }
  try {
    const status = fstatSync(file);
    if (!status.isFile()) throw refuse(path, "it is not a regular file; give one");
    if (status.size > JSON_BYTES_MAX) throw refuse(path, `it is over ${JSON_BYTES_MAX} bytes; split it`);
    const bytes = Buffer.alloc(status.size);
    let length = 0;
    for (let read = -1; read !== 0 && length < bytes.length; length += read) read = readSync(file, bytes, length, bytes.length - length, null);
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(0, length));
  } catch (error) {
    if (error instanceof TypeError) throw refuse(path, "it is not UTF-8 text; save it as UTF-8", error);
    throw error;
  } finally {
    closeSync(file);
  }
}

function ofJson(path: string, text: string): UserFile {
  try {
    return { path, value: JSON.parse(text) as unknown, lineOf: () => null };
  } catch (cause) {
    // `{` also opens a map of YAML.
    if (Buffer.byteLength(text) <= YAML_BYTES_MAX) return ofYaml(path, text);
    throw refuse(path, `it is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  }
}

function ofYaml(path: string, text: string): UserFile {
  if (Buffer.byteLength(text) > YAML_BYTES_MAX) throw refuse(path, `it is over ${YAML_BYTES_MAX} bytes of YAML; split it or write it as JSON`);
  if (nestingOf(text) > NESTING_MAX) throw refuse(path, `it nests deeper than ${NESTING_MAX} levels; ${SHAPE}`);
  const lines = new LineCounter();
  try {
    const [document, second] = parseAllDocuments(text, { lineCounter: lines, strict: true, version: "1.2", schema: "core" });
    if (document === undefined || !("contents" in document) || document.contents === null) throw refuse(path, `it is empty; ${SHAPE}`);
    if (second !== undefined) throw refuse(path, "it holds more than one document; keep one");
    const fault = [...document.errors, ...document.warnings][0];
    if (fault !== undefined) throw refuse(`${path}:${fault.linePos?.[0].line ?? 1}`, `${(fault.message.split("\n")[0] ?? "").replace(/ at line .*/, "")}; ${SHAPE}`);
    return { path, value: document.toJS({ maxAliasCount: ALIASES_MAX }) as unknown, lineOf: (target) => lineOf(document, lines, target) };
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw refuse(path, `it nests or repeats too much to be read (${error instanceof Error ? error.message : String(error)}); ${SHAPE}`, error);
  }
}

/** Brackets open at once, those in texts counted too. */
function nestingOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const character of text) {
    if (character === "[" || character === "{") depth += 1;
    else if (character === "]" || character === "}") depth -= 1;
    if (depth > deepest) deepest = depth;
  }
  return deepest;
}

/** Line of `sizes[0].drives.count`, or of the nearest thing around it that is there. */
function lineOf(document: Document, lines: LineCounter, target: string): number | null {
  const keys = [...target.matchAll(/\[(\d+)\]|([^.[\]]+)/g)].map(([, index, key]) => (index === undefined ? key : Number(index)));
  for (let length = keys.length; length >= 0; length -= 1) {
    const node = length === 0 ? document.contents : document.getIn(keys.slice(0, length), true);
    const offset = isNode(node) ? node.range?.[0] : undefined;
    if (offset !== undefined) return lines.linePos(offset).line;
  }
  return null;
}
