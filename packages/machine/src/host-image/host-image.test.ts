import { existsSync, mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ensureHostImage, findHostImage, hostImageKey } from "./build.ts";
import { PUBLIC_MIRROR, findDebianMirror } from "./debian-archive.ts";
import { applyImageFixes } from "./fixes.ts";
import { findHostImageRecipe, hostImageRecipes } from "./recipes.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "cynosure-image-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function aptSources(files: Readonly<Record<string, string>>): string {
  mkdirSync(join(dir, "sources.list.d"), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
  return findDebianMirror(dir);
}

describe("host images", () => {
  it("have a key of all that goes in", () => {
    const recipe = findHostImageRecipe("ceph-18.2");
    expect(hostImageKey(recipe)).toMatch(/^[0-9a-f]{12}$/);
    expect(hostImageKey({ ...recipe, packages: [...recipe.packages, "tree"] })).not.toBe(hostImageKey(recipe));
    expect(new Set(hostImageRecipes.map(hostImageKey)).size).toBe(hostImageRecipes.length);
  });

  it("are taken from the cache without looking at the network", async () => {
    expect(findHostImage(dir, "ceph-18.2")).toBeNull();
    const made = join(dir, `ceph-18.2-${hostImageKey(findHostImageRecipe("ceph-18.2"))}`);
    mkdirSync(made);
    expect(await ensureHostImage({ name: "ceph-18.2", cacheDir: dir })).toMatchObject({ dir: made, cached: true });
    expect(findHostImage(dir, "ceph-18.2")).toBe(made);
  });

  it("an unknown name is refused with the known ones", async () => {
    await expect(ensureHostImage({ name: "ceph-99", cacheDir: dir })).rejects.toThrow(/no host image ceph-99; known images: ceph-18.2, ceph-16.2/);
  });

  it("carry what maintainer scripts would have made", () => {
    mkdirSync(join(dir, "etc"));
    mkdirSync(join(dir, "usr/share/ca-certificates/mozilla"), { recursive: true });
    for (const name of ["b", "a"]) writeFileSync(join(dir, `usr/share/ca-certificates/mozilla/${name}.crt`), `-${name}-\n\n`);
    writeFileSync(join(dir, "etc/services"), "sunrpc\t111/tcp\tportmapper\n");
    applyImageFixes(dir, findHostImageRecipe("ceph-18.2"));
    expect(readFileSync(join(dir, "etc/ssl/certs/ca-certificates.crt"), "utf8")).toBe("-a-\n-b-\n");
    expect(readFileSync(join(dir, "etc/services"), "utf8")).toBe("sunrpc\t111/tcp\tportmapper\nsunrpc\t\t111/udp\tportmapper\n");
    expect(readFileSync(join(dir, "etc/passwd"), "utf8")).toMatch(/^_rpc:x:\d+:/m);
    expect(readlinkSync(join(dir, "var/run"))).toBe("/run");
    expect(existsSync(join(dir, "opt/cynosure-node/bin"))).toBe(true);
    expect(readFileSync(join(dir, "usr/local/lib/python3.13/dist-packages/bcrypt.py"), "utf8")).toContain("crypt_gensalt_rn");
  });

  it("the replacement of bcrypt goes only where the suite's own fails", () => {
    mkdirSync(join(dir, "etc"));
    applyImageFixes(dir, findHostImageRecipe("ceph-16.2"));
    expect(existsSync(join(dir, "usr/local/lib"))).toBe(false);
  });
});

describe("the Debian mirror", () => {
  it("is the one the machine's own sources name", () => {
    expect(aptSources({ "sources.list.d/debian.sources": "# site mirror\nTypes: deb\nURIs: http://mirror.example.org/debian/\nSuites: bookworm bookworm-updates\nComponents: main\nSigned-By: /k.gpg\n" })).toBe("http://mirror.example.org/debian");
    expect(aptSources({ "sources.list": "deb [arch=amd64 signed-by=/k.gpg] https://cache.example.org/debian trixie main contrib # ours\n" })).toBe("https://cache.example.org/debian");
  });

  it("is never another distribution's, a security archive or a switched-off entry", () => {
    const sources = {
      "sources.list": "deb http://archive.example.org/ubuntu noble main\ndeb-src http://mirror.example.org/debian bookworm main\n",
      "sources.list.d/security.sources": "Types: deb\nURIs: http://mirror.example.org/debian-security\nSuites: bookworm-security\nComponents: main\n",
      "sources.list.d/off.sources": "Enabled: no\nTypes: deb\nURIs: http://mirror.example.org/debian\nSuites: bookworm\nComponents: main\n",
      "sources.list.d/extra.list.save": "deb http://mirror.example.org/debian bookworm main\n",
    };
    expect(aptSources(sources)).toBe(PUBLIC_MIRROR);
  });
});
