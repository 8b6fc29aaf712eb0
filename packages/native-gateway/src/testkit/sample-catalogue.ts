// A small catalogue for tests of the gateway alone: a collection, an order, what is dangerous, what signs in.
import type { Catalogue, CatalogueOperation, NativeMethod } from "@cynosure/projection";

const operation = (method: NativeMethod, path: string, permission: string, change: Partial<CatalogueOperation> = {}): CatalogueOperation => ({
  method,
  path,
  class: "typed",
  rule: "R01",
  isFallback: false,
  armType: "vastViews",
  armVerb: "get",
  action: null,
  actionOn: null,
  pathParameters: [],
  queryParameters: [],
  bodyKind: method === "GET" ? null : "json",
  bodyFields: [],
  answerFields: [],
  answersList: false,
  key: null,
  isAsynchronous: false,
  hasSideEffects: false,
  danger: "none",
  permission: `Cynosure.Storage/clusters/${permission}`,
  ...change,
});

export const sampleCatalogue: Catalogue = {
  engine: "vast",
  documentHash: "0",
  types: [],
  operations: [
    operation("GET", "/views/", "vastViews/read", { answersList: true }),
    operation("POST", "/views/", "vastViews/write"),
    operation("GET", "/views/{id}/", "vastViews/read"),
    operation("PATCH", "/views/{id}/", "vastViews/write"),
    operation("DELETE", "/views/{id}/", "vastViews/delete"),
    operation("DELETE", "/users/{id}/access_keys/", "vastUsers/removeAccessKey/action"),
    operation("GET", "/hosts/discover", "vastHosts/discover/action", { hasSideEffects: true }),
    operation("POST", "/clusters/wipe/", "engineInternals/cluster/vastWipe/action", { danger: "destructive" }),
    operation("POST", "/clusters/{id}/upload_bundle/", "vastClusters/uploadBundle/action", { bodyKind: "multipart", class: "transfer" }),
    operation("GET", "/supportbundles/{id}/download/", "vastSupportbundles/download/action", { class: "transfer" }),
    operation("GET", "/versions/", "vastVersions/read", { answersList: true }),
    ...(["/login/", "/vms/{id}/login_banner/"] as const).map((path) => operation("GET", path, "none", { class: "gatewayOnly" })),
    ...(["/logout/", "/token/", "/token/refresh/"] as const).map((path) => operation("POST", path, "none", { class: "gatewayOnly" })),
    operation("PATCH", "/managers/password", "none", { class: "gatewayOnly" }),
  ],
};

const wordsOf = (path: string): string[] => path.split("/").filter((word) => word !== "");

export function findInSample(catalogue: Catalogue, method: string, words: readonly string[]): { readonly operation: CatalogueOperation } | null {
  const fits = (path: string): boolean => {
    const parts = wordsOf(path);
    return parts.length === words.length && parts.every((part, at) => part.startsWith("{") || part === words[at]);
  };
  const operation = catalogue.operations.find((each) => each.method === method && fits(each.path));
  return operation === undefined ? null : { operation };
}
