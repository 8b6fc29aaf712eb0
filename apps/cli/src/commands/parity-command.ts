// `cynosure parity`: whether every operation of an engine's own API document has a place, and which; `parity export` writes
// those places down for a real Azure Resource Manager. Asks no control plane.
import type { Command } from "commander";
import type { Catalogue } from "@cynosure/projection";
import { CommandError, ExitCode } from "../exit-code.ts";
import type { ProgramRun } from "../program-run.ts";

/** Of a terminal nobody widened. */
const COLUMNS = 80;

interface ParityOptions {
  readonly engine?: string;
  readonly schema?: string;
  readonly operations?: boolean;
}

interface ParityExportOptions extends Omit<ParityOptions, "operations"> {
  readonly format: string;
  readonly hash?: string;
  readonly output?: string;
}

const ENGINE = "vast or ceph.";
const SCHEMA = "The engine's API document, OpenAPI 3 as JSON. Default: the one known here.";

export function addParityCommand(command: Command, run: ProgramRun): void {
  const parity = command
    .command("parity")
    .description("The place of each operation of a storage engine's own API. Ends with 1 when one has none.")
    .option("--engine <name>", ENGINE)
    .option("--schema <file>", SCHEMA)
    .option("--operations", "One row an operation, with the rule that placed it.")
    .action((options: ParityOptions) => showParity(options, run));
  parity
    .command("export")
    .description("What a real Azure Resource Manager is told of these places, for one document.")
    .option("--engine <name>", ENGINE)
    .option("--schema <file>", SCHEMA)
    .requiredOption("--format <name>", "swagger (OpenAPI 2) or manifest (types and permissions).")
    .option("--hash <sha256>", "Hash that the document must have: ends with 2 when it has another.")
    .option("--output <file>", "File to write. Default: standard output.")
    // Options that both commands have are read by the outer one.
    .action((_: unknown, own: Command) => exportParity(own.optsWithGlobals<ParityExportOptions>(), run));
}

// Modules and documents are read when they are asked for: no other command waits for them.
async function catalogueOf({ engine, schema }: ParityOptions): Promise<Catalogue> {
  if (engine === undefined) throw new CommandError(ExitCode.usage, "--engine is missing; say --engine vast or --engine ceph");
  const { readCatalogue } = await import("../parity/read-document.ts");
  return readCatalogue(engine, schema);
}

async function showParity(options: ParityOptions, run: ProgramRun): Promise<void> {
  const [catalogue, { parityTotals }, { describeOperations, describeParity }] = await Promise.all([catalogueOf(options), import("@cynosure/projection"), import("../parity/describe-parity.ts")]);
  const totals = parityTotals(catalogue);
  const output = run.output();
  const rows = options.operations === true ? { table: catalogue.operations.map(({ method, path, class: kind, rule, armType, armVerb, action, actionOn, permission, danger, isAsynchronous }) => ({ method, path, class: kind, rule, armType, armVerb, action, actionOn, permission, danger, isAsynchronous })) } : {};
  output.result({ engine: catalogue.engine, documentHash: catalogue.documentHash, ...totals, ...rows }, options.operations === true ? describeOperations(catalogue.operations, COLUMNS) : describeParity(catalogue, totals, COLUMNS));
  if (totals.unmapped > 0 || totals.fallback > 0) run.exitCode = ExitCode.failed;
}

async function exportParity(options: ParityExportOptions, run: ProgramRun): Promise<void> {
  const [catalogue, { exportDocument }] = await Promise.all([catalogueOf(options), import("../parity/export-document.ts")]);
  await exportDocument(catalogue, options, run);
}
