// The part of Bicep our example is written in: params with defaults, resources with `parent`, objects and lists one
// entry a line. There is no compiler to ask without a network: what is read here is the structure, not the language.
import { resourceIdOf } from "./planned-put.ts";
import type { Deployment, PlannedPut } from "./planned-put.ts";

const TOKEN = /[ \t]*(?:\/\/[^\n]*|'((?:[^'\\]|\\.)*)'|(-?\d+)|([A-Za-z_]\w*)|(\n)|([{}[\]():=.@,]))/y;
type Token = { readonly kind: "text" | "number" | "word" | "mark"; readonly value: string };

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null) throw new Error(`Bicep that is not read here: ${text.slice(at, at + 40)}`);
    const [, quoted, number, word, line, mark] = match;
    if (quoted !== undefined) tokens.push({ kind: "text", value: quoted });
    else if (number !== undefined) tokens.push({ kind: "number", value: number });
    else if (word !== undefined) tokens.push({ kind: "word", value: word });
    else if (line !== undefined || mark !== undefined) tokens.push({ kind: "mark", value: line ?? mark ?? "" });
  }
  return tokens;
}

interface Declared {
  readonly symbol: string;
  readonly type: string;
  readonly apiVersion: string;
  readonly value: Readonly<Record<string, unknown>>;
}
/** Stands for another resource until all are known. */
class Symbol {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

class Reader {
  readonly #tokens: Token[];
  readonly #deployment: Deployment;
  readonly #values = new Map<string, unknown>();
  readonly resources: Declared[] = [];

  constructor(text: string, deployment: Deployment) {
    this.#tokens = tokenize(text);
    this.#deployment = deployment;
  }

  file(): readonly Declared[] {
    for (this.#lines(); this.#tokens.length > 0; this.#lines()) this.#statement();
    return this.resources;
  }

  #statement(): void {
    const { value } = this.#next();
    if (value === "@") {
      // A decorator bounds or describes; it changes nothing that is sent.
      this.#next();
      this.#brackets();
    } else if (value === "param") {
      const name = this.#next().value;
      this.#next(); // its type
      this.#expect("=");
      const byDefault = this.#value();
      this.#values.set(name, this.#deployment.parameters[name] ?? byDefault);
    } else if (value === "resource") {
      const symbol = this.#next().value;
      const [type = "", apiVersion = ""] = this.#next().value.split("@");
      this.#expect("=");
      this.#values.set(symbol, new Symbol(symbol));
      this.resources.push({ symbol, type, apiVersion, value: this.#value() as Record<string, unknown> }); // `= {` starts an object
    } else if (value === "output") {
      this.#next();
      this.#next();
      this.#expect("=");
      this.#value();
    } else throw new Error(`a Bicep statement that is not read here: ${value}`);
  }

  #value(): unknown {
    const token = this.#next();
    if (token.kind === "text") return token.value;
    if (token.kind === "number") return Number(token.value);
    if (token.value === "{") return this.#object();
    if (token.value === "[") return this.#list();
    return this.#reference(token.value);
  }

  #reference(name: string): unknown {
    const isCall = this.#peek() === "(";
    if (isCall) this.#brackets();
    let value: unknown = isCall && name === "resourceGroup" ? { location: this.#deployment.groupLocation, name: this.#deployment.resourceGroup } : this.#values.get(name);
    if (value === undefined) throw new Error(`${name} is not known here`);
    while (this.#peek() === ".") {
      this.#next();
      const field = this.#next().value;
      value = value instanceof Symbol ? value : (value as Record<string, unknown>)[field]; // our own object above, or a parameter's
    }
    return value;
  }

  #object(): Record<string, unknown> {
    const fields: Record<string, unknown> = {};
    for (this.#lines(); this.#peek() !== "}"; this.#lines()) {
      const name = this.#next().value;
      this.#expect(":");
      fields[name] = this.#value();
    }
    this.#expect("}");
    return fields;
  }

  #list(): unknown[] {
    const items: unknown[] = [];
    for (this.#lines(); this.#peek() !== "]"; this.#lines()) items.push(this.#value());
    this.#expect("]");
    return items;
  }

  #brackets(): void {
    this.#expect("(");
    for (let depth = 1; depth > 0; ) {
      const { value, kind } = this.#next();
      if (kind === "mark" && value === "(") depth += 1;
      if (kind === "mark" && value === ")") depth -= 1;
    }
  }

  #lines(): void {
    while (this.#peek() === "\n") this.#tokens.shift();
  }
  #peek(): string | undefined {
    return this.#tokens[0]?.kind === "text" ? undefined : this.#tokens[0]?.value;
  }
  #next(): Token {
    const token = this.#tokens.shift();
    if (token === undefined) throw new Error("the Bicep file ends too early");
    return token;
  }
  #expect(mark: string): void {
    const { value } = this.#next();
    if (value !== mark) throw new Error(`'${mark}' is missing before '${value}'`);
  }
}

export function planBicep(text: string, deployment: Deployment): readonly PlannedPut[] {
  const declared = new Reader(text, deployment).file();
  const namesOf = (symbol: string): readonly string[] => {
    const found = declared.find((each) => each.symbol === symbol);
    if (found === undefined) throw new Error(`no resource ${symbol}`);
    const { parent, name } = found.value;
    return [...(parent instanceof Symbol ? namesOf(parent.name) : []), String(name)];
  };
  const idOf = (symbol: string): string => resourceIdOf(deployment, declared.find((each) => each.symbol === symbol)?.type ?? "", namesOf(symbol));
  return declared.map(({ symbol, type, apiVersion, value }) => {
    const { parent } = value;
    const body = Object.fromEntries(Object.entries(value).filter(([field]) => field !== "parent" && field !== "name"));
    return { id: idOf(symbol), type, apiVersion, body, dependsOn: parent instanceof Symbol ? [idOf(parent.name)] : [] };
  });
}
