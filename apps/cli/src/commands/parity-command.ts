// `cynosure parity`: whether every operation of an engine's own API document has a place, and which. Asks no control plane.
import type { Command } from "commander";
import { ExitCode } from "../exit-code.ts";
import type { ProgramRun } from "../program-run.ts";

/** Of a terminal nobody widened. */
const COLUMNS = 80;

interface ParityOptions {
  readonly engine: string;
  readonly schema?: string;
  readonly operations?: boolean;
}

export function addParityCommand(command: Command, run: ProgramRun): void {
  command
    .command("parity")
    .description("The place of each operation of a storage engine's own API. Ends with 1 when one has none.")
    .requiredOption("--engine <name>", "vast or ceph.")
    .option("--schema <file>", "The engine's API document, OpenAPI 3 as JSON. Default: the one known here.")
    .option("--operations", "One row an operation, with the rule that placed it.")
    .action(async (options: ParityOptions) => {
      // Read when it is asked for: no other command waits for the documents.
      const [{ readCatalogue }, { parityTotals }, { describeOperations, describeParity }] = await Promise.all([import("../parity/read-document.ts"), import("@cynosure/projection"), import("../parity/describe-parity.ts")]);
      const catalogue = await readCatalogue(options.engine, options.schema);
      const totals = parityTotals(catalogue);
      const output = run.output();
      const rows = options.operations === true ? { table: catalogue.operations.map(({ method, path, class: kind, rule, armType, armVerb, action, actionOn, permission, danger, isAsynchronous }) => ({ method, path, class: kind, rule, armType, armVerb, action, actionOn, permission, danger, isAsynchronous })) } : {};
      output.result({ engine: catalogue.engine, documentHash: catalogue.documentHash, ...totals, ...rows }, options.operations === true ? describeOperations(catalogue.operations, COLUMNS) : describeParity(catalogue, totals, COLUMNS));
      if (totals.unmapped > 0 || totals.fallback > 0) run.exitCode = ExitCode.failed;
    });
}
