// `cynosure completion SHELL`, and `complete`, which its script calls while somebody types: it never fails and never asks long.
import type { Command } from "commander";
import { connectPaths } from "../connect-paths.ts";
import { findConnection } from "../connect.ts";
import type { Connection } from "../connect.ts";
import type { EngineParity } from "../engine/engine-parity.ts";
import { knownClusters, recallParity, rememberParity } from "../engine/parity-cache.ts";
import type { ProgramRun } from "../program-run.ts";
import { completeWords } from "./complete-words.ts";
import { completionScript } from "./completion-script.ts";

/** Longer nobody waits for a word. */
const ASK_MS_MAX = 2_000;

export function addCompletionCommands(program: Command, run: ProgramRun): void {
  program
    .command("completion <shell>")
    .description("Prints the script that completes commands and an engine's types in bash or zsh.")
    .addHelpText("after", "\nLoad it with: source <(cynosure completion bash)\nTypes and flags of engine commands are those the cluster said last.")
    .action((shell: string) => {
      const script = completionScript(shell);
      run.output().result({ shell, script }, [script]);
    });
  program
    .command("complete [words...]", { hidden: true })
    .allowUnknownOption()
    .passThroughOptions()
    .helpOption(false)
    .action(async (words: readonly string[]) => {
      const found = await completeWords(program, words, engineWords).catch(() => []);
      run.output().result(found, found);
    });
}

/** `words`: after `engine`. */
async function engineWords(words: readonly string[]): Promise<readonly string[]> {
  const connection = findConnection(process.cwd());
  const [cluster = "", ...rest] = words;
  if (rest.length === 0) return knownClusters(connection);
  const { completeEngine } = await import("./complete-engine.ts");
  return completeEngine(rest.length === 1 ? null : (recallParity(connection, cluster) ?? (await askShortly(connection, cluster))), rest);
}

async function askShortly(connection: Connection, clusterName: string): Promise<EngineParity | null> {
  const asked = connectPaths(connection).parityOf({ resourceGroupName: connection.scope.resourceGroupName, clusterName });
  const answer = await Promise.race([asked, new Promise<null>((resolve) => void setTimeout(resolve, ASK_MS_MAX, null))]);
  if (answer === null) return null;
  const parity = { ...answer, clusterName };
  rememberParity(connection, clusterName, parity);
  return parity;
}
