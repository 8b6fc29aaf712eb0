import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { openSharedState } from "./shared-state.ts";
import { newCluster } from "./world-state.ts";

const scratch = mkdtempSync(join(tmpdir(), "cynosure-shared-state-"));
afterAll(() => rmSync(scratch, { recursive: true }));
const module = new URL("shared-state.ts", import.meta.url).href;
const states = new URL("world-state.ts", import.meta.url).href;

/** Counts up a timer in the shared state `times` times, or until it is killed, and says each number it has stored. */
const count = (path: string, name: string, times: number): ChildProcess =>
  spawn(process.execPath, ["--disable-warning=ExperimentalWarning", "--input-type=module", "-e", `
    import { openSharedState } from ${JSON.stringify(module)};
    import { newCluster } from ${JSON.stringify(states)};
    const shared = openSharedState(${JSON.stringify(path)}, () => {});
    for (let i = 0; i < ${times}; i++) {
      shared.exclusively((state) => {
        const each = (state.clusters.c ??= newCluster());
        each.timers.total = (each.timers.total ?? 0) + 1;
        each.timers[${JSON.stringify(name)}] = i + 1;
        shared.store();
      });
      process.stdout.write("x");
    }`], { stdio: ["ignore", "pipe", "inherit"] });

describe("the state file of a simulated world", () => {
  it("loses no change when several processes change it at once, one of which is killed in the middle", async () => {
    const path = join(scratch, "many.json");
    const steady = [count(path, "a", 300), count(path, "b", 300)];
    const doomed = count(path, "doomed", 1_000_000);
    await once(doomed.stdout!, "data"); // piped above
    doomed.kill("SIGKILL");
    await once(doomed, "exit");
    for (const child of steady) if (child.exitCode === null) await once(child, "exit");
    const { timers } = openSharedState(path, () => {}).read().clusters["c"] ?? newCluster();
    expect(timers).toMatchObject({ a: 300, b: 300 });
    expect(timers["doomed"]).toBeGreaterThan(0);
    expect(timers["total"]).toBe(600 + (timers["doomed"] ?? 0));
  });

  it("tells who watches which clusters somebody else has changed, and shows them", async () => {
    const path = join(scratch, "told.json");
    const told = Promise.withResolvers<readonly string[]>();
    const ours = openSharedState(path, told.resolve);
    const theirs = openSharedState(path, () => {});
    theirs.exclusively((state) => {
      state.clusters["there"] = newCluster();
      theirs.store();
    });
    expect(await told.promise).toEqual(["there"]);
    expect(Object.keys(ours.read().clusters)).toEqual(["there"]);
  });

  it("adds a nested change to the change around it", () => {
    const shared = openSharedState(join(scratch, "nested.json"), () => {});
    shared.exclusively((outer) => {
      outer.clusters["c"] = newCluster();
      shared.exclusively((inner) => expect(inner).toBe(outer));
      expect(shared.read()).toBe(outer);
    });
  });
});
