// Reads a requirement file (YAML): the text in, the body of POST …/size out, or every problem found with its
// line. Hostile files are bounded: size, aliases, nesting by the shape. Sends nothing and judges no values.
import { LineCounter, isAlias, isMap, isScalar, isSeq, parseAllDocuments } from "yaml";
import type { Document, Node, Pair } from "yaml";
import { didYouMean } from "../did-you-mean.ts";
import type { Shape } from "./requirement-shape.ts";
import { requirementShape } from "./requirement-shape.ts";

export const REQUIREMENT_BYTES_MAX = 64 * 1024;
const ALIASES_MAX = 32;

export interface RequirementProtection {
  readonly hostFailures: number;
  readonly scheme?: "replication" | "erasureCoding";
}

export interface RequirementFileSystem {
  readonly name: string;
  readonly usableCapacityGB: number;
  readonly protocols: "nfs"[];
  readonly protection: RequirementProtection;
}

export interface RequirementBucket {
  readonly name: string;
  readonly protection: RequirementProtection;
}

export interface RequirementSite {
  readonly name: string;
  readonly location: string;
  readonly hosts?: { readonly count: number };
  readonly fileSystems?: RequirementFileSystem[];
  readonly buckets?: RequirementBucket[];
}

export interface Requirement {
  readonly name: string;
  readonly sites: RequirementSite[];
}

export interface RequirementProblem {
  /** 1-based; 0 when the problem is the file as a whole. */
  readonly line: number;
  /** For example `sites[0].fileSystems[1].nmae`. */
  readonly path: string;
  readonly message: string;
}

export type RequirementResult = { readonly ok: true; readonly requirement: Requirement } | { readonly ok: false; readonly problems: readonly RequirementProblem[] };

interface Walk {
  readonly document: Document;
  readonly lines: LineCounter;
  readonly problems: RequirementProblem[];
}

/** Every problem of the file at once, so that it is mended in one go. */
export function readRequirement(source: string): RequirementResult {
  if (Buffer.byteLength(source) > REQUIREMENT_BYTES_MAX) return refuse(`the file is over ${REQUIREMENT_BYTES_MAX} bytes; a requirement fits in a few hundred`);
  const lines = new LineCounter();
  const documents = parseAllDocuments(source, { lineCounter: lines, strict: true, uniqueKeys: true, version: "1.2", schema: "core" });
  const [document, second] = documents;
  if (document === undefined || !("contents" in document) || document.contents === null) return refuse("the file is empty; see examples/requirements for a whole one");
  if (second !== undefined) return refuse("the file holds more than one document; keep one requirement per file");
  const faults = [...document.errors, ...document.warnings];
  if (faults.length > 0) {
    return { ok: false, problems: faults.map((fault) => ({ line: fault.linePos?.[0].line ?? 0, path: "", message: (fault.message.split("\n")[0] ?? "").replace(/ at line .*/, "") })) };
  }
  const walk: Walk = { document, lines, problems: [] };
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: ALIASES_MAX });
  } catch (error) {
    return refuse(`its aliases expand too far (at most ${ALIASES_MAX} are allowed): ${error instanceof Error ? error.message : String(error)}`);
  }
  check(walk, document.contents, requirementShape, "");
  if (walk.problems.length > 0) return { ok: false, problems: walk.problems };
  // The walk has just compared every node with the shape these types describe.
  const { name, sites } = value as Requirement;
  return { ok: true, requirement: { name, sites } };
}

const refuse = (message: string): RequirementResult => ({ ok: false, problems: [{ line: 0, path: "", message }] });

function report(walk: Walk, node: Node | null, path: string, message: string): void {
  const offset = node?.range?.[0];
  walk.problems.push({ line: offset === undefined ? 0 : walk.lines.linePos(offset).line, path, message });
}

function check(walk: Walk, given: Node | null, shape: Shape, path: string): void {
  const node = isAlias(given) ? (given.resolve(walk.document) ?? null) : given;
  switch (shape.kind) {
    case "map":
      return checkMap(walk, node, shape, path);
    case "list":
      return checkList(walk, node, shape, path);
    case "text":
      return checkText(walk, node, shape, path);
    case "number":
      return checkNumber(walk, node, shape, path);
  }
}

function checkMap(walk: Walk, node: Node | null, shape: Shape & { kind: "map" }, path: string): void {
  if (!isMap(node)) return report(walk, node, path, "must be a map of keys and values");
  const known = Object.keys(shape.keys);
  const seen = new Set<string>();
  for (const pair of node.items as Pair<Node, Node | null>[]) {
    const key = isScalar(pair.key) ? String(pair.key.value) : "";
    const at = path === "" ? key : `${path}.${key}`;
    const entry = Object.hasOwn(shape.keys, key) ? shape.keys[key] : undefined;
    if (entry === undefined) {
      const near = didYouMean(key, known);
      report(walk, pair.key, at, near === null ? `unknown key; known here: ${known.join(", ")}` : `unknown key; did you mean "${near}"?`);
      continue;
    }
    seen.add(key);
    check(walk, pair.value, entry.shape, at);
  }
  for (const [key, entry] of Object.entries(shape.keys)) {
    if (entry.isRequired && !seen.has(key)) report(walk, node, path === "" ? key : `${path}.${key}`, "is missing");
  }
}

function checkList(walk: Walk, node: Node | null, shape: Shape & { kind: "list" }, path: string): void {
  if (!isSeq(node)) return report(walk, node, path, "must be a list");
  if (node.items.length > shape.itemsMax) return report(walk, node, path, `has ${node.items.length} entries; at most ${shape.itemsMax} are allowed`);
  node.items.forEach((item, index) => check(walk, item as Node | null, shape.item, `${path}[${index}]`));
}

function checkText(walk: Walk, node: Node | null, shape: Shape & { kind: "text" }, path: string): void {
  if (!isScalar(node) || typeof node.value !== "string") return report(walk, node, path, "must be text");
  if (shape.oneOf === undefined || shape.oneOf.includes(node.value)) return;
  const near = didYouMean(node.value, shape.oneOf);
  report(walk, node, path, `is "${node.value}"; ${near === null ? `allowed: ${shape.oneOf.join(", ")}` : `did you mean "${near}"?`}`);
}

function checkNumber(walk: Walk, node: Node | null, shape: Shape & { kind: "number" }, path: string): void {
  const value = isScalar(node) ? node.value : null;
  if (typeof value !== "number" || !Number.isFinite(value)) return report(walk, node, path, "must be a number");
  if (value < 0) return report(walk, node, path, `is ${value}; it cannot be negative`);
  if (shape.isInteger && !Number.isInteger(value)) return report(walk, node, path, `is ${value}; it must be a whole number`);
}

/** One line per problem, ready to print. */
export function formatRequirementProblems(file: string, problems: readonly RequirementProblem[]): string[] {
  return problems.map(({ line, path, message }) => `${file}${line > 0 ? `:${line}` : ""}: ${path === "" ? "" : `${path} `}${message}`);
}
