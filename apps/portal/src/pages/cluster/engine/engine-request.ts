// Requests below a cluster that the contract does not list, since its engine brings them with it. Pure.
import type { PathRequest } from "@cynosure/sdk";

export function engineRequest({ group, name }: { readonly group: string; readonly name: string }, method: PathRequest["method"], words: readonly string[]): PathRequest {
  return { method, words: ["resourceGroups", group, "providers", "Cynosure.Storage", "clusters", name, ...words] };
}
