// The trust edge for paths that go to an engine: decoded once, checked, and written anew. What is authorised is what is
// forwarded, byte for byte; whatever two programs could read in two ways is refused, not mended.
import { ControlPlaneError } from "@cynosure/model";
import { isCleanText } from "@cynosure/http-server";

export const NATIVE_URL_LENGTH_MAX = 8192;

export interface NativePath {
  /** Decoded. */
  readonly words: readonly string[];
  readonly hasSlashAtEnd: boolean;
  /** As the client wrote it, without the question mark; checked. */
  readonly query: string;
}

const refuse = (why: string, cause?: unknown): ControlPlaneError => new ControlPlaneError("InvalidParameter", `The path ${why}. Write it plainly, as the engine's own documentation does.`, { target: "path", ...(cause === undefined ? {} : { cause }) });

/** Of a request's target: `//` counts as `/`. */
export function parseNativePath(target: string): NativePath {
  if (target.length > NATIVE_URL_LENGTH_MAX) throw new ControlPlaneError("InvalidParameter", `The URL is ${target.length} characters long; at most ${NATIVE_URL_LENGTH_MAX} are accepted.`, { target: "url" });
  if (!target.startsWith("/")) throw refuse("is not of the form '/path'");
  const mark = target.indexOf("?");
  const path = mark < 0 ? target : target.slice(0, mark);
  const query = mark < 0 ? "" : target.slice(mark + 1);
  if (/[^\x21-\x7e]/.test(target) || target.includes("#")) throw refuse("or query holds characters that must be percent-encoded");
  const words = path.split("/").filter((word) => word !== "").map(decodeWord);
  checkQuery(query);
  return { words, hasSlashAtEnd: path.endsWith("/"), query };
}

function decodeWord(word: string): string {
  let text: string;
  try {
    text = decodeURIComponent(word);
  } catch (cause) {
    throw refuse("holds a percent sign that starts no valid UTF-8 escape", cause);
  }
  if (!isCleanText(text)) throw refuse("holds a control character or broken text");
  if (text === "." || text === "..") throw refuse("holds '.' or '..' as a part");
  if (/[/\\;]/.test(text)) throw refuse("holds a slash, a backslash or a semicolon inside a part");
  if (/%[0-9a-f]{2}/i.test(text)) throw refuse("is percent-encoded twice");
  // Compatibility forms fold to other characters in some servers: `．．` to `..`, `／` to `/`.
  if (/^\.{1,2}$|[/\\;%]/.test(text.normalize("NFKC")) && text.normalize("NFKC") !== text) throw refuse("holds a character that others read as a dot, a slash or a percent sign");
  return text;
}

/** Frameworks that let a parameter stand for the method would do something else than was authorised. */
const METHOD_PARAMETERS: ReadonlySet<string> = new Set(["_method", "_http_method", "x-http-method-override"]);

function checkQuery(query: string): void {
  for (const pair of query.split(/[&;]/)) {
    let name: string;
    try {
      name = decodeURIComponent((pair.split("=", 1)[0] ?? "").replaceAll("+", " "));
      decodeURIComponent(pair);
    } catch (cause) {
      throw new ControlPlaneError("InvalidParameter", "The query holds a percent sign that starts no valid UTF-8 escape. Encode '%' as '%25'.", { target: "query", cause });
    }
    if (METHOD_PARAMETERS.has(name.trim().toLowerCase())) throw new ControlPlaneError("InvalidParameter", `The query parameter '${name.trim()}' would change the method. Send the request with the method that is meant.`, { target: name.trim() });
  }
}

/** One spelling for each sequence of words. */
export const formatNativePath = (words: readonly string[], hasSlashAtEnd: boolean): string => `/${words.map(encodeURIComponent).join("/")}${hasSlashAtEnd && words.length > 0 ? "/" : ""}`;
