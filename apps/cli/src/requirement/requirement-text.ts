// What a requirement file may be as text, checked before it is parsed: size, encoding, and how much YAML it
// holds. The parser is recursive and compares keys pairwise; what passes here it reads in a blink.
import { closeSync, fstatSync, openSync, readSync, constants } from "node:fs";
import { CST, Lexer } from "yaml";

export const REQUIREMENT_BYTES_MAX = 64 * 1024;
/** The shape itself is eight levels deep. */
const NESTING_MAX = 16;
const INDENT_MAX = 64;
/** Keys and list items; a file of the largest size that is a requirement holds about 6,000. */
const ENTRIES_MAX = 8_000;
export const ALIASES_MAX = 32;

export interface TextProblem {
  /** 1-based; 0 when the problem is the file as a whole. */
  readonly line: number;
  readonly message: string;
}

export type RequirementText = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly problem: TextProblem };

const refuse = (message: string, line = 0): { readonly ok: false; readonly problem: TextProblem } => ({ ok: false, problem: { line, message } });

/** Reads no more of the file than a requirement may hold, and waits for no pipe. Throws what the system says of a file it cannot open. */
export function readRequirementText(path: string): RequirementText {
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    if (!fstatSync(file).isFile()) return refuse("it is not a regular file; write the requirement into one");
    const bytes = Buffer.alloc(REQUIREMENT_BYTES_MAX + 1);
    let length = 0;
    for (let read = -1; read !== 0 && length < bytes.length; length += read) read = readSync(file, bytes, length, bytes.length - length, null);
    if (length > REQUIREMENT_BYTES_MAX) return tooLarge();
    return { ok: true, text: new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(0, length)) };
  } catch (error) {
    if (error instanceof TypeError) return refuse("it is not UTF-8 text; save it as UTF-8");
    throw error;
  } finally {
    closeSync(file);
  }
}

const tooLarge = (): ReturnType<typeof refuse> => refuse(`the file is over ${REQUIREMENT_BYTES_MAX} bytes; a requirement fits in a few hundred, so keep only what it says`);

/** What is wrong with the text as a whole, or null when the parser may have it. */
export function checkRequirementText(text: string): TextProblem | null {
  if (Buffer.byteLength(text) > REQUIREMENT_BYTES_MAX) return tooLarge().problem;
  return checkCharacters(text) ?? checkStructure(text);
}

const lineAt = (text: string, offset: number): number => text.slice(0, offset).split("\n").length;

function checkCharacters(text: string): TextProblem | null {
  if (!text.isWellFormed()) return { line: 0, message: "it holds half of a surrogate pair; save it as UTF-8" };
  // A carriage return alone would make one comment of the whole file.
  const at = text.search(/[^\P{Cc}\t\r\n\u0085]|\r(?!\n)/u);
  return at < 0 ? null : { line: lineAt(text, at), message: "there is a control character on this line; remove it (lines end with LF or CRLF)" };
}

interface Count {
  line: number;
  depth: number;
  /** `- - -` or `? ? ?` on one line. */
  inRow: number;
  entries: number;
  aliases: number;
}

/** Walks the tokens, which needs no recursion whatever the text is. */
function checkStructure(text: string): TextProblem | null {
  const count: Count = { line: 1, depth: 0, inRow: 0, entries: 0, aliases: 0 };
  let isScalar = false;
  for (const lexeme of new Lexer().lex(text)) {
    const kind: string | null = isScalar ? "" : CST.tokenType(lexeme);
    isScalar = kind === "scalar";
    const message = kind === null || kind === "" ? null : refusalOf(kind, lexeme, count);
    if (message !== null) return { line: count.line, message };
    count.line += isScalar ? 0 : lexeme.split("\n").length - 1;
  }
  return null;
}

function refusalOf(kind: string, lexeme: string, count: Count): string | null {
  switch (kind) {
    case "newline":
      count.inRow = 0;
      return null;
    case "directive-line":
      return "directives (%…) are not read; remove the line";
    case "tag":
      return `tags such as ${lexeme.slice(0, 40)} are not read; write the plain value`;
    case "anchor":
    case "alias":
      count.aliases += 1;
      return count.aliases > ALIASES_MAX ? `its aliases expand too far: at most ${ALIASES_MAX} anchors and aliases are allowed; write the values out` : null;
    case "space":
      return lexeme.length > INDENT_MAX && count.inRow === 0 ? `there are more than ${INDENT_MAX} spaces in a row; indent by two` : null;
    case "flow-map-start":
    case "flow-seq-start":
      count.depth += 1;
      return count.depth > NESTING_MAX ? nestedTooDeep : null;
    case "flow-map-end":
    case "flow-seq-end":
      count.depth -= 1;
      return null;
    case "seq-item-ind":
    case "explicit-key-ind":
      count.inRow += 1;
      if (count.inRow > NESTING_MAX) return nestedTooDeep;
      return counted(count);
    case "comma":
    case "map-value-ind":
      return counted(count);
    default:
      return null;
  }
}

const nestedTooDeep = `it is nested deeper than ${NESTING_MAX} levels; see examples/requirements for the shape`;

function counted(count: Count): string | null {
  count.entries += 1;
  return count.entries > ENTRIES_MAX ? `there are more than ${ENTRIES_MAX} keys and items; split the requirement` : null;
}
