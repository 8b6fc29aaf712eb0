// Runs `npm run sim` as a process of its own and reads its lines: what both tests of the simulation do.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

export const root = new URL("../../..", import.meta.url).pathname;

export interface Line {
  readonly seed: number;
  readonly violation: { readonly invariant: string; readonly what: string } | null;
  readonly digest: string;
}

/** Every line the program says; it stops at the first seed that fails. */
export async function simulate(argv: readonly string[]): Promise<Line[]> {
  const child = spawn(process.execPath, [`${root}apps/simulator/src/main.ts`, "--json", ...argv], { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
  const exit = new Promise<number | null>((resolve) => child.once("close", resolve));
  const lines: Line[] = [];
  for await (const line of createInterface({ input: child.stdout })) lines.push(JSON.parse(line) as Line); // the program's own lines
  const code = await exit;
  const isSound = lines.every((line) => line.violation === null);
  if (code !== (isSound ? 0 : 1)) throw new Error(`the simulation ended with ${String(code)} after seed=${lines.at(-1)?.seed ?? "none"}`);
  return lines;
}

/** Runs `work` for each item, as many at once as the machine has cores. */
export async function forEachAtOnce<T, R>(items: readonly T[], atOnceMax: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const rest = [...items.entries()];
  const worker = async (): Promise<void> => {
    for (let next = rest.shift(); next !== undefined; next = rest.shift()) results[next[0]] = await work(next[1]);
  };
  await Promise.all(Array.from({ length: Math.max(1, atOnceMax) }, worker));
  return results;
}
