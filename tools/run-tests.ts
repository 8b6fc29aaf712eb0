// `npm test`: type check, lint, structure, then every test. Prints each skip with its reason and ends with
// one plain line `N passed, N failed`. REQUIRE_ALL=1 (CI) first prepares the machine, and a skip fails.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

interface Tally {
  passed: number;
  failed: number;
  readonly skips: string[];
}

interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numFailedTestSuites: number;
  readonly success: boolean;
  readonly testResults: readonly { readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[] }[];
}

const root = new URL("..", import.meta.url).pathname;
const requireAll = process.env["REQUIRE_ALL"] === "1";

function run(argv: readonly string[], env: NodeJS.ProcessEnv = {}): boolean {
  const [command = "", ...rest] = argv;
  return spawnSync(command, rest, { cwd: root, stdio: ["ignore", "inherit", "inherit"], env: { ...process.env, ...env } }).status === 0;
}

function check(tally: Tally, title: string, argv: readonly string[]): void {
  const startedAt = process.hrtime.bigint();
  const ok = run(argv);
  const seconds = Number((process.hrtime.bigint() - startedAt) / 1_000_000n) / 1000;
  console.log(`${ok ? "ok    " : "FAILED"} ${title} (${seconds.toFixed(1)} s)`);
  if (ok) tally.passed += 1;
  else tally.failed += 1;
}

const exchangesOf = (project: string, scratch: string): string => join(scratch, `exchanges-${project}`);

/** Once over all that the project's tests said to the product and heard from it. */
const checkExchanges = (tally: Tally, project: string, scratch: string): void =>
  check(tally, `every exchange of the ${project} tests against the OpenAPI documents`, ["node", "test/clients/support/check-recorded.ts", exchangesOf(project, scratch)]);

function runVitest(tally: Tally, project: string, scratch: string): void {
  const reportPath = join(scratch, `${project}.json`);
  const exitOk = run(["vitest", "run", "--project", project, "--reporter=default", "--reporter=json", `--outputFile.json=${reportPath}`], { CYNOSURE_RECORD_EXCHANGES_DIR: exchangesOf(project, scratch) });
  let report: VitestReport;
  try {
    // The shape is vitest's own; only counts and names are read.
    report = JSON.parse(readFileSync(reportPath, "utf8")) as VitestReport;
  } catch (cause) {
    console.log(`FAILED ${project}: vitest left no report (${String(cause)})`);
    tally.failed += 1;
    return;
  }
  tally.passed += report.numPassedTests;
  tally.failed += report.numFailedTests;
  // A file that cannot be loaded has no failed test of its own, yet nothing in it ran.
  if (!exitOk && report.numFailedTests === 0) tally.failed += Math.max(1, report.numFailedTestSuites);
  for (const result of report.testResults) {
    for (const test of result.assertionResults) if (test.status === "pending" || test.status === "skipped") tally.skips.push(test.fullName.trim());
  }
}

const tally: Tally = { passed: 0, failed: 0, skips: [] };
const scratch = mkdtempSync(join(tmpdir(), "cynosure-test-"));
try {
  if (requireAll) check(tally, "prepare the machine (packages, host image)", ["node", "apps/cli/bin/cynosure.js", "prepare", "--yes"]);
  check(tally, "type check", ["tsc", "--noEmit", "-p", "tsconfig.json"]);
  check(tally, "type check of the portal", ["tsc", "--noEmit", "-p", "apps/portal/tsconfig.json"]);
  check(tally, "lint", ["eslint", ".", "--max-warnings", "0"]);
  check(tally, "structure", ["node", "tools/tidy/main.ts"]);
  runVitest(tally, "unit", scratch);
  checkExchanges(tally, "unit", scratch);
  runVitest(tally, "real", scratch);
  checkExchanges(tally, "real", scratch);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
for (const skip of tally.skips) console.log(`skipped: ${skip}`);
if (requireAll && tally.skips.length > 0) {
  console.log(`REQUIRE_ALL=1: ${tally.skips.length} skips count as failures`);
  tally.failed += tally.skips.length;
}
console.log(`${tally.passed} passed, ${tally.failed} failed`);
process.exitCode = tally.failed === 0 ? 0 : 1;
