import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { tryToLead, waitToLead } from "./leader-lock.ts";

const scratch = mkdtempSync(join(tmpdir(), "cynosure-leader-"));
afterAll(() => rmSync(scratch, { recursive: true }));
const never = new AbortController().signal;

describe("leading", () => {
  it("is for one at a time, and passes on when it is given up", async () => {
    const path = join(scratch, "passes");
    const first = await tryToLead(path);
    expect(first).not.toBeNull();
    expect(await tryToLead(path)).toBeNull();
    const next = waitToLead(path, never);
    const other = waitToLead(path, never);
    await first?.release();
    const second = await Promise.race([next, other]);
    expect(await tryToLead(path)).toBeNull();
    await second.release();
    await (await Promise.all([next, other]).then(([one, two]) => (one === second ? two : one))).release();
  });

  it("passes on at once when the process that leads is killed", async () => {
    const path = join(scratch, "killed");
    const code = `import { tryToLead } from ${JSON.stringify(new URL("leader-lock.ts", import.meta.url).href)}; if ((await tryToLead(${JSON.stringify(path)})) !== null) process.stdout.write("leads"); setInterval(() => {}, 60_000);`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", code], { stdio: ["ignore", "pipe", "inherit"] });
    await once(child.stdout, "data");
    const next = waitToLead(path, never);
    expect(await tryToLead(path)).toBeNull();
    const killedAt = performance.now();
    child.kill("SIGKILL");
    await (await next).release();
    expect(performance.now() - killedAt).toBeLessThan(2_000);
  });

  it("is not waited for any longer once the wait is called off", async () => {
    const path = join(scratch, "off");
    const leader = await tryToLead(path);
    const off = new AbortController();
    const waiting = waitToLead(path, off.signal);
    off.abort(new Error("called off"));
    await expect(waiting).rejects.toThrow("called off");
    await leader?.release();
  });
});
