// What cannot be wanted of the inside of a cluster, and that it is refused before any engine is asked.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { noContents, type QuotaPolicy } from "@cynosure/model";
import { contentProblems } from "./content-problems.ts";
import { findLayoutProblems, plan } from "./plan.ts";
import { aPolicy, anInput } from "./testkit/index.ts";

const { fileSystems } = aPolicy(3);
const quota = (change: Partial<QuotaPolicy> = {}): QuotaPolicy => ({ name: "projects", fileSystem: "home", path: "/projects", hardLimitBytes: 1, ...change });
const targetsOf = (quotas: readonly QuotaPolicy[]): string[] => contentProblems({ ...noContents, fileSystems, quotas }).map(({ target }) => target);

describe("contents that cannot be wanted", () => {
  it("a snapshot or a quota of a file system that is not there is named, with the file system", () => {
    const problems = contentProblems({ ...noContents, snapshots: [{ name: "monday", fileSystem: "home" }], quotas: [quota()] });
    expect(problems).toMatchObject([{ target: "properties.snapshots.monday.fileSystem", message: expect.stringContaining("home") }, { target: "properties.quotas.projects.fileSystem" }]);
  });

  it.each(["", "projects", "//", "/projects/", "/a//b", "/.", "/a/../b", "/a/.snap", "/.snapshot/b", "/a\nb", "/a\u0000", `/${"é".repeat(128)}`])("a path %j is no directory's", (path) => {
    expect(targetsOf([quota({ path })])).toEqual(["properties.quotas.projects.path"]);
  });

  it.each(["/", "/projects", "/a/b c/ü", "/.hidden/..."])("a path %j is", (path) => {
    expect(targetsOf([quota({ path })])).toEqual([]);
  });

  it("a directory has one quota; the same path in another file system is another directory", () => {
    expect(targetsOf([quota(), quota({ name: "again" })])).toEqual(["properties.quotas.projects.path", "properties.quotas.again.path"]);
    const both = [...fileSystems, ...fileSystems.map((item) => ({ ...item, name: "scratch" }))];
    expect(contentProblems({ ...noContents, fileSystems: both, quotas: [quota(), quota({ name: "again", fileSystem: "scratch" })] })).toEqual([]);
  });

  it("no plan has them, and a first look says the same as a plan", () => {
    const contents = fc.record({ name: fc.constantFrom("one", "two"), fileSystem: fc.constantFrom("home", "nowhere"), path: fc.constantFrom("/", "/a", "/.."), hardLimitBytes: fc.constant(1) });
    fc.assert(
      fc.property(fc.uniqueArray(contents, { selector: ({ name }) => name }), (quotas) => {
        const input = anInput(aPolicy(3, { quotas }));
        const result = plan(input);
        expect(result.ok ? [] : result.problems).toEqual(findLayoutProblems(input));
        expect(result.ok).toBe(contentProblems(input.policy).length === 0);
      }),
    );
  });
});
