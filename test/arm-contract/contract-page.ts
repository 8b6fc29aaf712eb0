// docs/reference/arm-contract.md from the rows and the tests that hold them.
import type { HoldingTest } from "./held-by.ts";
import type { ContractRow } from "./rows.ts";

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ");
const shown = ({ file, title }: HoldingTest): string => `\`${file}\`: ${cell(title)}`;

export function renderContract(rows: readonly ContractRow[], held: ReadonlyMap<string, readonly HoldingTest[]>): string {
  const notMet = rows.filter((row) => row.notMet !== undefined);
  const titles = new Set([...held.values()].flat().map((test) => `${test.file} ${test.title}`));
  const lines = rows.map((row) => `| ${row.id} | ${row.who} | ${cell(row.demand)} | ${row.notMet === undefined ? (held.get(row.id) ?? []).map(shown).join("<br>") : `**Not met:** ${cell(row.notMet)}`} |`);
  return [
    "# The contract with Azure Resource Manager",
    "",
    "Generated from `test/arm-contract/rows.ts` and the titles of the tests; do not edit. A test begins its title with the id of the row it holds. A row with",
    "neither a test nor a reason, or with both, fails `test/arm-contract/contract-page.test.ts`. `UPDATE_GOLDEN=1` writes the page again.",
    "",
    `${rows.length} rows: ${rows.length - notMet.length} held by ${titles.size} tests, ${notMet.length} not met.`,
    "",
    "| Row | Whose | What it demands | Held by |",
    "| --- | --- | --- | --- |",
    ...lines,
    "",
  ].join("\n");
}
