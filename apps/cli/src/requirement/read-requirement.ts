// Reads a requirement file (YAML): the text in, the body of POST …/size out, or every problem found with its
// line. Hostile files are bounded before they are parsed (requirement-text.ts). Sends nothing; what depends on
// the location or the catalogue is judged by sizing.
import { LineCounter, isAlias, isMap, isScalar, isSeq, parseAllDocuments } from "yaml";
import type { Document, Node, Pair } from "yaml";
import { v20261201 } from "@cynosure/converters";
import type { Requirement } from "@cynosure/sdk";
import { didYouMean } from "../did-you-mean.ts";
import type { Shape } from "./requirement-shape.ts";
import { requirementShape } from "./requirement-shape.ts";
import { ALIASES_MAX, checkRequirementText, readRequirementText } from "./requirement-text.ts";

export { REQUIREMENT_BYTES_MAX } from "./requirement-text.ts";
/** The rest shows once these are mended. */
const PROBLEMS_MAX = 50;
const SHOWN_LENGTH_MAX = 60;

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

/** The same, from a file of any kind and size. Throws only what the system says of a file it cannot open. */
export function readRequirementFile(path: string): RequirementResult {
  const read = readRequirementText(path);
  return read.ok ? readRequirement(read.text) : refuse(read.problem.message, read.problem.line);
}

/** Every problem of the file at once (at most 50), so that it is mended in one go. */
export function readRequirement(source: string): RequirementResult {
  const fault = checkRequirementText(source);
  if (fault !== null) return refuse(fault.message, fault.line);
  const lines = new LineCounter();
  const documents = parseRequirement(source, lines);
  const [document, second] = documents;
  if (document === undefined || !("contents" in document) || document.contents === null) return refuse("the file is empty; see examples/requirements for a whole one");
  if (second !== undefined) return refuse("the file holds more than one document; keep one requirement per file", lines.linePos(second.range?.[0] ?? 0).line);
  const faults = [...document.errors, ...document.warnings];
  if (faults.length > 0) {
    return { ok: false, problems: faults.slice(0, PROBLEMS_MAX).map((fault) => ({ line: fault.linePos?.[0].line ?? 0, path: "", message: `${(fault.message.split("\n")[0] ?? "").replace(/ at line .*/, "")}; see examples/requirements for the shape` })) };
  }
  const walk: Walk = { document, lines, problems: [] };
  check(walk, document.contents, requirementShape, "");
  if (walk.problems.length > 0) return { ok: false, problems: walk.problems };
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: ALIASES_MAX });
  } catch (error) {
    return refuse(`its aliases expand too far (at most ${ALIASES_MAX} are allowed): ${error instanceof Error ? error.message : String(error)}`);
  }
  // The walk has just compared every node with the shape these types describe; what is left is the body of a request.
  const requirement = Object.fromEntries(Object.entries(value as object).filter(([key]) => key !== "apiVersion" && key !== "kind")) as unknown as Requirement;
  const misfits = v20261201.checkRequirement(requirement).slice(0, PROBLEMS_MAX);
  if (misfits.length > 0) return { ok: false, problems: misfits.map(({ target, message }) => ({ line: lineOf(walk, target), path: target, message })) };
  return { ok: true, requirement };
}

/** Where a path of a requirement that could be read stands in its text, for what is found wrong with it later. */
export function lineInRequirement(source: string, target: string): number {
  const lines = new LineCounter();
  const document = parseRequirement(source, lines)[0];
  return document === undefined || !("contents" in document) ? 0 : lineOf({ document, lines }, target);
}

const parseRequirement = (source: string, lineCounter: LineCounter) => parseAllDocuments(source, { lineCounter, strict: true, uniqueKeys: false, version: "1.2", schema: "core" });

/** Of the value at a path such as `sites[0].clients.size`, or of the nearest that is there around it; 0 when there is none. */
function lineOf({ document, lines }: Pick<Walk, "document" | "lines">, target: string): number {
  let node: unknown = document.contents;
  let offset = document.contents?.range?.[0];
  for (const part of target.split(/[.[\]]+/).filter((each) => each !== "")) {
    if (isAlias(node)) node = node.resolve(document);
    const pair = isMap(node) ? (node.items as Pair<Node, Node | null>[]).find(({ key }) => isScalar(key) && key.value === part) : undefined;
    const next = pair ?? (isSeq(node) ? node.items[Number(part)] : undefined);
    if (next === undefined) break;
    offset = (pair === undefined ? (next as Node).range?.[0] : pair.key.range?.[0]) ?? offset; // a parsed list holds nodes
    node = pair === undefined ? next : pair.value;
  }
  return offset === undefined ? 0 : lines.linePos(offset).line;
}

const refuse = (message: string, line = 0): RequirementResult => ({ ok: false, problems: [{ line, path: "", message }] });

/** What a stranger wrote, fit for a terminal. */
const shown = (text: string): string => (text.length > SHOWN_LENGTH_MAX ? `${text.slice(0, SHOWN_LENGTH_MAX)}…` : text).toWellFormed().replace(/\p{Cc}/gu, "?");

function report(walk: Walk, node: Node | null, path: string, message: string): void {
  const offset = node?.range?.[0];
  walk.problems.push({ line: offset === undefined ? 0 : walk.lines.linePos(offset).line, path, message });
}

function check(walk: Walk, given: Node | null, shape: Shape, path: string): void {
  if (walk.problems.length >= PROBLEMS_MAX) return;
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
    case "boolean":
      return isScalar(node) && typeof node.value === "boolean" ? undefined : report(walk, node, path, "must be true or false");
  }
}

function checkMap(walk: Walk, node: Node | null, shape: Shape & { kind: "map" }, path: string): void {
  if (!isMap(node)) return report(walk, node, path, "must be a map of keys and values; see examples/requirements for the shape");
  const known = Object.keys(shape.keys);
  const seen = new Set<string>();
  for (const pair of node.items as Pair<Node, Node | null>[]) {
    if (walk.problems.length >= PROBLEMS_MAX) return;
    const key = isScalar(pair.key) ? String(pair.key.value) : "";
    const at = path === "" ? shown(key) : `${path}.${shown(key)}`;
    if (seen.has(key)) {
      report(walk, pair.key, at, "is there twice; keep one (keys must be unique)");
      continue;
    }
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
    if (entry.isRequired && !seen.has(key)) report(walk, node, path === "" ? key : `${path}.${key}`, "is missing; add it");
  }
}

function checkList(walk: Walk, node: Node | null, shape: Shape & { kind: "list" }, path: string): void {
  if (!isSeq(node)) return report(walk, node, path, "must be a list; write one item after each '-'");
  if (node.items.length < (shape.itemsMin ?? 0)) return report(walk, node, path, `is empty; give at least ${shape.itemsMin ?? 0}`);
  if (node.items.length > shape.itemsMax) return report(walk, node, path, `has ${node.items.length} entries; at most ${shape.itemsMax} are allowed`);
  node.items.forEach((item, index) => check(walk, item as Node | null, shape.item, `${path}[${index}]`));
  if (shape.uniqueNames === true) checkNames(walk, node.items as readonly (Node | null)[], path); // a parsed list holds nodes
}

/** Names become names of resources beside each other. */
function checkNames(walk: Walk, items: readonly (Node | null)[], path: string): void {
  const seen = new Map<string, number>();
  items.forEach((given, index) => {
    const item = isAlias(given) ? (given.resolve(walk.document) ?? null) : given;
    const name = isMap(item) ? item.get("name") : undefined;
    if (typeof name !== "string") return;
    const first = seen.get(name);
    if (first === undefined) seen.set(name, index);
    else report(walk, item, `${path}[${index}].name`, `is "${shown(name)}", as in ${path}[${first}]; give each its own name`);
  });
}

function checkText(walk: Walk, node: Node | null, shape: Shape & { kind: "text" }, path: string): void {
  if (!isScalar(node) || typeof node.value !== "string") return report(walk, node, path, "must be text; put it in quotes");
  if (shape.pattern !== undefined && !new RegExp(shape.pattern).test(node.value)) return report(walk, node, path, `is "${shown(node.value)}", which does not match ${shape.pattern}; choose another name`);
  if (node.value.length > (shape.lengthMax ?? Infinity) || node.value.length === 0) return report(walk, node, path, `has ${node.value.length} characters; use 1 to ${shape.lengthMax ?? "a few hundred"}`);
  if (shape.oneOf === undefined || shape.oneOf.includes(node.value)) return;
  const near = didYouMean(node.value, shape.oneOf);
  report(walk, node, path, `is "${shown(node.value)}"; ${near === null ? `allowed: ${shape.oneOf.join(", ")}` : `did you mean "${near}"?`}`);
}

function checkNumber(walk: Walk, node: Node | null, shape: Shape & { kind: "number" }, path: string): void {
  const value = isScalar(node) ? node.value : null;
  if (typeof value !== "number" || !Number.isFinite(value)) return report(walk, node, path, `must be a number; write it in digits, for example ${shape.min}`);
  if (value < 0) return report(walk, node, path, `is ${value}; it cannot be negative: use ${shape.min} to ${shape.max}`);
  if (shape.isWhole && !Number.isInteger(value)) return report(walk, node, path, `is ${value}; it must be a whole number`);
  if (value < shape.min || value > shape.max) return report(walk, node, path, `is ${value}; use ${shape.min} to ${shape.max}`);
  // 010, 0x10, 1e1 and, of what is counted, 8.0 are read differently by different people and tools.
  const source = isScalar(node) ? node.source : undefined;
  const plain = shape.isWhole ? /^(0|[1-9][0-9]*)$/ : /^(0|[1-9][0-9]*)(\.[0-9]+)?$/;
  if (source !== undefined && !plain.test(source)) report(walk, node, path, `is written ${shown(source)}; write it in plain digits: ${value}`);
}

/** One line per problem, ready to print. */
export function formatRequirementProblems(file: string, problems: readonly RequirementProblem[]): string[] {
  return problems.map(({ line, path, message }) => `${file}${line > 0 ? `:${line}` : ""}: ${path === "" ? "" : `${path} `}${message}`);
}
