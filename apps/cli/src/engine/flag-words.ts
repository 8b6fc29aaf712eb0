// Words of the command line to names and flags, where flags are those that the engine's document makes of its fields. Pure.
import type { NativeField } from "@cynosure/sdk";
import { CommandError, ExitCode } from "../exit-code.ts";
import { didYouMeanOr } from "./find-type.ts";

/** Flags of the command itself. They win over a field of the same name, which is then reached with --set. */
export type OwnFlags = Readonly<Record<string, "switch" | "value">>;

/** These are known of every command, at any place. */
export const COMMON_FLAGS: OwnFlags = { "--json": "switch", "--yes": "switch", "--help": "switch", "-h": "switch", "--no-wait": "switch", "--resource-group": "value" };
/** Those that take a body, or parameters. */
export const BODY_FLAGS: OwnFlags = { "--set": "value", "--body": "value" };

export interface ParsedWords {
  /** What is no flag and no value of one, in order. */
  readonly names: readonly string[];
  /** Own flags as they were given, `--set` several times. */
  readonly own: ReadonlyMap<string, readonly string[]>;
  /** Fields with the texts given for them. */
  readonly fields: ReadonlyMap<NativeField, { readonly flag: string; readonly texts: readonly string[] }>;
}

/** `policy_id` as `--policy-id`, `hostFailures` as `--host-failures`. */
export const flagOf = (name: string): string => `--${name.replaceAll(/([a-z0-9])([A-Z])/g, "$1-$2").replaceAll("_", "-").toLowerCase()}`;

export interface WordsMeaning {
  readonly own: OwnFlags;
  readonly fields: readonly NativeField[];
  /** Fields that can be given at creation and not now. */
  readonly createOnly?: readonly string[];
  /** "create vastViews", for errors. */
  readonly what: string;
  /** How to list the fields. */
  readonly help: string;
}

export function parseWords(words: readonly string[], meaning: WordsMeaning): ParsedWords {
  const names: string[] = [];
  const own = new Map<string, string[]>();
  const fields = new Map<NativeField, { flag: string; texts: string[] }>();
  const byFlag = fieldsByFlag(meaning.fields);
  const all: OwnFlags = { ...COMMON_FLAGS, ...meaning.own };
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    if (word === "--") {
      names.push(...words.slice(at + 1));
      break;
    }
    if (!word.startsWith("--") && word !== "-h") {
      names.push(word);
      continue;
    }
    const equals = word.indexOf("=");
    const flag = equals < 0 ? word : word.slice(0, equals);
    const inline = equals < 0 ? undefined : word.slice(equals + 1);
    const next = words[at + 1];
    const valueOf = (): string => {
      if (inline !== undefined) return inline;
      if (next === undefined || next.startsWith("--")) throw new CommandError(ExitCode.usage, `${flag} needs a value; write ${flag}=VALUE`);
      at += 1;
      return next;
    };
    const kind = Object.hasOwn(all, flag) ? all[flag] : undefined;
    if (kind !== undefined) {
      if (kind === "switch" && inline !== undefined && inline !== "true") throw new CommandError(ExitCode.usage, `${flag} takes no value`);
      own.set(flag, [...(own.get(flag) ?? []), kind === "switch" ? "true" : valueOf()]);
      continue;
    }
    const negated = flag.startsWith("--no-") && !byFlag.has(flag) ? byFlag.get(`--${flag.slice("--no-".length)}`) : undefined;
    const field = byFlag.get(flag) ?? (negated?.type === "boolean" && inline === undefined ? negated : undefined);
    const fixed = field === undefined ? meaning.createOnly?.find((name) => flag === flagOf(name) || flag === `--${name}`) : undefined;
    if (fixed !== undefined) throw new CommandError(ExitCode.usage, `${flag} is taken at creation only: ${fixed} of what is there stays as it is`);
    if (field === undefined) throw new CommandError(ExitCode.usage, `${meaning.what} has no ${flag}${didYouMeanOr(flag, [...byFlag.keys(), ...Object.keys(all)], `${meaning.help} lists what there is${Object.hasOwn(all, "--set") ? ", and --set NAME=VALUE sends what no document lists" : ""}`)}`);
    const given = fields.get(field) ?? { flag, texts: [] };
    if (field !== negated && field.type === "boolean" && inline === undefined && next !== "true" && next !== "false") given.texts.push("true");
    else given.texts.push(field === negated && !byFlag.has(flag) ? "false" : valueOf());
    fields.set(field, given);
  }
  return { names, own, fields };
}

/** By its name as the document has it too: `--policy_id`. */
function fieldsByFlag(fields: readonly NativeField[]): Map<string, NativeField> {
  const byFlag = new Map(fields.map((field) => [`--${field.name}`, field]));
  for (const field of fields) if (!byFlag.has(flagOf(field.name))) byFlag.set(flagOf(field.name), field);
  return byFlag;
}

/** The words before the first flag that is not common to all commands, and what is left: a type is known before its flags are. */
export function leadingWords(words: readonly string[]): readonly string[] {
  const leading: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    const kind = Object.hasOwn(COMMON_FLAGS, word) ? COMMON_FLAGS[word] : undefined;
    if (kind === "value") at += 1;
    else if (kind === undefined && !/^--resource-group=/.test(word)) {
      if (word.startsWith("--")) break;
      leading.push(word);
    }
  }
  return leading;
}
