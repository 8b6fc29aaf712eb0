// `cynosure size`: flags only; what is computed and how it looks is in size/.
import type { Command } from "commander";
import type { ProgramRun } from "../program-run.ts";
import type { SizeFlags } from "../size/run-size.ts";

export function addSizeCommand(command: Command, program: ProgramRun): void {
  command
    .command("size <file>")
    .description("Works out which hosts, how many and where would meet a requirement, and why; needs no control plane.")
    .option("--html <out>", "Also write the answer as a page with charts.")
    .option("--catalogue <file>", "Host sizes of your own beside the public ones.")
    .option("--prices <file>", "Prices of your own over the known ones; `catalogue refresh` writes such a file.")
    .option("--site <name>", "Answer for this site only.")
    .option("--all", "Show every option in detail.")
    .action(async (file: string, flags: SizeFlags) => {
      const { runSize } = await import("../size/run-size.ts");
      program.exitCode = await runSize(file, flags, program.output(), new Date().toISOString().slice(0, "YYYY-MM-DD".length));
    });
}
