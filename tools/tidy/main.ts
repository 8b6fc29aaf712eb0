// `npm run tidy`: prints every violation of the structural rules and exits 1 when there is one.
// `--update` rewrites the package graph after a reviewed change.
import { readFileSync, writeFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { allChecks, packageGraph } from "./checks.ts";
import { listSourceFiles } from "./source-files.ts";

const root = new URL("../..", import.meta.url).pathname;
const files = listSourceFiles(root);
const violations = allChecks.flatMap((check) => check(files));

const graphPath = join(root, "docs/architecture/package-graph.txt");
const graph = packageGraph(files);
if (process.argv.includes("--update")) writeFileSync(graphPath, graph);
if (!existsSync(graphPath) || readFileSync(graphPath, "utf8") !== graph) {
  violations.push({ rule: "graph", path: "docs/architecture/package-graph.txt", line: 1, message: "the package graph changed: review it and run `npm run tidy -- --update`" });
}

for (const { rule, path, line, message } of violations) console.log(`${path}:${line}: ${rule}: ${message}`);
console.log(`tidy: ${files.length} files, ${violations.length} violations`);
process.exitCode = violations.length === 0 ? 0 : 1;
