// `cynosure engine CLUSTER …`: the storage engine's own API of one cluster, as ARM has it. Which types and flags there are is
// known only when the cluster has said it, so the words after the cluster are read by run-engine.ts and not by the command tree.
import type { Command } from "commander";
import { connectPaths } from "../connect-paths.ts";
import { findConnection } from "../connect.ts";
import { CommandError, ExitCode } from "../exit-code.ts";
import type { ProgramRun } from "../program-run.ts";
import { createOutput } from "../output.ts";

const HELP = `
Commands:
  types [--search TEXT]            types, and actions of the cluster
  help TYPE [COMMAND|ACTION]       fields and flags, from its own document
  list TYPE [PARENT] [flags]       objects; flags filter, --top N says how many
  show TYPE NAME                   one object
  create TYPE NAME [flags]         creates it, or makes it as the flags say
  update TYPE NAME [flags]         changes what is given
  delete TYPE NAME [flags]         deletes it
  run TYPE [NAME] ACTION [flags]   an action of an object or of its collection
  run ACTION [flags]               an action of the cluster itself
  invoke METHOD PATH [--query A=B] [--body ...]
                                   the engine's own API as it is

A type may be written without the engine's name in front and in any casing:
views is vastViews. What there is one of has no name. An object within another
is named with both: delete users/accessKeys alice KEY.

Values: --body @FILE (@- is standard input) or --body JSON; over it
--set a.b=c and --set list[0]=c, JSON where it is JSON, several times for a
list; over both the flags that the engine's document makes of its fields:
--policy-id 3 --protocols NFS,S3.

  --resource-group <name>  Resource group. Default: that of the session.
  --no-wait                Return once the engine has accepted a change.
  --yes                    Do not ask before what ends data or service.`;

export function addEngineCommand(program: Command, run: ProgramRun, signal: AbortSignal): void {
  program
    .command("engine [cluster] [words...]")
    .description("The storage engine's own API of one cluster: types, objects, actions.")
    .usage("CLUSTER COMMAND …")
    .allowUnknownOption()
    .passThroughOptions()
    .helpOption(false)
    .addHelpText("after", HELP)
    .action(async (cluster: string | undefined, words: readonly string[], _options: unknown, command: Command) => {
      const before = words.slice(0, words.includes("--") ? words.indexOf("--") : words.length);
      const wantsHelp = before.some((word) => word === "--help" || word === "-h");
      if (cluster === undefined || cluster === "--help" || cluster === "-h" || (wantsHelp && words.length === 1)) return command.help();
      if (cluster.startsWith("-")) throw new CommandError(ExitCode.usage, `engine needs a cluster before ${cluster}: cynosure engine CLUSTER COMMAND …`);
      const connection = findConnection(process.cwd());
      const output = before.includes("--json") ? createOutput(true) : run.output();
      // Read when it is asked for: no other command waits for them.
      const [{ runEngine }, { rememberParity }] = await Promise.all([import("./run-engine.ts"), import("./parity-cache.ts")]);
      await runEngine(
        {
          calls: connectPaths(connection),
          output,
          signal,
          clusterName: cluster,
          resourceGroupName: resourceGroupIn(before) ?? connection.scope.resourceGroupName,
          assumeYes: before.includes("--yes"),
          noWait: before.includes("--no-wait"),
          remember: (parity) => rememberParity(connection, cluster, parity),
          endWith: (exitCode) => {
            run.exitCode = exitCode;
          },
        },
        words.filter((word, at) => at >= before.length || (word !== "--help" && word !== "-h")),
        wantsHelp,
      );
    });
}

function resourceGroupIn(words: readonly string[]): string | undefined {
  const at = words.findIndex((word) => word === "--resource-group" || word.startsWith("--resource-group="));
  return at < 0 ? undefined : words[at] === "--resource-group" ? words[at + 1] : words[at]?.slice("--resource-group=".length);
}
