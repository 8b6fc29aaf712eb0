import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { describeWhen } from "../../../../test/require.ts";
import { run } from "../run.ts";
import { runInImage } from "../run-in-image.ts";
import { findTool } from "../rungs.ts";
import { ensureHostImage, hostImageKey } from "./build.ts";
import type { HostImageProgress } from "./build.ts";
import { findDebianMirror } from "./debian-archive.ts";
import type { HostImageRecipe } from "./recipes.ts";

async function whyNot(): Promise<string | null> {
  const tools = ["mmdebstrap", "bwrap"].filter((tool) => findTool(tool) === null);
  if (tools.length > 0) return `needs ${tools.join(" and ")}`;
  const url = `${findDebianMirror()}/dists/trixie/Release`;
  const answer = await fetch(url, { method: "HEAD", signal: AbortSignal.timeout(10_000) }).catch(() => null);
  return answer?.ok === true ? null : `needs the Debian archive, and ${url} does not answer`;
}

const tiny: HostImageRecipe = {
  name: "tiny",
  suite: "trixie",
  packages: ["base-files", "dash", "hostname", "libc-bin"],
  pythonVersion: "3.13",
  compiledDirs: [],
  replacesBcrypt: false,
  proof: { argv: ["sh", "-c", "echo works"], expect: "works" },
  unpackedBytes: 50_000_000,
};

let cacheDir: string;
beforeEach(() => {
  cacheDir = mkdtempSync(join(tmpdir(), "cynosure-build-"));
});
afterEach(() => rmSync(cacheDir, { recursive: true, force: true }));

describeWhen(await whyNot(), "building a host image from the Debian archive", () => {
  it("is done once by one of two builders, says how far it is, and replaces what a killed builder left", async () => {
    const abandoned = join(cacheDir, `.building-tiny-${hostImageKey(tiny)}`);
    mkdirSync(abandoned);
    writeFileSync(join(abandoned, "half"), "");
    const seen: HostImageProgress["phase"][] = [];
    const build = () => ensureHostImage({ name: "tiny", recipe: tiny, cacheDir, onProgress: (progress) => seen.push(progress.phase) });
    const umask = process.umask(0o077);
    const both = await Promise.all([build(), build()]).finally(() => process.umask(umask));
    expect(both.map((image) => image.cached).sort()).toEqual([false, true]);
    const dir = both[0].dir;
    expect(readdirSync(cacheDir)).toEqual([`tiny-${hostImageKey(tiny)}`]);
    expect(new Set(seen)).toEqual(new Set(["downloading", "waiting", "extracting", "compiling", "checking", "ready"]));
    expect(existsSync(join(dir, "half"))).toBe(false);
    // Whoever builds it, under whatever umask: another user of the cache can read it, but for what its packages close.
    const closed = await run(["find", dir, "-not", "-type", "l", "-not", "-perm", "-o+r"]);
    expect(closed.stdout.trim().split("\n").filter((path) => ![`${dir}/root`, `${dir}/var/cache/ldconfig`].includes(path))).toEqual([]);
    expect(JSON.parse(readFileSync(join(dir, "etc/cynosure-image.json"), "utf8"))).toMatchObject({ name: "tiny", suite: "trixie", version: "works" });
    const inside = await runInImage({ imageDir: dir, argv: ["sh", "-c", "hostname -s; echo x > /etc/x"], network: "machine", timeoutMsMax: 10_000 });
    expect(inside.stderr).toContain("Read-only file system");
  });

  it("that fails says why and leaves nothing", async () => {
    const wrong = { ...tiny, proof: { ...tiny.proof, expect: "something else" } };
    await expect(ensureHostImage({ name: "tiny", recipe: wrong, cacheDir })).rejects.toThrow(/host image tiny could not be built: .*expected to say "something else" and said "works"/);
    await expect(ensureHostImage({ name: "tiny", recipe: { ...tiny, packages: ["no-such-package-anywhere"] }, cacheDir })).rejects.toThrow(/Unable to locate package no-such-package-anywhere/);
    await expect(ensureHostImage({ name: "tiny", recipe: { ...tiny, unpackedBytes: 1e15 }, cacheDir })).rejects.toThrow(/needs 1500000.0 GB .* set CYNOSURE_IMAGE_CACHE/);
    expect(readdirSync(cacheDir)).toEqual([]);
  });

  it("ends when it is told to stop, and leaves nothing", async () => {
    const stop = new AbortController();
    const build = ensureHostImage({ name: "tiny", recipe: tiny, cacheDir, signal: stop.signal, onProgress: ({ phase }) => phase === "downloading" && stop.abort() });
    await expect(build).rejects.toThrow(/was told to stop/);
    expect(readdirSync(cacheDir)).toEqual([]);
  });
});
