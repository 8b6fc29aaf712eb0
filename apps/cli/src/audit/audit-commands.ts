// `cynosure audit list`, `export` and `verify`. Verifying trusts nothing of the control plane: the key and the
// anchors come from files of the data directory, or from flags.
import { closeSync, createReadStream, existsSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Command } from "commander";
import { NotAnExportError, parseAnchorLines, publicKeyOfPem, verifyExport } from "@cynosure/audit";
import type { AuditAnchor, Verdict } from "@cynosure/audit";
import type { AuditRecordListResult } from "@cynosure/sdk";
import { connect, findConnection } from "../connect.ts";
import { nounCommand } from "../commands/resource-commands.ts";
import { findDataDir } from "../data-dir.ts";
import { CommandError, ExitCode } from "../exit-code.ts";
import type { ProgramRun } from "../program-run.ts";
import { describeRecords } from "./describe-records.ts";
import { describeVerdict } from "./describe-verdict.ts";
import { exportLines } from "./export-lines.ts";
import type { TimeRange } from "./export-lines.ts";

interface ExportOptions {
  readonly from?: string;
  readonly to?: string;
  readonly out: string;
}

interface VerifyOptions {
  readonly file?: string;
  readonly anchors?: string;
  readonly publicKey?: string;
}

export function addAuditCommands(command: Command, program: ProgramRun): void {
  const audit = nounCommand(command, "audit").description("The audit log: who did what, sealed so that a change shows.");
  // Made from the verb table; its records have columns of their own.
  audit.commands.find((each) => each.name() === "list")?.action(() => list(program));
  audit
    .command("export")
    .description("Writes rows, chain and signed anchors as JSON lines, for an auditor elsewhere.")
    .option("--from <time>", "Only rows from this time on, as 2026-12-01 or 2026-12-01T08:00:00Z.")
    .option("--to <time>", "Only rows up to this time.")
    .requiredOption("--out <file>", "File to write.")
    .action((options: ExportOptions) => writeExport(options, program));
  audit
    .command("verify")
    .description("Checks that no row was removed, changed, put in or cut off; exits 1 when one was.")
    .option("--file <export>", "An export to check, instead of asking the control plane.")
    .option("--anchors <file>", "Anchors kept outside the database. Default: audit-anchors.jsonl of the data directory.")
    .option("--public-key <file>", "Key the anchors are signed with, as PEM. Default: pki/audit-anchor.pub.pem of the data directory.")
    .action((options: VerifyOptions) => verify(options, program));
}

async function list(program: ProgramRun): Promise<void> {
  const { body } = await connect(findConnection(process.cwd())).sendAny("AuditLog_List", {}, undefined, {});
  const records = body as AuditRecordListResult; // the answer's type in the contract
  program.output().result(records, describeRecords(records.value));
}

async function writeExport(options: ExportOptions, program: ProgramRun): Promise<void> {
  const range = { fromMs: timeOf("--from", options.from), toMs: timeOf("--to", options.to) };
  const temporary = `${options.out}.${process.pid}.new`;
  let lines = 0;
  const file = openForWriting(temporary, options.out);
  try {
    for await (const line of exportLines(connect(findConnection(process.cwd())), range, Date.now())) {
      writeSync(file, line);
      lines += 1;
    }
    renameSync(temporary, options.out);
  } finally {
    closeSync(file);
    rmSync(temporary, { force: true });
  }
  program.output().result({ file: options.out, lines }, [`wrote ${lines} lines to ${options.out}; check it with: cynosure audit verify --file ${options.out}`]);
}

async function verify(options: VerifyOptions, program: ProgramRun): Promise<void> {
  const dataDir = findDataDir(process.cwd());
  const trustedPublicKeys = readPublicKeys(options.publicKey ?? (dataDir === null ? null : join(dataDir, "pki", "audit-anchor.pub.pem")));
  // Before the log itself: an anchor made meanwhile would reach further than what was read.
  const outside = readAnchors(options.anchors ?? null, dataDir);
  const verdict = await verdictOf(options.file, { trustedPublicKeys, outsideAnchors: outside.anchors });
  const notes = [...outside.notes, ...(verdict.laterAnchorCount === 0 ? [] : [`${verdict.laterAnchorCount} anchors are later than this export and say nothing of it`])];
  program.output().result({ ...verdict, notes }, describeVerdict(verdict, notes));
  if (!verdict.isSound) program.exitCode = ExitCode.failed;
}

async function verdictOf(file: string | undefined, known: Parameters<typeof verifyExport>[1]): Promise<Verdict> {
  const everything: TimeRange = { fromMs: null, toMs: null };
  try {
    return await verifyExport(file === undefined ? exportLines(connect(findConnection(process.cwd())), everything, Date.now()) : linesOf(file), known);
  } catch (error) {
    if (error instanceof NotAnExportError) throw new CommandError(ExitCode.usage, `--file ${file ?? ""} is no export: ${error.message}; write one with "cynosure audit export --out FILE"`, { cause: error });
    throw error;
  }
}

async function* linesOf(path: string): AsyncGenerator<string> {
  try {
    yield* createInterface({ input: createReadStream(path, "utf8"), crlfDelay: Infinity });
  } catch (cause) {
    throw unreadable("--file", path, cause);
  }
}

function readPublicKeys(path: string | null): readonly string[] {
  if (path === null || !existsSync(path)) {
    throw new CommandError(ExitCode.usage, `${path === null ? "there is no data directory here" : `${path} is not there`}; give the key of the installation with --public-key FILE, from a place that whoever has the database cannot write`);
  }
  try {
    const blocks = readFileSync(path, "utf8").match(/-----BEGIN PUBLIC KEY-----[^-]+-----END PUBLIC KEY-----/g) ?? [];
    if (blocks.length === 0) throw new Error("it holds no public key in PEM");
    return blocks.map(publicKeyOfPem);
  } catch (cause) {
    throw unreadable("--public-key", path, cause);
  }
}

function readAnchors(given: string | null, dataDir: string | null): { readonly anchors: readonly AuditAnchor[]; readonly notes: readonly string[] } {
  const path = given ?? (dataDir === null ? null : join(dataDir, "audit-anchors.jsonl"));
  if (path === null || (given === null && !existsSync(path))) {
    return { anchors: [], notes: ["no anchors from outside the database were given (--anchors FILE): a tail cut off together with its anchors would not show"] };
  }
  try {
    const { anchors, brokenLines } = parseAnchorLines(readFileSync(path, "utf8"));
    return { anchors, notes: brokenLines.length === 0 ? [] : [`${path} has ${brokenLines.length} lines that are no anchor (line ${brokenLines[0] ?? 0}); a crash while writing leaves one`] };
  } catch (cause) {
    throw unreadable("--anchors", path, cause);
  }
}

function openForWriting(path: string, out: string): number {
  try {
    return openSync(path, "wx", 0o600);
  } catch (cause) {
    throw new CommandError(ExitCode.usage, `--out ${out} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

const unreadable = (flag: string, path: string, cause: unknown): CommandError => new CommandError(ExitCode.usage, `${flag} ${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });

function timeOf(flag: string, given: string | undefined): number | null {
  if (given === undefined) return null;
  const atMs = Date.parse(given);
  if (Number.isNaN(atMs)) throw new CommandError(ExitCode.usage, `${flag} is "${given}"; it must be a time such as 2026-12-01 or 2026-12-01T08:00:00Z`);
  return atMs;
}
