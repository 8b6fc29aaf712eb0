// The command tree: fixed commands, and those made from the verb table. Builds only; main.ts runs it.
import { Command, CommanderError } from "commander";
import { cliVerbs } from "@cynosure/sdk";
import { addAuditCommands } from "./audit/audit-commands.ts";
import { addCatalogueCommand } from "./commands/catalogue-command.ts";
import { addClusterCommands } from "./commands/cluster-commands.ts";
import { addDoctorCommand } from "./commands/doctor-command.ts";
import { addEmulatorCommand } from "./commands/emulator-command.ts";
import { addLoginCommand } from "./commands/login-command.ts";
import { addResourceCommands } from "./commands/resource-commands.ts";
import { addParityCommand } from "./commands/parity-command.ts";
import { addPortalCommand } from "./commands/portal-command.ts";
import { extendPrincipalCommands } from "./commands/principal-commands.ts";
import { extendRoleCommands } from "./commands/role-commands.ts";
import { extendPlanCommands } from "./commands/plan-commands.ts";
import { addPrepareCommand } from "./commands/prepare-command.ts";
import type { VerbContext } from "./commands/run-verb.ts";
import { runVerb } from "./commands/run-verb.ts";
import { addSizeCommand } from "./commands/size-command.ts";
import { addUpCommand } from "./commands/up-command.ts";
import { addCompletionCommands } from "./completion/completion-commands.ts";
import { connect, findConnection } from "./connect.ts";
import { addEngineCommand } from "./engine/engine-command.ts";
import { exitCodeHelp } from "./exit-code.ts";
import { createOutput } from "./output.ts";
import type { ProgramRun } from "./program-run.ts";

/** The command tree and what became of its run. */
export interface Program extends ProgramRun {
  readonly command: Command;
}

export function buildProgram(signal: AbortSignal): Program {
  const command = new Command("cynosure");
  const program: Program = { command, output: () => createOutput(command.opts()["json"] === true), exitCode: 0 };
  command
    .description("Delivers and runs managed, high-performance storage clusters.")
    .version("0.1.0")
    .option("--json", "Print the result as JSON; everything else goes to standard error.")
    .showSuggestionAfterError()
    // Flags of `engine` come from a document and may be called like ours: --version.
    .enablePositionalOptions()
    .addHelpText("after", `\n${exitCodeHelp}`);
  const withContext = async (work: (context: VerbContext) => Promise<void>): Promise<void> => work({ arm: connect(findConnection(process.cwd())), output: program.output(), signal });
  addUpCommand(command, program, signal);
  addSizeCommand(command, program);
  addPrepareCommand(command, () => program.output(), signal);
  addLoginCommand(command, () => program.output(), signal);
  addPortalCommand(command, () => program.output());
  addDoctorCommand(command, program);
  addCatalogueCommand(command, () => program.output(), signal);
  addParityCommand(command, program);
  addEngineCommand(command, program, signal);
  addEmulatorCommand(command, program, signal);
  addResourceCommands(command, cliVerbs, (verb, positional, options) => withContext((context) => runVerb(context, verb, positional, options)));
  addClusterCommands(command, withContext);
  extendPlanCommands(command, withContext);
  addAuditCommands(command, program);
  extendRoleCommands(command, withContext);
  extendPrincipalCommands(command, withContext);
  addCompletionCommands(command, program);
  prepare(command);
  return program;
}

/** Every command throws instead of ending the process, and takes --json at any place. */
function prepare(command: Command): void {
  command.exitOverride().configureOutput({ writeErr: () => {} });
  for (const child of command.commands) {
    prepare(child);
    if (!child.options.some((option) => option.long === "--json")) {
      child.option("--json", "Print the result as JSON.");
      child.hook("preAction", (given) => {
        if (given.opts()["json"] === true) rootOf(given).setOptionValue("json", true);
      });
    }
  }
}

const rootOf = (command: Command): Command => (command.parent === null ? command : rootOf(command.parent));

export const isHelp = (error: unknown): boolean => error instanceof CommanderError && ["commander.helpDisplayed", "commander.help", "commander.version"].includes(error.code);
