import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { listRuntimeBases, openInstallation } from "./installation.ts";
import { removeUnusedRuntimeDir } from "./leftovers.ts";
import { spawnDetached, stopProcess } from "./process.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "cyn-i-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));
const open = (name: string, base = join(root, "run")) => openInstallation({ homeDir: join(root, name), runtimeBaseDir: base });

describe("installation", () => {
  it("keeps its id for good, and its directories to itself", () => {
    const first = open("home");
    expect(first.id).toMatch(/^[0-9a-f]{8}$/);
    expect(open("home").id).toBe(first.id);
    for (const dir of [first.homeDir, first.pkiDir, first.hostsDir, first.runtimeDir, first.gatewaySocketDir]) expect(statSync(dir).mode & 0o777).toBe(0o700);
  });

  it("two homes are two installations", () => {
    expect(open("one").id).not.toBe(open("two").id);
  });

  it("a moved home stays itself, a copied one becomes another", () => {
    const first = open("home");
    renameSync(join(root, "home"), join(root, "moved"));
    expect(open("moved").id).toBe(first.id);
    open("original");
    cpSync(join(root, "original"), join(root, "copy"), { recursive: true });
    expect(open("copy").id).not.toBe(open("original").id);
  });

  it("is looked at without a directory for sockets, and keeps that directory while it is there, whatever a later session calls its own", () => {
    const looked = openInstallation({ homeDir: join(root, "home"), runtimeBaseDir: join(root, "run"), makesRuntimeDir: false });
    expect(existsSync(looked.runtimeDir)).toBe(false);
    const [before, after] = [join(root, "before"), join(root, "after")];
    for (const dir of [before, after]) mkdirSync(dir);
    const bases = listRuntimeBases(before);
    expect(bases).toContain(before);
    expect(bases.at(-1)).toBe(`/tmp/cynosure-${process.getuid?.()}`);
    const fallback = join(bases.at(-1) ?? "", "cynosure", looked.id);
    mkdirSync(fallback, { recursive: true, mode: 0o700 });
    try {
      expect(openInstallation({ homeDir: join(root, "home"), xdgRuntimeDir: after, makesRuntimeDir: false }).runtimeDir).toBe(fallback);
    } finally {
      rmSync(fallback, { recursive: true });
    }
  });

  it("leaves no directory for sockets once nobody uses it, and takes none away that is used", async () => {
    const opened = open("home");
    writeFileSync(join(opened.gatewaySocketDir, "gateway.sock"), "");
    removeUnusedRuntimeDir(opened);
    expect(existsSync(opened.gatewaySocketDir)).toBe(true);
    rmSync(join(opened.gatewaySocketDir, "gateway.sock"));
    const host = await spawnDetached({ argv: ["sleep", "60"], installationId: opened.id, logFile: join(root, "log") });
    removeUnusedRuntimeDir(opened);
    expect(existsSync(opened.gatewaySocketDir)).toBe(true);
    await stopProcess(host, { signal: "SIGKILL", timeoutMsMax: 5_000 });
    removeUnusedRuntimeDir(opened);
    expect(existsSync(opened.runtimeDir)).toBe(false);
    removeUnusedRuntimeDir(opened);
  });

  it("refuses a runtime directory whose sockets the kernel would refuse, and a damaged id", () => {
    expect(() => open("home", join(root, "x".repeat(100)))).toThrow(/takes \d+ bytes and Linux allows 107; set XDG_RUNTIME_DIR/);
    open("damaged");
    writeFileSync(join(root, "damaged/installation.json"), "{}");
    expect(() => open("damaged")).toThrow(/does not hold an installation id/);
  });
});
