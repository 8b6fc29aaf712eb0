// From a generated verb and what was typed to one request: path parameters and body. Pure. Nothing of the
// contract is written here by hand: a property added to the specification arrives with the verb table.
import type { CliFlag, CliVerb } from "@cynosure/sdk";
import { CommandError, ExitCode } from "../exit-code.ts";

/** Path parameters that a session has defaults for. */
export type SessionDefaults = Readonly<Record<string, string>>;

export interface VerbRequest {
  readonly parameters: Readonly<Record<string, string>>;
  /** Undefined for operations without a body. */
  readonly body: unknown;
}

/** `--hosts-count` to the key commander keeps it under. */
export const optionKey = (flag: string): string => flag.replace(/^--/, "").replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

export function requestOf(verb: CliVerb, positional: string | undefined, options: Readonly<Record<string, unknown>>, session: SessionDefaults, bodyFile: unknown): VerbRequest {
  const parameters: Record<string, string> = {};
  for (const parameter of verb.parameters) {
    const given = options[optionKey(parameter.flag)];
    const value = typeof given === "string" ? given : parameter.positional && positional !== undefined ? positional : parameter.fromSession ? session[parameter.name] : undefined;
    if (value === undefined || value === "") throw new CommandError(ExitCode.usage, `${verb.noun} ${verb.verb} needs ${parameter.positional ? "a name" : parameter.flag}: ${parameter.description}`);
    parameters[parameter.name] = value;
  }
  return { parameters, body: verb.flags.length === 0 && bodyFile === undefined ? undefined : bodyOf(verb, options, session, bodyFile) };
}

function bodyOf(verb: CliVerb, options: Readonly<Record<string, unknown>>, session: SessionDefaults, bodyFile: unknown): unknown {
  const body: Record<string, unknown> = bodyFile === undefined ? {} : asObject(bodyFile);
  for (const flag of verb.flags) {
    // The session fills what nobody said; it does not overrule the body.
    const given = options[optionKey(flag.flag)] ?? (flag.path.length === 1 && read(body, flag.path) === undefined ? session[flag.path[0] ?? ""] : undefined);
    if (given === undefined) continue;
    put(body, flag.path, valueOf(flag, given));
  }
  const missing = verb.flags.filter((flag) => flag.required && read(body, flag.path) === undefined);
  if (missing.length > 0) throw new CommandError(ExitCode.usage, `${verb.noun} ${verb.verb} needs ${missing.map((flag) => flag.flag).join(", ")}, or the whole body with --body FILE`);
  return body;
}

function asObject(value: unknown): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new CommandError(ExitCode.usage, "--body must hold one JSON object");
  return structuredClone(value) as Record<string, unknown>; // a non-null object that is no array has string keys
}

function valueOf(flag: CliFlag, given: unknown): unknown {
  const texts = Array.isArray(given) ? given.map(String) : [String(given)];
  const text = texts.at(-1) ?? "";
  switch (flag.type) {
    case "string":
      return text;
    case "integer":
    case "number": {
      const value = Number(text);
      if (text.trim() === "" || !Number.isFinite(value) || (flag.type === "integer" && !Number.isInteger(value))) throw new CommandError(ExitCode.usage, `${flag.flag} is "${text}"; it must be a ${flag.type === "integer" ? "whole " : ""}number`);
      return value;
    }
    case "boolean":
      if (given === true || text === "true") return true;
      if (text === "false") return false;
      throw new CommandError(ExitCode.usage, `${flag.flag} is "${text}"; it must be true or false`);
    case "string[]":
      return texts.flatMap((each) => each.split(",")).filter((each) => each !== "");
    case "map":
      return Object.fromEntries(texts.map((each) => splitPair(flag.flag, each)));
    case "json":
      return parseJson(flag.flag, text);
  }
}

function splitPair(flag: string, text: string): [string, string] {
  const at = text.indexOf("=");
  if (at <= 0) throw new CommandError(ExitCode.usage, `${flag} is "${text}"; write key=value, once per pair`);
  return [text.slice(0, at), text.slice(at + 1)];
}

export function parseJson(what: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CommandError(ExitCode.usage, `${what} is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

function put(body: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [key = "", ...rest] = path;
  if (rest.length === 0) {
    body[key] = value;
    return;
  }
  const inner = body[key];
  const next: Record<string, unknown> = typeof inner === "object" && inner !== null && !Array.isArray(inner) ? (inner as Record<string, unknown>) : {}; // checked in this line
  body[key] = next;
  put(next, rest, value);
}

function read(body: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => (typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined), body); // checked in this line
}
