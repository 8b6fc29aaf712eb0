// The trust edge for a request's URL: splits and decodes it once. Anything that decodes to a slash, to a
// control character or to broken text is refused here, so no later room meets it.
import { ControlPlaneError } from "@cynosure/model";
import { normalizePath } from "@cynosure/arm-protocol";

export const URL_LENGTH_MAX = 8192;

export interface RequestTarget {
  /** Decoded, without empty ones. */
  readonly words: readonly string[];
  /** Path and query as the client wrote them, `//` collapsed. */
  readonly pathAndQuery: string;
  /** First value of each parameter, names in lower case. */
  readonly query: Readonly<Record<string, string>>;
}

/** The characters of Unicode's category `Cc` that are in ASCII. */
const CONTROL_CHARACTER = /[\u0000-\u001f\u007f]/;

/** No control characters and no half of a surrogate pair: neither survives a database or a log. */
export const isCleanText = (text: string): boolean => text.isWellFormed() && !CONTROL_CHARACTER.test(text);

function decode(part: string, where: string): string {
  let text: string;
  try {
    text = decodeURIComponent(part);
  } catch (cause) {
    throw new ControlPlaneError("InvalidParameter", `The ${where} holds a percent sign that starts no valid UTF-8 escape. Encode '%' as '%25'.`, { target: where, cause });
  }
  if (!isCleanText(text)) throw new ControlPlaneError("InvalidParameter", `The ${where} holds a control character or broken text. Remove it.`, { target: where });
  return text;
}

export function parseRequestTarget(url: string): RequestTarget {
  if (url.length > URL_LENGTH_MAX) throw new ControlPlaneError("InvalidParameter", `The URL is ${url.length} characters long; at most ${URL_LENGTH_MAX} are accepted.`, { target: "url" });
  const mark = url.indexOf("?");
  const rawPath = mark < 0 ? url : url.slice(0, mark);
  const rawQuery = mark < 0 ? "" : url.slice(mark + 1);
  const path = normalizePath(rawPath);
  const words = path.split("/").filter((word) => word !== "").map((word) => decode(word, "path"));
  if (words.some((word) => word.includes("/") || word === "." || word === "..")) {
    throw new ControlPlaneError("InvalidParameter", "A part of the path is '.', '..' or holds an encoded '/'. No resource has such a name.", { target: "path" });
  }
  const query: Record<string, string> = Object.create(null) as Record<string, string>; // parameter names are the client's: no inherited members
  for (const pair of rawQuery.split("&")) {
    if (pair === "") continue;
    const equals = pair.indexOf("=");
    const name = decode((equals < 0 ? pair : pair.slice(0, equals)).replaceAll("+", " "), "query").toLowerCase();
    query[name] ??= equals < 0 ? "" : decode(pair.slice(equals + 1).replaceAll("+", " "), `query parameter '${name.slice(0, 40)}'`);
  }
  return { words, pathAndQuery: rawQuery === "" ? path : `${path}?${rawQuery}`, query };
}
