// Path matching (U1, T5): case-insensitive on every static word, casing of values kept, `//` counts as `/`.
// Knows nothing of what a route does; a path that exists under another method is told apart from one that
// does not exist at all, so that 405 and 404 are right.
import { normalizePath } from "@cynosure/arm-protocol";

export interface RoutePattern {
  readonly method: string;
  /** `/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}`; at its end `{*name}` takes all words that are left, one at least, with `/` between them. */
  readonly path: string;
}

export type RouteMatch<R> =
  | { readonly kind: "found"; readonly route: R; readonly params: Readonly<Record<string, string>> }
  | { readonly kind: "otherMethod"; readonly allowed: readonly string[] }
  | { readonly kind: "unknown" };

interface Node<R> {
  readonly words: Map<string, Node<R>>;
  variable: Node<R> | null;
  rest: Node<R> | null;
  readonly routes: Map<string, { readonly route: R; readonly names: readonly string[] }>;
}

const newNode = <R>(): Node<R> => ({ words: new Map(), variable: null, rest: null, routes: new Map() });

export class Router<R extends RoutePattern> {
  readonly #root: Node<R> = newNode();

  constructor(routes: readonly R[]) {
    for (const route of routes) this.#add(route);
  }

  #add(route: R): void {
    let node = this.#root;
    const names: string[] = [];
    for (const word of normalizePath(route.path).slice(1).split("/")) {
      const name = /^\{(.+)\}$/.exec(word)?.[1];
      if (name === undefined) {
        const key = word.toLowerCase();
        const next = node.words.get(key) ?? newNode<R>();
        node.words.set(key, next);
        node = next;
      } else {
        const isRest = name.startsWith("*");
        names.push(isRest ? name.slice(1) : name);
        const next = (isRest ? node.rest : node.variable) ?? newNode<R>();
        if (isRest) node.rest = next;
        else node.variable = next;
        node = next;
      }
    }
    if (node.routes.has(route.method)) throw new Error(`Two routes for ${route.method} ${route.path}`);
    node.routes.set(route.method, { route, names });
  }

  /** `words` are the decoded parts of the path, without empty ones. */
  match(method: string, words: readonly string[]): RouteMatch<R> {
    const allowed = new Set<string>();
    const found = this.#walk(this.#root, method, words, 0, [], allowed);
    if (found !== null) return found;
    return allowed.size > 0 ? { kind: "otherMethod", allowed: [...allowed].sort() } : { kind: "unknown" };
  }

  #walk(node: Node<R>, method: string, words: readonly string[], at: number, values: readonly string[], allowed: Set<string>): RouteMatch<R> | null {
    const word = words[at];
    if (word === undefined) {
      const entry = node.routes.get(method);
      for (const key of node.routes.keys()) allowed.add(key);
      if (entry === undefined) return null;
      return { kind: "found", route: entry.route, params: Object.fromEntries(entry.names.map((name, i) => [name, values[i] ?? ""])) };
    }
    const fixed = node.words.get(word.toLowerCase());
    const byWord = fixed === undefined ? null : this.#walk(fixed, method, words, at + 1, values, allowed);
    if (byWord !== null) return byWord;
    const byVariable = node.variable === null ? null : this.#walk(node.variable, method, words, at + 1, [...values, word], allowed);
    if (byVariable !== null || node.rest === null) return byVariable;
    return this.#walk(node.rest, method, words, words.length, [...values, words.slice(at).join("/")], allowed);
  }
}
