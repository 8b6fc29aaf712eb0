// A question with yes or no, asked where somebody can answer it.
import { createInterface } from "node:readline/promises";
import type { Output } from "./output.ts";

/** False when nobody can be asked. */
export async function ask(question: string, output: Output, signal: AbortSignal): Promise<boolean> {
  if (!process.stdin.isTTY || !output.notes.isTTY) return false;
  const terminal = createInterface({ input: process.stdin, output: output.notes });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `, { signal })).trim());
  } finally {
    terminal.close();
  }
}
