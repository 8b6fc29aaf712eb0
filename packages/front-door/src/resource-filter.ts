// What a `$filter` of the generic lists means: which resources it keeps, and which group or type it is bound to so
// that nobody else's rows are read for it. How it is written is in resource-filter-parser.ts.
import { normalizeLocation } from "@cynosure/arm-protocol";

export const FILTER_FIELDS = ["resourceType", "name", "resourceGroup", "location", "tagName", "tagValue"] as const;
export type FilterField = (typeof FILTER_FIELDS)[number];
export type FilterTest = "eq" | "ne" | "contains" | "startsWith";

export type ResourceFilter =
  | { readonly kind: "all" }
  | { readonly kind: "test"; readonly field: FilterField; readonly test: FilterTest; readonly value: string }
  | { readonly kind: "and" | "or"; readonly parts: readonly ResourceFilter[] };

export interface Filterable {
  readonly name: string;
  readonly type: string;
  readonly resourceGroup: string;
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
}

type Test = Extract<ResourceFilter, { kind: "test" }>;

const isOfTag = ({ field }: Test): boolean => field === "tagName" || field === "tagValue";
const isTagTest = (filter: ResourceFilter): filter is Test => filter.kind === "test" && isOfTag(filter);

export function matchesFilter(filter: ResourceFilter, item: Filterable): boolean {
  switch (filter.kind) {
    case "all":
      return true;
    case "or":
      return filter.parts.some((part) => matchesFilter(part, item));
    case "and": {
      // `tagName eq 'a' and tagValue eq 'b'` asks for one tag that is both.
      const parts = flattened(filter.parts);
      const tagTests = parts.filter(isTagTest);
      return parts.every((part) => isTagTest(part) || matchesFilter(part, item)) && (tagTests.length === 0 || hasTag(tagTests, item));
    }
    case "test":
      return isOfTag(filter) ? hasTag([filter], item) : compare(filter, normalized(filter.field, item[fieldOf(filter.field)]), normalized(filter.field, filter.value));
  }
}

const flattened = (parts: readonly ResourceFilter[]): readonly ResourceFilter[] => parts.flatMap((part) => (part.kind === "and" ? flattened(part.parts) : [part]));

const fieldOf = (field: FilterField): "name" | "type" | "resourceGroup" | "location" => {
  if (field === "resourceType") return "type";
  return field === "resourceGroup" || field === "location" ? field : "name";
};

/** Names and values of ours compare without case; what a tag holds is its user's text and does not. */
const normalized = (field: FilterField, value: string): string => (field === "location" ? normalizeLocation(value) : field === "tagValue" ? value : value.toLowerCase());

const hasTag = (tests: readonly Test[], item: Filterable): boolean =>
  Object.entries(item.tags).some(([name, value]) => tests.every((test) => compare(test, normalized(test.field, test.field === "tagName" ? name : value), normalized(test.field, test.value))));

function compare({ test }: Test, found: string, wanted: string): boolean {
  switch (test) {
    case "eq":
      return found === wanted;
    case "ne":
      return found !== wanted;
    case "contains":
      return found.includes(wanted);
    case "startsWith":
      return found.startsWith(wanted);
  }
}

/** The value every kept resource has in this field, when the filter says one. */
export function boundValue(filter: ResourceFilter, field: FilterField): string | null {
  const parts = filter.kind === "and" ? flattened(filter.parts) : [filter];
  const test = parts.find((part): part is Test => part.kind === "test" && part.test === "eq" && part.field === field);
  return test?.value ?? null;
}
