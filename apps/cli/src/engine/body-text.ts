// What `--body` and files of the command line hold: read here, with their limits.
import { readFileSync, statSync } from "node:fs";
import { basename } from "node:path";
import { CommandError, ExitCode } from "../exit-code.ts";
import { parseJson } from "../commands/verb-arguments.ts";
import { readBody } from "../commands/run-verb.ts";

/** Of a file within a request; a larger one goes by URL. */
export const FILE_BYTES_MAX = 3 * 1024 * 1024;
const SECRET_BYTES_MAX = 64 * 1024;

/** `@FILE` or `@-` as JSON or YAML, else JSON itself. */
export function bodyOf(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  if (text.startsWith("@")) return readBody(text.slice(1));
  if (!/^\s*[{[]/.test(text)) throw new CommandError(ExitCode.usage, `--body is ${JSON.stringify(text)}; write --body @FILE, --body @- for standard input, or a JSON object`);
  return parseJson("--body", text);
}

/** The text of a file without the line's end at its end: a password. */
export function readSecret(path: string): string {
  return readBytes(path, SECRET_BYTES_MAX, "a secret").toString("utf8").replace(/\r?\n$/, "");
}

/** A file for the engine, as the control plane takes it. */
export function fileMembers(path: string): { readonly content: string; readonly fileName: string } {
  return { content: readBytes(path, FILE_BYTES_MAX, "a file given with --file (--source-uri has no limit)").toString("base64"), fileName: path === "-" ? "stdin" : basename(path) };
}

function readBytes(path: string, bytesMax: number, what: string): Buffer {
  const tooLarge = (): CommandError => new CommandError(ExitCode.usage, `${path} is over ${bytesMax} bytes, the most for ${what}`);
  try {
    if (path !== "-" && statSync(path).size > bytesMax) throw tooLarge();
    const bytes = readFileSync(path === "-" ? 0 : path);
    if (bytes.length > bytesMax) throw tooLarge();
    return bytes;
  } catch (cause) {
    if (cause instanceof CommandError) throw cause;
    throw new CommandError(ExitCode.usage, `${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}
