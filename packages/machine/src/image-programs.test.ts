// Programs of an image in place, with an image made of this machine's own loader, C library and one tool.
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { describeWhen } from "../../../test/require.ts";
import { NODE_BY_IMAGE, inPlaceCommand, runInPlaceProblem, writeInPlacePrograms } from "./image-programs.ts";
import { runInPlace } from "./run-in-image.ts";
import { runOrThrow } from "./run.ts";

let image: string;
beforeEach(async () => {
  image = mkdtempSync(join(tmpdir(), "cynosure-in-place-"));
  const tool = realpathSync("/usr/bin/env");
  const { stdout } = await runOrThrow(["ldd", tool]);
  const libraries = join(image, "usr/lib", process.arch === "arm64" ? "aarch64-linux-gnu" : "x86_64-linux-gnu");
  for (const dir of [libraries, join(image, "usr/bin")]) mkdirSync(dir, { recursive: true });
  for (const match of stdout.matchAll(/(\/\S+) \(0x/g)) copyFileSync(realpathSync(match[1] ?? ""), join(libraries, (match[1] ?? "").split("/").at(-1) ?? ""));
  copyFileSync(tool, join(image, "usr/bin/fio"));
});
afterEach(() => rmSync(image, { recursive: true, force: true }));

const snapshot = (dir: string): readonly string[] => readdirSync(dir, { recursive: true }).map((name) => `${String(name)} ${statSync(join(dir, String(name))).mtimeMs}`);

describeWhen(runInPlaceProblem(), "a program of a host image in place", () => {
  it("runs by the image's loader and is told where the rest of the image is; the image is not written to", async () => {
    const before = snapshot(image);
    const { argv } = inPlaceCommand(image, ["fio", "-u", "HOME"]);
    expect(dirname(argv[0])).toContain(image);
    const result = await runInPlace({ imageDir: image, argv: ["fio"], timeoutMsMax: 10_000 });
    expect(result.stdout).toContain(`PYTHONHOME=${image}/usr\n`);
    expect(result.stdout).toContain(`--plugin-dir=${image}/usr/lib/`);
    expect(result.stdout).toContain("PYTHONDONTWRITEBYTECODE=1\n");
    expect(result.stdout).toContain("DBUS_SYSTEM_BUS_ADDRESS=unix:path=/nonexistent\n");
    expect(snapshot(image)).toEqual(before);
  });

  it("is never a program of the machine: what is not there, leads out, or needs another interpreter is refused by name", () => {
    symlinkSync("/usr/bin/env", join(image, "usr/bin/rados"));
    writeFileSync(join(image, "usr/bin/rbd"), "#!/bin/sh\n");
    chmodSync(join(image, "usr/bin/rbd"), 0o755);
    expect(() => inPlaceCommand(image, ["ceph-mon"])).toThrow(/has no program ceph-mon/);
    expect(() => inPlaceCommand(image, ["rados"])).toThrow(/has no program rados/);
    expect(() => inPlaceCommand(image, ["rbd"])).toThrow(/neither a binary nor a Python program/);
  });

  it("has no directory of programs but Node where the image has none, and what was offered before is taken away", () => {
    rmSync(join(image, "usr/bin/fio"));
    const dir = join(image, "programs");
    mkdirSync(dir);
    writeFileSync(join(dir, "ceph-of-an-earlier-image"), "");
    writeInPlacePrograms(dir, { imageDir: image, nodeBinary: process.execPath, hostName: "host-1" });
    expect(readdirSync(dir)).toEqual([NODE_BY_IMAGE]);
  });
});
