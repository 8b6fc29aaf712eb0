// The soak's short version (npm run bench -- soak runs half an hour): four clusters are made, written, read back
// and deleted side by side for three minutes on the simulated rung; nothing fails, grows or is left.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, it } from "vitest";
import { root } from "./support/cynosure.ts";

const MINUTES = 3;

interface Figures {
  readonly isSimulated: boolean;
  readonly isFlat: boolean;
  readonly turns: number;
  readonly failures: readonly string[];
  readonly left: readonly string[];
  readonly series: readonly { readonly name: string; readonly most: number; readonly verdict: { readonly isFlat: boolean; readonly why: string } }[];
}

it(
  `${MINUTES} minutes of create, write, verify and delete leave memory, descriptors, database and machine as they were`,
  async () => {
    const child = spawn(process.execPath, [join(root, "apps", "bench", "src", "main.ts"), "soak", "--minutes", String(MINUTES), "--json"], { stdio: ["ignore", "pipe", "inherit"] });
    let printed = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (printed += text));
    const [code] = (await once(child, "close")) as [number | null]; // the event's own arguments
    const figures = JSON.parse(printed) as Figures; // one line of the bench
    expect(figures.failures).toEqual([]);
    expect(figures.left).toEqual([]);
    expect(figures.series.filter((each) => !each.verdict.isFlat)).toEqual([]);
    expect(figures.series.map((each) => each.name)).toEqual(expect.arrayContaining(["control plane RSS MiB", "control plane descriptors", "PostgreSQL backends", "database MiB", "network namespaces", "rows cynosure.plans"]));
    expect(figures).toMatchObject({ isSimulated: true, isFlat: true });
    expect(figures.turns).toBeGreaterThan(4);
    expect(code).toBe(0);
  },
  (MINUTES + 4) * 60_000,
);
