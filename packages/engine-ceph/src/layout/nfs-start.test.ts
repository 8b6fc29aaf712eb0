// The watch beside a gateway, run for real by a shell: `nfs-ls` is a script that answers as the test tells it,
// the gateway a process that notes the signals it gets.
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { serveExportsScript } from "./nfs-start.ts";

let dir: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "nfs-start-"));
  // Answers with the code in the file named after the export; writes down that it was asked.
  writeFileSync(join(dir, "nfs-ls"), `#!/bin/sh\necho "$1" >>${dir}/asked\nexport=\${1#nfs://gateway/}\nexit $(cat "${dir}/\${export%%\\?*}")\n`);
  chmodSync(join(dir, "nfs-ls"), 0o755);
  writeFileSync(join(dir, "ganesha.conf"), 'EXPORT {\n  Pseudo = "/home";\n}\nEXPORT {\n  Pseudo = "/work";\n}\n');
  answer(0, 0);
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  rmSync(dir, { recursive: true, force: true });
});

const answer = (home: number, work: number): void => {
  writeFileSync(join(dir, "home"), String(home));
  writeFileSync(join(dir, "work"), String(work));
};
const count = (file: string): number => (existsSync(join(dir, file)) ? readFileSync(join(dir, file), "utf8").trim().split("\n").length : 0);

async function watch(): Promise<{ isGone(): boolean }> {
  const gateway = spawn("sh", ["-c", `trap 'echo asked again >>${dir}/hangups' HUP; touch ${dir}/ready; while :; do sleep 0.02; done`], { stdio: "ignore" });
  children.push(gateway);
  await vi.waitFor(() => expect(existsSync(join(dir, "ready"))).toBe(true), { timeout: 30_000 });
  const watcher = spawn("sh", ["-c", serveExportsScript(0.05, 0.05), "serve", String(gateway.pid), join(dir, "ganesha.conf"), "gateway"], { stdio: "ignore", env: { PATH: `${dir}:${process.env["PATH"] ?? ""}` } });
  children.push(watcher);
  return { isGone: () => gateway.signalCode === "SIGKILL" };
}

const asked = async (times: number): Promise<void> => {
  const before = count("asked");
  await vi.waitFor(() => expect(count("asked")).toBeGreaterThanOrEqual(before + times), { timeout: 30_000 });
};

describe("the watch beside an NFS gateway", () => {
  it("asks it to read its exports again until each was served", async () => {
    answer(0, 1);
    const { isGone } = await watch();
    await vi.waitFor(() => expect(count("hangups")).toBeGreaterThan(1), { timeout: 30_000 });
    answer(0, 0);
    await asked(6);
    const hangups = count("hangups");
    await asked(8);
    expect(count("hangups")).toBe(hangups);
    expect(isGone()).toBe(false);
  });

  it("ends one that served and now refuses every export", async () => {
    const { isGone } = await watch();
    await asked(4);
    answer(1, 1);
    await vi.waitFor(() => expect(isGone()).toBe(true), { timeout: 30_000 });
  });

  it("leaves one alone that still serves an export, or that is silent", async () => {
    const { isGone } = await watch();
    await asked(4);
    answer(0, 1);
    await asked(12);
    answer(124, 124);
    await asked(12);
    answer(1, 124);
    await asked(12);
    expect(isGone()).toBe(false);
  });
});
