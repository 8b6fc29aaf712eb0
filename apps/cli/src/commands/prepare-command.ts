// `cynosure prepare`: the first two chapters of `up` alone, for image builders and test machines: packages
// and host image, then it ends.
import type { Command } from "commander";
import { ownDataDir } from "../data-dir.ts";
import type { Output } from "../output.ts";
import { prepareMachine } from "../up/prepare-machine.ts";

export function addPrepareCommand(command: Command, output: () => Output, signal: AbortSignal): void {
  command
    .command("prepare")
    .description("Installs the packages this machine lacks and builds the host image; starts nothing.")
    .option("--yes", "Answer every question with yes.")
    .option("--no-install", "Install no packages; fail when some are missing.")
    .action(async (options: { yes?: boolean; install?: boolean }) => {
      const machine = await prepareMachine({ dataDir: ownDataDir(), rung: null, assumeYes: options.yes ?? false, mayInstall: options.install ?? true, output: output(), signal });
      await machine.ensureImage();
      output().result({ rung: machine.rung, imagesDir: machine.installation.imagesDir }, [`This machine is ready for rung ${machine.rung}.`]);
    });
}
