// The trust edge for request bodies: bytes to JSON, bounded in size, depth and text. What passes here can
// be stored: no NUL, no half surrogate, no nesting that would exhaust a stack.
import { ControlPlaneError } from "@cynosure/model";
import { isCleanText } from "./request-target.ts";

export const BODY_BYTES_MAX = 4 * 1024 * 1024;
export const JSON_DEPTH_MAX = 64;
/** The largest body the contract allows holds about 16,000. Each wrong name costs time to describe. */
export const JSON_VALUES_MAX = 50_000;

/** `application/json` with any parameters; on a PATCH also the name of the rule it follows (RFC 7396). */
export function isJsonContentType(contentType: string | undefined, method: string): boolean {
  const media = (contentType ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
  return media === "application/json" || (method === "PATCH" && media === "application/merge-patch+json");
}

export function parseJsonBody(bytes: Uint8Array): unknown {
  if (bytes.byteLength === 0) return undefined;
  // Counted before it is parsed: parsing hundreds of thousands of names would hold up everybody else.
  if (countSeparators(bytes) >= JSON_VALUES_MAX) throw invalid(`The request body holds more than ${JSON_VALUES_MAX} values. Send less in one request.`, "$");
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw invalid("The request body is not valid UTF-8 text. Send JSON in UTF-8.", "$", cause);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw invalid(`The request content was invalid and could not be deserialized: ${describeJsonError(text, cause)}. Correct the JSON and send it again.`, "$", cause);
  }
  checkTree(value);
  return value;
}

/** The engine's message quotes the body, which may hold a secret: only the place is passed on. */
function describeJsonError(text: string, cause: unknown): string {
  const position = cause instanceof SyntaxError ? /at position (\d+)/.exec(cause.message)?.[1] : undefined;
  if (position === undefined) return "the JSON ends too early or holds an unexpected character";
  const before = text.slice(0, Number(position)).split("\n");
  return `unexpected character at line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];

/** Commas outside of texts: one less than the values of a body without nesting, and never more than all its values. */
function countSeparators(bytes: Uint8Array): number {
  let count = 0;
  let inText = false;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (inText && byte === BACKSLASH) at += 1;
    else if (byte === QUOTE) inText = !inText;
    else if (byte === COMMA && !inText) count += 1;
  }
  return count;
}

/** Walks without recursion: the depth is the client's choice. */
function checkTree(root: unknown): void {
  const open: { value: unknown; path: string; depth: number }[] = [{ value: root, path: "$", depth: 0 }];
  for (let item = open.pop(); item !== undefined; item = open.pop()) {
    const { value, path, depth } = item;
    if (depth > JSON_DEPTH_MAX) throw invalid(`The request body is nested deeper than ${JSON_DEPTH_MAX} levels.`, path.slice(0, 200));
    if (typeof value === "string" && !isStorableText(value)) throw invalid("The text holds a NUL character or half of a surrogate pair. Remove it.", path.slice(0, 200));
    if (typeof value === "number" && !Number.isFinite(value)) throw invalid("The number is outside the range of a 64-bit floating-point number.", path.slice(0, 200));
    if (typeof value !== "object" || value === null) continue;
    for (const [key, child] of Object.entries(value)) {
      if (!isCleanText(key)) throw invalid("A member name holds a control character or broken text. Remove it.", path.slice(0, 200));
      if (key === "__proto__") throw invalid("A member may not be named '__proto__'. Remove it.", path.slice(0, 200));
      open.push({ value: child, path: Array.isArray(value) ? `${path}[${key}]` : path === "$" ? key : `${path}.${key}`, depth: depth + 1 });
    }
  }
}

const isStorableText = (text: string): boolean => text.isWellFormed() && !text.includes("\u0000");

const invalid = (message: string, target: string, cause?: unknown): ControlPlaneError => new ControlPlaneError("InvalidRequestContent", message, cause === undefined ? { target } : { target, cause });
