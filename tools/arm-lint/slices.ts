// A large OpenAPI 2 document in parts that each stand alone: the paths of some types, and the definitions and parameters that
// they reach. The rules take time that grows with the square of a document; what they judge is one type at a time.
type Json = Readonly<Record<string, unknown>>;

export interface OpenApi2 extends Json {
  readonly paths: Readonly<Record<string, Json>>;
  readonly definitions: Readonly<Record<string, Json>>;
}

const BELOW = "/clusters/{clusterName}/";

/** The first type of a path, with all that is below it. */
const rootOf = (path: string): string => path.slice(path.indexOf(BELOW) + BELOW.length).split("/")[0] ?? "";

export function slicesOf(document: OpenApi2, rootsPerSlice: number): readonly OpenApi2[] {
  const byRoot = Map.groupBy(Object.keys(document.paths), rootOf);
  const roots = [...byRoot.keys()];
  const count = Math.ceil(roots.length / rootsPerSlice);
  return Array.from({ length: count }, (_, at) => sliceOf(document, roots.slice(at * rootsPerSlice, (at + 1) * rootsPerSlice).flatMap((root) => byRoot.get(root) ?? [])));
}

function sliceOf(document: OpenApi2, names: readonly string[]): OpenApi2 {
  const paths = Object.fromEntries(names.map((name) => [name, document.paths[name] ?? {}]));
  return { ...document, paths, definitions: reached(document, paths) };
}

/** From a text, since a reference may stand anywhere. */
function reached({ definitions }: OpenApi2, from: unknown): OpenApi2["definitions"] {
  const found = new Map<string, Json>();
  const texts = [JSON.stringify(from)];
  for (let text = texts.pop(); text !== undefined; text = texts.pop()) {
    for (const [, name = ""] of text.matchAll(/"#\/definitions\/([^"]+)"/g)) {
      const definition = definitions[name];
      if (definition === undefined || found.has(name)) continue;
      found.set(name, definition);
      texts.push(JSON.stringify(definition));
    }
  }
  return Object.fromEntries(Object.keys(definitions).flatMap((name) => (found.has(name) ? [[name, found.get(name) ?? {}] as const] : [])));
}
