// The commands of every resource, made from the generated verb table: names, flags, help and required
// values come from the contract. Running a verb is handed in.
import { Option } from "commander";
import type { Command } from "commander";
import { cliVerbs } from "@cynosure/sdk";
import type { CliFlag, CliVerb } from "@cynosure/sdk";

/** One command typed: the verb, its positional argument, and commander's options. */
export type RunVerb = (verb: CliVerb, positional: string | undefined, options: Readonly<Record<string, unknown>>) => Promise<void>;

const DEFAULT_SCOPE = "resourceGroupName";

export function addResourceCommands(program: Command, verbs: readonly CliVerb[], run: RunVerb): void {
  for (const noun of new Set(verbs.map((verb) => verb.noun))) {
    const group = nounCommand(program, noun);
    for (const name of new Set(verbs.filter((verb) => verb.noun === noun).map((verb) => verb.verb))) {
      addVerb(group, verbs.filter((verb) => verb.noun === noun && verb.verb === name), run);
    }
  }
}

/** The command of a noun, made when it is not there yet. */
export function nounCommand(program: Command, noun: string): Command {
  return program.commands.find((command) => command.name() === noun) ?? program.command(noun).description(`Commands about ${plural(noun)}.`);
}

/** A command of the verb table with its verb, for those that do more than send and print. */
export function verbCommand(program: Command, noun: string, verbName: string): readonly [Command, CliVerb] {
  const command = program.commands.find((each) => each.name() === noun)?.commands.find((each) => each.name() === verbName);
  const verb = cliVerbs.find((each) => each.noun === noun && each.verb === verbName);
  if (command === undefined || verb === undefined) throw new Error(`the contract has no ${noun} ${verbName}`);
  return [command, verb];
}

const plural = (noun: string): string => `${noun.replaceAll("-", " ")}s`;

/** Several variants of one verb differ in their scope: the one with the resource group is meant unless --all. */
function addVerb(group: Command, variants: readonly CliVerb[], run: RunVerb): void {
  const narrow = variants.find((verb) => verb.parameters.some((parameter) => parameter.name === DEFAULT_SCOPE)) ?? variants[0];
  if (narrow === undefined) return;
  const wide = variants.find((verb) => verb !== narrow);
  const positional = narrow.parameters.find((parameter) => parameter.positional);
  const command = group.command(positional === undefined ? narrow.verb : `${narrow.verb} [${positional.flag.replace(/^--/, "")}]`).description(narrow.summary);
  if (narrow.alias !== undefined) command.alias(narrow.alias);
  const taken = new Set<string>();
  const add = (option: Option): void => {
    if (taken.has(option.long ?? option.flags)) return;
    taken.add(option.long ?? option.flags);
    command.addOption(option);
  };
  for (const parameter of narrow.parameters) add(new Option(`${parameter.flag} <value>`, parameter.fromSession ? `${parameter.description} Default: that of the session.` : parameter.description));
  for (const flag of narrow.flags) add(bodyOption(flag));
  if (narrow.flags.length > 0) add(new Option("--body <file>", "Whole body as JSON or YAML; flags given beside it win. - reads standard input."));
  if (narrow.longRunning) {
    add(new Option("--no-wait", "Return once the change is accepted."));
    add(new Option("--if-match <etag>", "Only when the resource still has this etag."));
  }
  if (wide !== undefined) add(new Option("--all", "In the whole subscription."));
  command.action((...given: unknown[]) => {
    // Commander hands over the positional arguments, then the options, then the command.
    const name = positional === undefined ? undefined : given[0];
    const options = command.opts<Record<string, unknown>>();
    const verb = wide !== undefined && options["all"] === true ? wide : narrow;
    return run(verb, typeof name === "string" ? name : undefined, options);
  });
}

function bodyOption(flag: CliFlag): Option {
  const hints = [flag.description, flag.required ? "Required." : "", flag.default === undefined ? "" : `Default: ${String(flag.default)}.`, flag.enum === undefined ? "" : `One of: ${flag.enum.join(", ")}.`];
  const placeholder = flag.type === "boolean" ? "[true|false]" : flag.type === "map" ? "<key=value...>" : flag.type === "string[]" ? "<value...>" : flag.type === "json" ? "<json>" : "<value>";
  return new Option(`${flag.flag} ${placeholder}`, hints.filter((hint) => hint !== "").join(" "));
}
