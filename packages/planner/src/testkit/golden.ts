// Golden texts beside the tests: compared as they are, rewritten when UPDATE_GOLDEN=1 and then reviewed.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The stored text; `actual` is stored first when UPDATE_GOLDEN=1. */
export function goldenText(name: string, besideUrl: string, actual: string): string {
  const path = fileURLToPath(new URL(`./${name}.golden.txt`, besideUrl));
  if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(path, actual);
  return existsSync(path) ? readFileSync(path, "utf8") : `(no golden text ${name}; run with UPDATE_GOLDEN=1 and review it)`;
}
