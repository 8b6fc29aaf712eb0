// The stored facts of the vendor's document and the catalogue made of them, by method and path.
import facts from "@cynosure/projection/documents/vast.json" with { type: "json" };
import type { ApiDocument, ApiField, ApiOperation, Catalogue, CatalogueOperation, ProjectedType } from "@cynosure/projection";
import { buildCatalogue, factsOf } from "@cynosure/projection";

export interface Document {
  readonly facts: ApiDocument;
  readonly catalogue: Catalogue;
  factsOf(operation: Pick<CatalogueOperation, "method" | "path">): ApiOperation;
  /** Fields that an object of a collection is answered with. */
  itemFields(collection: string): readonly ApiField[];
  typeOf(collection: string): ProjectedType | null;
}

let loaded: Document | null = null;

export function loadDocument(): Document {
  loaded ??= readDocument();
  return loaded;
}

function readDocument(): Document {
  const document = factsOf(facts);
  const catalogue = buildCatalogue("vast", document);
  const byOperation = new Map(document.operations.map((operation) => [`${operation.method} ${operation.path}`, operation]));
  const items = new Map<string, readonly ApiField[]>();
  for (const { method, path, answer } of document.operations) {
    const collection = collectionOf(path);
    if (method === "GET" && answer.fields.length > (items.get(collection)?.length ?? 0)) items.set(collection, answer.fields);
  }
  const types = new Map<string, ProjectedType>();
  for (const type of catalogue.types) {
    const path = type.paths.list?.path ?? type.paths.get?.path ?? type.paths.create?.path;
    if (path !== undefined) types.set(collectionOf(path), type);
  }
  return {
    facts: document,
    catalogue,
    factsOf({ method, path }) {
      const found = byOperation.get(`${method} ${path}`);
      if (found === undefined) throw new Error(`the document has no ${method} ${path}, though its catalogue has`);
      return found;
    },
    itemFields: (collection) => items.get(collection) ?? [],
    typeOf: (collection) => types.get(collection) ?? null,
  };
}

/** `/views/{id}/` and `/views/`: `views`. */
const collectionOf = (path: string): string => path.split("/").filter((word) => word !== "").join("/").replace(/\/\{[^}]+\}$/, "");

/** Two names of one collection. */
const ALIASES: Readonly<Record<string, string>> = { eventbrokers: "kafkabrokers" };

/** Where the objects of a call are kept: the words before an id. */
export const collectionName = (words: readonly string[]): string => words.map((word, at) => (at === 0 ? (ALIASES[word] ?? word) : word)).join("/");
