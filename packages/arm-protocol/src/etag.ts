// Conditional requests (§10). `decideWrite` is the whole table: method, condition and existence in, verdict
// out. An empty header counts as absent.

export type WriteCondition =
  | { readonly kind: "none" }
  | { readonly kind: "ifMatchAny" }
  | { readonly kind: "ifMatch"; readonly etags: readonly string[] }
  | { readonly kind: "ifNoneMatchAny" }
  | { readonly kind: "ifNoneMatch"; readonly etags: readonly string[] };

export type WriteVerdict = "proceed" | "preconditionFailed" | "notFound" | "nothingToDelete";

/** Entity tags are compared without quotes and without the weak mark: our tags are opaque words. */
const bareTag = (text: string): string => text.trim().replace(/^W\//i, "").replace(/^"|"$/g, "");
const tagsOf = (header: string): string[] => header.split(",").map(bareTag).filter((tag) => tag !== "");

export function parseWriteCondition(headers: { readonly ifMatch?: string | undefined; readonly ifNoneMatch?: string | undefined }): WriteCondition {
  const ifMatch = headers.ifMatch?.trim() ?? "";
  if (ifMatch === "*") return { kind: "ifMatchAny" };
  if (ifMatch !== "") return { kind: "ifMatch", etags: tagsOf(ifMatch) };
  const ifNoneMatch = headers.ifNoneMatch?.trim() ?? "";
  if (ifNoneMatch === "*") return { kind: "ifNoneMatchAny" };
  if (ifNoneMatch !== "") return { kind: "ifNoneMatch", etags: tagsOf(ifNoneMatch) };
  return { kind: "none" };
}

function holds(condition: WriteCondition, etag: string | null): boolean {
  switch (condition.kind) {
    case "none":
      return true;
    case "ifMatchAny":
      return etag !== null;
    case "ifMatch":
      return etag !== null && condition.etags.includes(bareTag(etag));
    case "ifNoneMatchAny":
      return etag === null;
    case "ifNoneMatch":
      return etag === null || !condition.etags.includes(bareTag(etag));
  }
}

/** `etag` is that of the stored resource, null when there is none. */
export function decideWrite(method: "PUT" | "PATCH" | "DELETE", condition: WriteCondition, etag: string | null): WriteVerdict {
  // The table answers PATCH and DELETE of an absent resource before it looks at any condition.
  if (etag === null && method === "PATCH") return "notFound";
  if (etag === null && method === "DELETE") return "nothingToDelete";
  return holds(condition, etag) ? "proceed" : "preconditionFailed";
}

/** True when a GET with If-None-Match may be answered 304. */
export const isNotModified = (ifNoneMatch: string | undefined, etag: string): boolean => {
  const header = ifNoneMatch?.trim() ?? "";
  return header === "*" || tagsOf(header).includes(bareTag(etag));
};

/** As the `ETag` header carries it and as the body's `etag` repeats it. */
export const formatEtag = (etag: string): string => `"${bareTag(etag)}"`;
