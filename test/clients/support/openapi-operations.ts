// The operations of our OpenAPI 2 documents by path, independent of the live validator: it drops a document or a
// path that it cannot read without a word, so what it should have found has to be known without it.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

export const openApiRoot = join(import.meta.dirname, "..", "..", "..", "spec", "openapi");

export interface DescribedOperation {
  readonly id: string;
  readonly method: string;
  readonly apiVersion: string;
  readonly path: string;
  readonly statuses: readonly string[];
  readonly isFrontDoor: boolean;
}

interface Document {
  readonly info: { readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly operationId?: string; readonly responses?: Readonly<Record<string, unknown>> }>>>>;
}

/** Below the root, as the live validator takes them. */
export const listDocuments = (): readonly string[] => readdirSync(openApiRoot, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith("openapi2.json")).sort();

const readDocument = (path: string): Document => JSON.parse(readFileSync(join(openApiRoot, path), "utf8")) as Document; // generated from our own contract

export const described: readonly DescribedOperation[] = listDocuments().flatMap((file) => {
  const document = readDocument(file);
  return Object.entries(document.paths).flatMap(([path, verbs]) =>
    Object.entries(verbs).flatMap(([method, { operationId, responses }]) =>
      operationId === undefined ? [] : [{ id: operationId, method: method.toUpperCase(), apiVersion: document.info.version, path, statuses: Object.keys(responses ?? {}), isFrontDoor: file.includes("FrontDoor") }],
    ),
  );
});

const patternOf = (path: string): RegExp => new RegExp(`^${path.split("/").map((word) => (word === "{scope}" ? ".+" : /^\{.*\}$/.test(word) ? "[^/]+" : word.replaceAll(".", "\\."))).join("/")}$`, "i");
const patterns = described.map((operation) => ({ operation, pattern: patternOf(operation.path), words: operation.path.split("/").filter((word) => !word.startsWith("{")).length }));

/** As a server routes it: slashes collapsed, letters in any case, the path with the most fixed words first. */
export function findOperation(method: string, url: string): DescribedOperation | null {
  const path = (url.split("?", 1)[0] ?? "").replaceAll(/\/\/+/g, "/").replace(/(.)\/$/, "$1");
  const found = patterns.filter(({ operation, pattern }) => operation.method === method && pattern.test(path)).sort((a, b) => b.words - a.words);
  return found[0]?.operation ?? null;
}
