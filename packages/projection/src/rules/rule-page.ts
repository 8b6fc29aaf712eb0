// docs/reference/projection.md as text: the rules, what each placed in the stored documents, and what is kept apart.
// Computed from code and documents, so that the page cannot lie.
import { parityTotals } from "../build-catalogue.ts";
import type { Catalogue, CatalogueOperation, OperationClass } from "../catalogue.ts";
import type { EngineOverrides } from "../overrides/overrides.ts";
import { RULE_BOOK } from "./rule-book.ts";

export interface EnginePage {
  readonly title: string;
  readonly catalogue: Catalogue;
  readonly overrides: EngineOverrides;
}

const CLASSES: readonly (readonly [OperationClass, string])[] = [
  ["typed", "a verb of a resource type"],
  ["action", "a POST action"],
  ["keyed", "a verb or an action of a type named by its key"],
  ["transfer", "a file goes in or comes out"],
  ["gatewayOnly", "the native gateway alone"],
  ["unmapped", "nowhere: must be 0"],
];

const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): readonly string[] =>
  [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);

const operationsOf = (operations: readonly CatalogueOperation[], holds: (operation: CatalogueOperation) => boolean): readonly string[] =>
  operations.filter(holds).map(({ method, path, permission }) => `- \`${method} ${path}\`: \`${permission}\``);

export function renderProjectionPage(engines: readonly EnginePage[]): string {
  const titles = engines.map(({ title }) => title);
  const count = (holds: (operation: CatalogueOperation) => boolean): readonly number[] => engines.map(({ catalogue }) => catalogue.operations.filter(holds).length);
  return [
    "# Projection: every operation of an engine",
    "",
    "An engine's own API document is read once, and each of its operations gets one place: below `clusters/{name}` of ARM, or at the native gateway alone. `cynosure parity --engine vast|ceph` prints",
    "the places and ends with 1 when an operation has none. This page is written by a test from the rules and the stored facts (`packages/projection/documents`): paths, methods, parameters, names,",
    "types, enumerations and required flags of the published document, and none of its sentences.",
    "",
    "Two ways lead to an operation, under one permission: the ARM type or action below, and the [native gateway](gateway.md) under the engine's own path.",
    "",
    "## Classes",
    ...table(["Class", "Where", ...titles], CLASSES.map(([name, where]) => [`\`${name}\``, where, ...count((operation) => operation.class === name)])),
    "",
    ...engines.map(({ title, catalogue }) => {
      const { operations, types, actions } = parityTotals(catalogue);
      return `- ${title}: ${operations} operations, ${types} types, ${actions} actions; document \`${catalogue.documentHash}\`.`;
    }),
    "",
    "## Rules",
    "The first that speaks wins, in this order. A rule sees the words of the path, the method and the shape of the whole document; nothing is decided by the name of one operation except where an",
    "engine's data says so.",
    "",
    ...table(["Rule", "Says", ...titles], Object.entries(RULE_BOOK).map(([id, says]) => [id, says, ...count(({ rule }) => rule === id)])),
    "",
    "## Names",
    "- Types: the engine's name and the path's words, `views` → `vastViews`, `rgw/bucket` → `cephRgwBucket`; a parameter in the middle nests, `users/{id}/access_keys` → `vastUsers/accessKeys`. A type without the",
    "  engine's name in front is an error.",
    "- Actions: the words below the type, `close_smb_handle` → `closeSmbHandle`. Where several methods act at one path, one keeps the bare name (POST, PATCH, PUT, GET, DELETE in this order) and the others say their method.",
    "- Permissions: `Cynosure.Storage/clusters/<type>/read|write|delete`, `…/<type>/<action>/action`, and `Cynosure.Storage/clusters/<action>/action` for actions of the cluster. What is dangerous or hands out",
    "  secrets is below `Cynosure.Storage/clusters/engineInternals/`, which no wildcard of an Owner holds.",
    "- A path written twice, with its last slash and without, is one place; both forms are accepted.",
    "- For a real Azure Resource Manager the places of one document are written down as swagger and manifest: [export](projection-export.md).",
    "- Hash of a document: SHA-256 over its facts in canonical order. Other sentences or another order of paths change nothing.",
    "",
    ...engines.flatMap(describeEngine),
  ].join("\n");
}

function describeEngine({ title, catalogue, overrides }: EnginePage): readonly string[] {
  const { operations } = catalogue;
  const dangerous = operationsOf(operations, ({ danger }) => danger !== "none");
  const secret = operationsOf(operations, ({ danger, permission }) => danger === "none" && permission.includes("/engineInternals/"));
  const moving = operations.filter(({ hasSideEffects }) => hasSideEffects).map(({ method, path }) => `\`${method} ${path}\``);
  const keys = overrides.keyed.map(({ root, parts, sentIn }) => `- \`${root}\`: ${parts.map((part) => `\`${part}\``).join(", ")} in the ${sentIn}`);
  return [
    ...section(`## ${title}: keys`, keys),
    ...section(`## ${title}: internal or destructive (${dangerous.length})`, dangerous),
    ...section(`## ${title}: hands out secrets (${secret.length})`, secret),
    ...section(`## ${title}: GET that does something (${moving.length})`, moving.length === 0 ? [] : [`Never cached, repeated or given to readers: ${moving.join(", ")}.`]),
    ...section(`## ${title}: at the gateway alone`, operations.filter((operation) => operation.class === "gatewayOnly").map(({ method, path }) => `- \`${method} ${path}\``)),
  ];
}

const section = (head: string, lines: readonly string[]): readonly string[] => (lines.length === 0 ? [] : [head, ...lines, ""]);
