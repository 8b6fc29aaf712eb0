import { cpSync, mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openInstallation } from "./installation.ts";

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

  it("refuses a runtime directory whose sockets the kernel would refuse, and a damaged id", () => {
    expect(() => open("home", join(root, "x".repeat(100)))).toThrow(/takes \d+ bytes and Linux allows 107; set XDG_RUNTIME_DIR/);
    open("damaged");
    writeFileSync(join(root, "damaged/installation.json"), "{}");
    expect(() => open("damaged")).toThrow(/does not hold an installation id/);
  });
});
