import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { withExclusive } from "./exclusive.ts";

describe("mutual exclusion by path", () => {
  it("lets one at a time through, and tells the others that they wait", async () => {
    let inside = 0;
    let most = 0;
    let waits = 0;
    const options = { timeoutMsMax: 20_000, onWait: () => void (waits += 1) };
    await Promise.all(
      Array.from({ length: 6 }, () =>
        withExclusive("/nowhere/shared", options, async () => {
          most = Math.max(most, (inside += 1));
          await new Promise((resolve) => setImmediate(resolve));
          inside -= 1;
        }),
      ),
    );
    expect(most).toBe(1);
    expect(waits).toBe(5);
  });

  it("is free again when its holder was killed, with nothing to clean up", async () => {
    const program = `import { withExclusive } from ${JSON.stringify(new URL("exclusive.ts", import.meta.url).href)};
      await withExclusive("/nowhere/killed", { timeoutMsMax: 1000 }, async () => { console.log("held"); await new Promise((r) => setTimeout(r, 60_000)); });`;
    const holder = spawn(process.execPath, ["--input-type=module", "-e", program], { stdio: ["ignore", "pipe", "inherit"] });
    await once(holder.stdout, "data");
    await expect(withExclusive("/nowhere/killed", { timeoutMsMax: 50 }, async () => "mine")).rejects.toThrow(/another process has been working on \/nowhere\/killed/);
    holder.kill("SIGKILL");
    expect(await withExclusive("/nowhere/killed", { timeoutMsMax: 10_000 }, async () => "mine")).toBe("mine");
  });

  it("gives the lock back when the work fails", async () => {
    await expect(withExclusive("/nowhere/failing", { timeoutMsMax: 1_000 }, () => Promise.reject(new Error("work failed")))).rejects.toThrow("work failed");
    expect(await withExclusive("/nowhere/failing", { timeoutMsMax: 1_000 }, async () => 1)).toBe(1);
  });
});
