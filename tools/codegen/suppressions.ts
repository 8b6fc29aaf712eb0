// Holds the TypeSpec sources to one allow-list: every `#suppress` is an entry of spec/suppressions.json with
// the same rule, place and reason, and no entry is left over. A silent suppression is how rules rot.
import { readFile, readdir } from "node:fs/promises";
import path from "node:path";

interface Suppression {
  readonly rule: string;
  /** File below spec/ and the line that follows the directives. */
  readonly place: string;
  readonly reason: string;
}

const directive = /^\s*#suppress\s+"([^"]+)"\s+"([^"]*)"\s*$/;

async function readSources(specDir: string): Promise<Suppression[]> {
  const found: Suppression[] = [];
  const files = (await readdir(specDir, { recursive: true })).filter((file) => file.endsWith(".tsp")).sort();
  for (const file of files) {
    const lines = (await readFile(path.join(specDir, file), "utf8")).split("\n");
    for (const [index, line] of lines.entries()) {
      if (!line.includes("#suppress")) continue;
      const [, rule, reason] = directive.exec(line) ?? [];
      if (rule === undefined || reason === undefined || reason === "") throw new Error(`${file}:${index + 1} suppresses without a rule and a reason on one line; add both`);
      const next = lines.slice(index + 1).find((candidate) => !candidate.includes("#suppress")) ?? "";
      found.push({ rule, place: `${file}: ${next.trim()}`, reason });
    }
  }
  return found;
}

const key = (entry: Suppression): string => `${entry.rule}\n  at ${entry.place}\n  because ${entry.reason}`;

export async function checkSuppressions(specDir: string): Promise<void> {
  const listFile = path.join(specDir, "suppressions.json");
  // The file is ours; a wrong shape shows up as a mismatch below.
  const allowed = (JSON.parse(await readFile(listFile, "utf8")) as { suppressions: Suppression[] }).suppressions.map(key);
  const used = (await readSources(specDir)).map(key);
  const problems = [
    ...used.filter((entry) => !allowed.includes(entry)).map((entry) => `not in spec/suppressions.json: ${entry}`),
    ...allowed.filter((entry) => !used.includes(entry)).map((entry) => `in spec/suppressions.json but not in the sources: ${entry}`),
  ];
  if (problems.length > 0) throw new Error(`Suppressions and their allow-list differ:\n${problems.join("\n")}`);
}
