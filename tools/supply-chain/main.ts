// `npm run supply-chain`: checks what is installed and what is locked, asks for known advisories, and keeps
// docs/reference/licences.md true (`-- --update` rewrites it). Exits 1 with each fault on a line of its own.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { checkAudit, runAudit } from "./audit.ts";
import { checkLockFile, licencePage, readExceptions, readLockFile } from "./lock-file.ts";

const root = new URL("../..", import.meta.url).pathname;
const pagePath = join(root, "docs/reference/licences.md");
const exceptions = readExceptions(root);
const packages = readLockFile(root, exceptions);
const faults = [...checkLockFile(packages, exceptions)];

const page = licencePage(packages, exceptions);
if (process.argv.includes("--update")) writeFileSync(pagePath, page);
if (!existsSync(pagePath) || readFileSync(pagePath, "utf8") !== page) faults.push("docs/reference/licences.md is not what the lock file says: review and run `npm run supply-chain -- --update`");

// The tree that is installed is the tree that is locked, whole.
const tree = spawnSync("npm", ["ls", "--all", "--json"], { cwd: root, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
const problems = (JSON.parse(tree.stdout) as { problems?: readonly string[] }).problems ?? []; // npm's own format
faults.push(...problems.filter((problem) => !Object.keys(exceptions.treeProblems).some((known) => problem.startsWith(known))).map((problem) => `npm ls: ${problem}; run npm ci, or explain it in exceptions.json`));
if (tree.status !== 0 && problems.length === 0) faults.push(`npm ls ended with ${tree.status}`);

const audit = runAudit(root);
faults.push(...checkAudit(audit, exceptions, new Date().toISOString().slice(0, 10)));

for (const fault of faults) console.log(fault);
console.log(audit.kind === "notOffered" ? `advisories: not known, ${audit.reason}` : `advisories: ${audit.found.length} found, ${exceptions.advisories.length} explained`);
console.log(`supply-chain: ${packages.length} packages, ${faults.length} faults`);
process.exitCode = faults.length === 0 ? 0 : 1;
