// What of an exchange is not written down: members that the OpenAPI documents mark as secret, and tokens wherever
// somebody put one. Everything else stays byte for byte, because it is judged.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

export const LEFT_OUT = "(a secret, left out)";
const openApiRoot = join(import.meta.dirname, "..", "..", "..", "spec", "openapi");
const token = /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g;

let known: ReadonlySet<string> | undefined;
/** Read once, and only by who records. */
export const secretNames = (): ReadonlySet<string> => (known ??= readSecretNames());

function readSecretNames(): ReadonlySet<string> {
  const names = new Set<string>();
  for (const path of readdirSync(openApiRoot, { recursive: true, encoding: "utf8" }).filter((each) => each.endsWith("openapi2.json"))) {
    JSON.parse(readFileSync(join(openApiRoot, path), "utf8"), (name, value: unknown) => {
      if (typeof value === "object" && value !== null && "x-ms-secret" in value && value["x-ms-secret"] === true) names.add(name);
      return value;
    });
  }
  return names;
}

export const leaveOutTokens = (text: string): string => text.replace(token, LEFT_OUT);

/** Of a body; one that names a secret and cannot be read is left out whole. */
export function leaveOutSecrets(body: string): string {
  const plain = leaveOutTokens(body);
  const names = secretNames();
  if (![...names].some((name) => plain.includes(name))) return plain;
  try {
    return JSON.stringify(JSON.parse(plain, (name, value: unknown) => (names.has(name) && typeof value === "string" ? LEFT_OUT : value)));
  } catch {
    return LEFT_OUT;
  }
}
