// Reads a `$filter` (the part of OData that az, Terraform and the portal send): eq, ne, and, or, brackets,
// substringof, startswith. What is not served is refused by name; ignored, it would answer with other people's
// resources.
import { ControlPlaneError } from "@cynosure/model";
import { FILTER_FIELDS } from "./resource-filter.ts";
import type { FilterField, FilterTest, ResourceFilter } from "./resource-filter.ts";

const FILTER_LENGTH_MAX = 4_000;
const DEPTH_MAX = 16;
const TOKEN = /\s*(?:'((?:[^']|'')*)'|([(),])|([A-Za-z][\w.]*)|(\S+))/y;

type Token = { readonly kind: "text" | "mark" | "word" | "other"; readonly value: string };

function refuse(text: string, what: string): ControlPlaneError {
  return new ControlPlaneError("InvalidParameter", `The $filter '${text.slice(0, 200)}' is not supported: ${what}. Use ${FILTER_FIELDS.join(", ")} with eq or ne, substringof('x', name) or startswith(name, 'x'), joined by 'and' and 'or', for example: resourceType eq 'Cynosure.Storage/clusters'.`, { target: "$filter" });
}

function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const match = TOKEN.exec(text);
    if (match === null) break;
    const [, quoted, mark, word, other] = match;
    if (quoted !== undefined) tokens.push({ kind: "text", value: quoted.replaceAll("''", "'") });
    else if (mark !== undefined) tokens.push({ kind: "mark", value: mark });
    else if (word !== undefined) tokens.push({ kind: "word", value: word });
    else tokens.push({ kind: "other", value: other ?? "" });
  }
  return tokens;
}

export function parseResourceFilter(text: string | undefined): ResourceFilter {
  if (text === undefined || text.trim() === "") return { kind: "all" };
  if (text.length > FILTER_LENGTH_MAX) throw refuse(text, `it is longer than ${FILTER_LENGTH_MAX} characters`);
  const parser = new Parser(text, tokenize(text));
  return parser.whole();
}

class Parser {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(text: string, tokens: readonly Token[]) {
    this.#text = text;
    this.#tokens = tokens;
  }

  whole(): ResourceFilter {
    const filter = this.#or(0);
    const rest = this.#tokens[this.#at];
    if (rest !== undefined) throw this.#refuse(`'${rest.value}' is not expected there`);
    return filter;
  }

  #or(depth: number): ResourceFilter {
    return this.#joined("or", () => this.#joined("and", () => this.#one(depth)));
  }

  #joined(kind: "and" | "or", part: () => ResourceFilter): ResourceFilter {
    const first = part();
    const parts = [first];
    while (this.#isWord(kind)) {
      this.#at += 1;
      parts.push(part());
    }
    return parts.length === 1 ? first : { kind, parts };
  }

  #one(depth: number): ResourceFilter {
    if (depth > DEPTH_MAX) throw this.#refuse(`it is nested deeper than ${DEPTH_MAX} brackets`);
    if (this.#isMark("(")) {
      this.#at += 1;
      const inside = this.#or(depth + 1);
      this.#mark(")");
      return inside;
    }
    const word = this.#next("word", "a field or function");
    const name = word.toLowerCase();
    if (name === "substringof") return this.#call("contains", ["text", "field"]);
    if (name === "startswith") return this.#call("startsWith", ["field", "text"]);
    const field = this.#field(word);
    const operator = this.#next("word", "an operator").toLowerCase();
    if (operator !== "eq" && operator !== "ne") throw this.#refuse(`the operator '${operator}' is not served`);
    if (operator === "ne" && (field === "tagName" || field === "tagValue")) throw this.#refuse(`'${field} ne' is not served`);
    return { kind: "test", field, test: operator, value: this.#next("text", "a text in quotes") };
  }

  #call(test: FilterTest, order: readonly ("text" | "field")[]): ResourceFilter {
    this.#mark("(");
    const got: { text: string; field: FilterField } = { text: "", field: "name" };
    for (const [at, kind] of order.entries()) {
      if (at > 0) this.#mark(",");
      if (kind === "text") got.text = this.#next("text", "a text in quotes");
      else got.field = this.#field(this.#next("word", "a field"));
    }
    this.#mark(")");
    return { kind: "test", field: got.field, test, value: got.text };
  }

  #field(word: string): FilterField {
    const field = FILTER_FIELDS.find((known) => known.toLowerCase() === word.toLowerCase());
    if (field === undefined) throw this.#refuse(`'${word.slice(0, 60)}' is not served`);
    return field;
  }

  #next(kind: Token["kind"], what: string): string {
    const token = this.#tokens[this.#at];
    if (token?.kind !== kind) throw this.#refuse(token === undefined ? `${what} is missing at its end` : `${what} is expected where '${token.value.slice(0, 60)}' is`);
    this.#at += 1;
    return token.value;
  }

  #mark(mark: string): void {
    if (!this.#isMark(mark)) throw this.#refuse(`'${mark}' is missing`);
    this.#at += 1;
  }

  #isMark(mark: string): boolean {
    const token = this.#tokens[this.#at];
    return token?.kind === "mark" && token.value === mark;
  }

  #isWord(word: string): boolean {
    const token = this.#tokens[this.#at];
    return token?.kind === "word" && token.value.toLowerCase() === word;
  }

  #refuse(what: string): ControlPlaneError {
    return refuse(this.#text, what);
  }
}
