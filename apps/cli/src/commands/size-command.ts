// `cynosure size`: flags, files and exit code; what is computed and how it looks is in size/.
import { writeFileSync } from "node:fs";
import type { Command } from "commander";
import type { SizingAnswer } from "@cynosure/sdk";
import { CommandError, ExitCode } from "../exit-code.ts";
import type { ExitCodeValue } from "../exit-code.ts";
import type { Output } from "../output.ts";
import type { ProgramRun } from "../program-run.ts";
import { describeAnswer } from "../size/describe-answer.ts";
import { renderReport } from "../size/report/report.ts";
import { sizeFile } from "../size/size-file.ts";

interface SizeFlags {
  readonly html?: string;
  readonly catalogue?: string;
  readonly prices?: string;
  readonly site?: string;
  readonly all?: boolean;
}

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
      program.exitCode = await runSize(file, flags, program.output(), new Date().toISOString().slice(0, "YYYY-MM-DD".length));
    });
}

export async function runSize(path: string, flags: SizeFlags, output: Output, today: string): Promise<ExitCodeValue> {
  const sized = await sizeFile({ path, cataloguePath: flags.catalogue ?? null, pricesPath: flags.prices ?? null, today });
  const answer = flags.site === undefined ? sized.answer : onlySite(sized.answer, flags.site);
  if (flags.html !== undefined) {
    writeReport(flags.html, renderReport({ ...sized, answer, today }));
    output.note(`Written: ${flags.html}`);
  }
  output.result(answer, describeAnswer(answer, { isAll: flags.all ?? false, hypotheticalSizes: sized.hypotheticalSizes }));
  return answer.sites.every((site) => site.options.length > 0) ? ExitCode.ok : ExitCode.noOption;
}

function onlySite(answer: SizingAnswer, name: string): SizingAnswer {
  const sites = answer.sites.filter((site) => site.siteName === name);
  if (sites.length === 0) throw new CommandError(ExitCode.usage, `--site is "${name}", which the requirement does not have; sites: ${answer.sites.map((site) => site.siteName).join(", ")}`);
  return { ...answer, hypothetical: sites.some((site) => site.options.some((option) => option.hypothetical)), sites };
}

function writeReport(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (cause) {
    throw new CommandError(ExitCode.usage, `--html ${path} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}
