// What may follow the words typed so far, from the command tree. Pure; what comes after a cluster's name is handed in.
import type { Command } from "commander";

/** `words`: after the program's name; the last one is being typed. */
export async function completeWords(program: Command, words: readonly string[], engineWords: (words: readonly string[]) => Promise<readonly string[]>): Promise<string[]> {
  const typed = words.at(-1) ?? "";
  let command = program;
  for (const [at, word] of words.slice(0, -1).entries()) {
    if (word.startsWith("-")) continue;
    const next = visibleCommands(command).find((each) => each.name() === word || each.aliases().includes(word));
    if (next === undefined) break;
    command = next;
    if (command.parent === program && command.name() === "engine") return startingWith(typed, await engineWords(words.slice(at + 1)));
  }
  const names = typed.startsWith("-") ? [...command.options.filter((option) => !option.hidden).map((option) => option.long ?? ""), "--help"] : visibleCommands(command).map((each) => each.name());
  return startingWith(typed, names);
}

const startingWith = (typed: string, words: readonly string[]): string[] => [...new Set(words)].filter((word) => word !== "" && word.toLowerCase().startsWith(typed.toLowerCase())).toSorted();

/** `help` lists what there is; a hidden command is for programs. */
const visibleCommands = (command: Command): readonly Command[] => command.createHelp().visibleCommands(command);
