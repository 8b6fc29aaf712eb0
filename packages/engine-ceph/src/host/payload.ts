// Validation of request payloads: they come over the network, so each field is checked here, once.
import { HostRequestError } from "./host-request-error.ts";

export type Fields = Readonly<Record<string, unknown>>;

const bad = (message: string): HostRequestError => new HostRequestError("BadPayload", message);

/** The payload as an object with no other keys than these. */
export function readFields(payload: unknown, keys: readonly string[]): Fields {
  if (typeof payload !== "object" || payload === null || Array.isArray(payload)) throw bad("the payload must be an object");
  const unknown = Object.keys(payload).find((key) => !keys.includes(key));
  if (unknown !== undefined) throw bad(`the payload has an unknown field ${unknown}`);
  return payload as Fields; // an object, as checked above
}

export function readText(fields: Fields, key: string, pattern: RegExp): string {
  const value = fields[key];
  if (typeof value !== "string" || !pattern.test(value)) throw bad(`field ${key} must be text like ${pattern.source}`);
  return value;
}

export function readInteger(fields: Fields, key: string, min: number, max: number): number {
  const value = fields[key];
  if (typeof value !== "number" || !Number.isInteger(value) || value < min || value > max) throw bad(`field ${key} must be a whole number from ${min} to ${max}`);
  return value;
}

export function readBoolean(fields: Fields, key: string): boolean {
  const value = fields[key];
  if (typeof value !== "boolean") throw bad(`field ${key} must be true or false`);
  return value;
}

export const COMMANDS_MAX = 500;

export interface CommandPayload {
  readonly target: "mon" | "mgr";
  readonly command: Fields & { readonly prefix: string };
}

export function readCommands(payload: unknown): CommandPayload[] {
  const { commands } = readFields(payload, ["commands"]);
  if (!Array.isArray(commands) || commands.length === 0 || commands.length > COMMANDS_MAX) throw bad(`field commands must be a list of 1 to ${COMMANDS_MAX}`);
  return commands.map((entry: unknown): CommandPayload => {
    const { target = "mon", command } = readFields(entry, ["target", "command"]);
    if (target !== "mon" && target !== "mgr") throw bad("a command goes to mon or mgr");
    if (typeof command !== "object" || command === null || Array.isArray(command) || !("prefix" in command) || typeof command.prefix !== "string" || command.prefix.length === 0) throw bad("a command must be an object with a prefix");
    return { target, command: { ...command, prefix: command.prefix } };
  });
}
