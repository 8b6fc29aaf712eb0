// docs/reference/compared.md: the neighbours as they were counted, and ourselves as the route table has it.
import type { Route } from "@cynosure/contract";
import { neighbours } from "./neighbours.ts";

const OWN = "Cynosure.Storage";

/** Types that somebody can make, and those that can only be read. */
export function countOwn(routes: readonly Route[]) {
  const own = routes.filter((route) => route.namespace === OWN);
  const written = new Set(own.filter((route) => route.verb === "createOrUpdate").map((route) => route.resourceType));
  const read = new Set(own.filter((route) => route.verb === "read" && !written.has(route.resourceType)).map((route) => route.resourceType));
  const actions = own.filter((route) => route.verb === "action");
  return { operations: own.length, written: [...written].toSorted(), read: [...read].toSorted(), actions: actions.map((route) => `${route.resourceType.slice(OWN.length + 1)}/${route.action ?? ""}`.replace(/^\//, "")).toSorted() };
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] => [`| ${head.join(" | ")} |`, `| ${head.map(() => "---").join(" | ")} |`, ...rows.map((row) => `| ${row.join(" | ")} |`)];

export function renderCompared(routes: readonly Route[]): string {
  const own = countOwn(routes);
  const rows = neighbours.map((each) => [`${each.name} (\`${each.namespace}\`)`, each.types, each.operations, each.actions, each.replication, each.quotas, each.longWork, each.etags ? "yes" : "no", each.softDelete, each.nativeSurface]);
  const ours = [`**Cynosure** (\`${OWN}\`)`, `${own.written.length}, and ${own.read.length} that are only read`, String(own.operations), String(own.actions.length), "none yet", "capacity of a file system; bytes and files of any directory", "operations by status URL; every plan is a resource", "yes", "none yet", "the ARM surface is the whole surface"];
  return [
    "# Managed storage on Azure Resource Manager, compared",
    "",
    "Generated from `test/arm-contract/neighbours.ts` and our route table; do not edit. An operation is a method on a path. Our own numbers are counted when the",
    "page is made, those of others once, by hand or script, from what they have published; \"about\" marks a count that may be off by a few.",
    "",
    ...table(["Provider", "Types", "Operations", "Actions", "Replication in ARM", "Quotas in ARM", "Long work", "etag", "Soft delete", "Product's own API"], [...rows, ours]),
    "",
    `Ours by name: written ${own.written.map((type) => `\`${type}\``).join(", ")}; read ${own.read.map((type) => `\`${type}\``).join(", ")}; actions ${own.actions.map((action) => `\`${action}\``).join(", ")}.`,
    "",
    "## What we take from it",
    "",
    ...neighbours.map((each) => `- **${each.name}**: ${each.lesson}`),
    "",
    "## Sources",
    "",
    ...neighbours.map((each) => `- ${each.name}: ${each.source}.`),
    "",
  ].join("\n");
}
