// One run of `cynosure size`: files in, table or JSON and report out, and the exit code. Loaded only when it is asked for: the catalogue and
// the solver are not needed to start a cluster.
import { writeFileSync } from "node:fs";
import type { SizingAnswer } from "@cynosure/sdk";
import { CommandError, ExitCode } from "../exit-code.ts";
import type { ExitCodeValue } from "../exit-code.ts";
import type { Output } from "../output.ts";
import { describeAnswer } from "./describe-answer.ts";
import { renderReport } from "./report/report.ts";
import { sizeFile } from "./size-file.ts";

export interface SizeFlags {
  readonly html?: string;
  readonly catalogue?: string;
  readonly prices?: string;
  readonly site?: string;
  readonly all?: boolean;
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
