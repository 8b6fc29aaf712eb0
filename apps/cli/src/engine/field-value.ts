// Texts of the command line to a value of a field, as the engine's document describes it. Pure.
import type { NativeField } from "@cynosure/sdk";
import { CommandError, ExitCode } from "../exit-code.ts";
import { parseJson } from "../commands/verb-arguments.ts";
import { didYouMeanOr } from "./find-type.ts";
import { looseValue } from "./set-path.ts";

/** `texts`: what was given, one member each time it was given. */
export function fieldValue(field: NativeField, flag: string, texts: readonly string[]): unknown {
  const text = texts.at(-1) ?? "";
  if (field.type === "array") return arrayValue(field, flag, texts);
  if (texts.length > 1) throw new CommandError(ExitCode.usage, `${flag} is given ${texts.length} times; ${field.name} takes one value`);
  return oneValue(field, field.type, flag, text);
}

/** A JSON array, or its members: several times, or with commas between. */
function arrayValue(field: NativeField, flag: string, texts: readonly string[]): unknown {
  if (texts.length === 1 && (texts[0] ?? "").trimStart().startsWith("[")) return parseJson(flag, texts[0] ?? "");
  const itemType = field.itemType ?? "any";
  const isPlain = itemType !== "object" && itemType !== "array" && !texts.some((text) => /^\s*[[{"]/.test(text));
  return texts.flatMap((text) => (isPlain ? text.split(",").filter((each) => each !== "") : [text])).map((text) => oneValue(field, itemType, flag, text));
}

function oneValue(field: NativeField, type: string, flag: string, text: string): unknown {
  const value = typedValue(type, flag, text);
  return field.enum === undefined || value === null ? value : allowedValue(field, type, flag, value);
}

function typedValue(type: string, flag: string, text: string): unknown {
  switch (type) {
    case "string":
      return text;
    case "integer":
    case "number": {
      const value = Number(text);
      if (text.trim() === "" || !Number.isFinite(value) || (type === "integer" && !Number.isInteger(value))) throw new CommandError(ExitCode.usage, `${flag} is ${JSON.stringify(text)}; it must be a ${type === "integer" ? "whole " : ""}number`);
      return value;
    }
    case "boolean":
      if (text === "true" || text === "false") return text === "true";
      throw new CommandError(ExitCode.usage, `${flag} is ${JSON.stringify(text)}; it must be true or false`);
    case "object":
    case "array":
      return parseJson(flag, text);
    default:
      return looseValue(text);
  }
}

/** In any casing; sent in that of the document, which may be told as text for numbers too. */
function allowedValue({ enum: allowed = [] }: NativeField, type: string, flag: string, value: unknown): unknown {
  const text = String(value);
  const found = allowed.find((each) => String(each) === text) ?? allowed.find((each) => String(each).toLowerCase() === text.toLowerCase());
  if (found !== undefined) return type === "string" ? String(found) : type === "integer" || type === "number" ? Number(found) : found;
  throw new CommandError(ExitCode.usage, `${flag} is ${JSON.stringify(text)}; allowed: ${allowed.join(", ")}${didYouMeanOr(text, allowed.map(String), "--set sends another value")}`);
}

