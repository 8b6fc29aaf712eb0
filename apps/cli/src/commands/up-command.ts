// `cynosure up`: flags only; the work is in up/.
import type { Command } from "commander";
import { Option } from "commander";
import type { ProgramRun } from "../program-run.ts";
import { runUp } from "../up/up.ts";
import { ENGINE_CHOICES } from "../up/engine-choice.ts";
import type { EngineChoice } from "../up/engine-choice.ts";

export function addUpCommand(command: Command, program: ProgramRun, signal: AbortSignal): void {
  command
    .command("up")
    .description("Prepares this machine, starts the control plane, delivers the requirement, proves it, and stays until Ctrl-C.")
    .option("--yes", "Answer every question with yes.")
    .option("--no-install", "Install no packages; fail when some are missing.")
    .option("--exit-when-ready", "Stop everything and end once the cluster is verified.")
    .option("--fresh", "Forget all data of this checkout first.")
    .addOption(new Option("--rung <rung>", "How hosts are made: a root namespaces, b user namespaces, c in place without namespaces, d simulated. Default: the best this machine can do.").choices(["a", "b", "c", "d"]))
    .addOption(new Option("--engine <engine>", "The storage engine, instead of what the requirement names. vast is EMULATED here: its management server stands in for the vendor's, on simulated hosts. Default: the rung's.").choices([...ENGINE_CHOICES]))
    .option("--requirement <file>", "What to deliver. Default: examples/requirements/proof-of-concept.yaml.")
    .option("--json", "End with one JSON line on standard output; everything else goes to standard error.")
    .action(async (options: { yes?: boolean; install?: boolean; exitWhenReady?: boolean; fresh?: boolean; rung?: string; engine?: EngineChoice; requirement?: string; json?: boolean }) => {
      if (options.json === true) command.setOptionValue("json", true);
      program.exitCode = await runUp(
        {
          assumeYes: options.yes ?? false,
          mayInstall: options.install ?? true,
          exitWhenReady: options.exitWhenReady ?? false,
          isFresh: options.fresh ?? false,
          rung: options.rung ?? null,
          engine: options.engine ?? null,
          requirementPath: options.requirement ?? null,
        },
        program.output(),
        signal,
      );
    });
}
