// Path matching (U1, T5): case-insensitive on every static word, casing of values kept, `//` counts as `/`.
// Knows nothing of what a route does; a path that exists under another method is told apart from one that
// does not exist at all, so that 405 and 404 are right.
import { normalizePath } from "@cynosure/arm-protocol";

export interface RoutePattern {
  readonly method: string;
  /** `/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}`; at its end `{*name}` takes all words that are left, one at least, with `/` between them. */
  readonly path: string;
  /** Of a path that ends in `{*name}`: whether it has these words at all, `rest` being what that name stands for. Where it has not, the route is as good as not there. */
  readonly takesRest?: (rest: readonly string[]) => boolean;
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

interface Asked {
  readonly method: string;
  readonly words: readonly string[];
  /** Methods under which the path exists, as they are found. */
  readonly allowed: Set<string>;
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
    const found = this.#walk(this.#root, { method, words, allowed }, 0, []);
    if (found !== null) return found;
    return allowed.size > 0 ? { kind: "otherMethod", allowed: [...allowed].sort() } : { kind: "unknown" };
  }

  #walk(node: Node<R>, asked: Asked, at: number, values: readonly string[]): RouteMatch<R> | null {
    const word = asked.words[at];
    if (word === undefined) return this.#choose(node, asked, values, []);
    const fixed = node.words.get(word.toLowerCase());
    const byWord = fixed === undefined ? null : this.#walk(fixed, asked, at + 1, values);
    if (byWord !== null) return byWord;
    const byVariable = node.variable === null ? null : this.#walk(node.variable, asked, at + 1, [...values, word]);
    if (byVariable !== null || node.rest === null) return byVariable;
    const rest = asked.words.slice(at);
    return this.#choose(node.rest, asked, [...values, rest.join("/")], rest);
  }

  #choose(node: Node<R>, { method, allowed }: Asked, values: readonly string[], rest: readonly string[]): RouteMatch<R> | null {
    const entry = node.routes.get(method);
    if (entry === undefined || entry.route.takesRest?.(rest) === false) {
      for (const [key, { route }] of node.routes) if (route.takesRest?.(rest) ?? true) allowed.add(key);
      return null;
    }
    const params: Record<string, string> = {};
    for (const [i, name] of entry.names.entries()) params[name] = values[i] ?? "";
    return { kind: "found", route: entry.route, params };
  }
}
