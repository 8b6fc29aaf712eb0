// The structural rules, each a function from the files to its violations. Pure: files in, findings out.
import { isCode, isGenerated, isTest, type SourceFile } from "./source-files.ts";
import { mayImport, purePackages } from "./import-rules.ts";

export interface Violation {
  readonly rule: string;
  readonly path: string;
  readonly line: number;
  readonly message: string;
}

const LINES_MAX = 600;
const roomPattern = /^(?:packages|apps)\/([^/]+)\//;
const importPattern = /(?:from|import)\s*\(?\s*["']([^"']+)["']/;

export const roomOf = (path: string): string | null => roomPattern.exec(path)?.[1] ?? null;

function eachLine(file: SourceFile, visit: (line: string, number: number) => Violation | null): Violation[] {
  return file.lines.map((line, index) => visit(line, index + 1)).filter((found): found is Violation => found !== null);
}

/** Imports of our own packages as (from room, to room, line). */
export function ownImports(file: SourceFile): { to: string; line: number; specifier: string }[] {
  return file.lines.flatMap((line, index) => {
    const specifier = importPattern.exec(line)?.[1];
    const to = specifier === undefined ? undefined : /^@cynosure\/([^/]+)/.exec(specifier)?.[1];
    return to === undefined || specifier === undefined ? [] : [{ to, line: index + 1, specifier }];
  });
}

export function checkImportRules(files: readonly SourceFile[]): Violation[] {
  return files.filter((file) => isCode(file) && !isGenerated(file) && !isTest(file)).flatMap((file) => {
    const room = roomOf(file.path);
    if (room === null) return [];
    const allowed = mayImport[room] ?? [];
    return ownImports(file)
      .filter(({ to }) => to !== room && !allowed.includes(to) && !allowed.includes("*"))
      .map(({ to, line }) => ({ rule: "imports", path: file.path, line, message: `${room} may not import ${to}; see tools/tidy/import-rules.ts` }));
  });
}

/** Reaching into another room by a relative path goes around the rule above. */
export function checkRelativeImports(files: readonly SourceFile[]): Violation[] {
  return files.filter((file) => isCode(file) && !isTest(file)).flatMap((file) => {
    const room = roomOf(file.path);
    if (room === null) return [];
    return eachLine(file, (line, number) => {
      const specifier = importPattern.exec(line)?.[1];
      if (specifier === undefined || !specifier.startsWith(".")) return null;
      const target = new URL(specifier, `file:///${file.path}`).pathname.slice(1);
      return roomOf(target) === room ? null : { rule: "imports", path: file.path, line: number, message: `${specifier} leaves the room; import the package by name` };
    });
  });
}

export function checkPurity(files: readonly SourceFile[]): Violation[] {
  const impure = /\bfrom\s+["']node:|\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bprocess\.|\bsetTimeout\(|\bcrypto\./;
  return files.filter((file) => isCode(file) && !isTest(file) && purePackages.includes(roomOf(file.path) ?? "") && /\/(src|catalogue)\//.test(file.path)).flatMap((file) =>
    eachLine(file, (line, number) => (impure.test(line) && !/^\s*(\/\/|\*)/.test(line) ? { rule: "purity", path: file.path, line: number, message: "a pure package uses no Node built-in, clock, randomness or environment" } : null)),
  );
}

export function checkSizes(files: readonly SourceFile[]): Violation[] {
  return files
    .filter((file) => (isCode(file) || file.path.endsWith(".tsp")) && !isGenerated(file) && file.lines.length > LINES_MAX)
    .map((file) => ({ rule: "size", path: file.path, line: LINES_MAX, message: `${file.lines.length} lines; at most ${LINES_MAX}` }));
}

export function checkHeaders(files: readonly SourceFile[]): Violation[] {
  return files
    .filter((file) => /\.tsx?$/.test(file.path) && roomOf(file.path) !== null && !isTest(file) && !/^(\/\/|\/\*|#!)/.test(file.text))
    .map((file) => ({ rule: "header", path: file.path, line: 1, message: "the file opens with a comment that says what this room does" }));
}

export function checkNames(files: readonly SourceFile[]): Violation[] {
  const refused = /(^|\/)(utils?|common|helpers?|managers?|misc)(\/|\.|$)/;
  const shape = /^[a-z0-9]+(-[a-z0-9]+)*(\.(test|config))?\.(ts|tsx|js)$/;
  return files.filter(isCode).filter((file) => !isGenerated(file)).flatMap((file): Violation[] => {
    const base = file.path.slice(file.path.lastIndexOf("/") + 1);
    if (refused.test(file.path)) return [{ rule: "names", path: file.path, line: 1, message: "utils, common, helpers, manager say nothing about what is inside" }];
    return shape.test(base) ? [] : [{ rule: "names", path: file.path, line: 1, message: "file names are kebab-case nouns" }];
  });
}

/** Words that must never reach a reader: other people's machines, open ends. Split so that this file passes itself. */
const refusedText = [
  { pattern: new RegExp(["/wo", "rk/"].join("")), message: "a path of some machine" },
  { pattern: new RegExp(["\\bTO", "DO\\b|\\bFIX", "ME\\b"].join("")), message: "an open end: finish it or write it in docs/STATUS.md" },
  { pattern: new RegExp(["@ts-", "ignore|\\bas a", "ny\\b|:\\s*an", "y\\b(?=[,;)=\\s])"].join("")), message: "the type system is switched off" },
  { pattern: new RegExp(["\\b(it|test|describe)\\.on", "ly\\("].join("")), message: "a focused test hides the others" },
];

export function checkText(files: readonly SourceFile[]): Violation[] {
  return files.filter((file) => isCode(file) && !isGenerated(file)).flatMap((file) =>
    eachLine(file, (line, number) => {
      const hit = refusedText.find(({ pattern }) => pattern.test(line) && !/^\s*(\/\/|\*)/.test(line));
      return hit === undefined ? null : { rule: "text", path: file.path, line: number, message: hit.message };
    }),
  );
}

export function checkMachinePathsInProse(files: readonly SourceFile[]): Violation[] {
  const path = new RegExp(["/wo", "rk/(main|shared)"].join(""));
  return files.filter((file) => file.path.endsWith(".md")).flatMap((file) => eachLine(file, (line, number) => (path.test(line) ? { rule: "text", path: file.path, line: number, message: "a path of some machine" } : null)));
}

export const allChecks = [checkImportRules, checkRelativeImports, checkPurity, checkSizes, checkHeaders, checkNames, checkText, checkMachinePathsInProse];

/** The package graph as text, one `from -> to` a line: kept as a golden file so that a new arrow is reviewed. */
export function packageGraph(files: readonly SourceFile[]): string {
  const arrows = new Set<string>();
  for (const file of files.filter((each) => isCode(each) && !isTest(each))) {
    const room = roomOf(file.path);
    if (room === null) continue;
    for (const { to } of ownImports(file)) if (to !== room) arrows.add(`${room} -> ${to}`);
  }
  return `${[...arrows].sort().join("\n")}\n`;
}
