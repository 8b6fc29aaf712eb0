// The `$filter` of the generic resource list: equality of three fields, joined by `and`. Anything else is
// refused by name; a filter that is silently ignored would answer with other people's resources.
import { ControlPlaneError } from "@cynosure/model";

export interface ResourceFilter {
  readonly resourceGroup: string | null;
  readonly resourceType: string | null;
  readonly name: string | null;
}

const FIELDS = { resourcegroup: "resourceGroup", resourcetype: "resourceType", name: "name" } as const;
const CLAUSE = /^\(?\s*([a-z]+)\s+eq\s+'((?:[^']|'')*)'\s*\)?$/i;

export function parseResourceFilter(text: string | undefined): ResourceFilter {
  const filter: { resourceGroup: string | null; resourceType: string | null; name: string | null } = { resourceGroup: null, resourceType: null, name: null };
  if (text === undefined || text.trim() === "") return filter;
  for (const clause of text.split(/\s+and\s+/i)) {
    const match = CLAUSE.exec(clause.trim());
    const field = FIELDS[(match?.[1] ?? "").toLowerCase() as keyof typeof FIELDS] as (typeof FIELDS)[keyof typeof FIELDS] | undefined; // any word may be asked for
    if (match === null || field === undefined) {
      throw new ControlPlaneError("InvalidParameter", `The $filter '${text.slice(0, 200)}' is not supported. Use resourceGroup, resourceType or name with eq, joined by 'and', for example: resourceType eq 'Cynosure.Storage/clusters'.`, { target: "$filter" });
    }
    filter[field] = (match[2] ?? "").replaceAll("''", "'");
  }
  return filter;
}
