// The promise of the contract pipeline: one property added to a copy of the spec arrives in the validator, the
// SDK's types and the CLI's flags without any hand edit. The copy is type-checked and run for real.
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const run = promisify(execFile);
const root = path.resolve(import.meta.dirname, "../..");
const bin = (name: string): string => path.join(root, "node_modules/.bin", name);
const isSource = (source: string): boolean => !source.includes("node_modules") && !source.endsWith(".test.ts");

const property = `
  /** Name of the rack row that the hosts stand in. */
  @maxLength(12)
  rackRow?: string;
`;

/** A tree like the repository's, with its own contract and sdk and everybody else's packages by link. */
async function copyTree(target: string): Promise<void> {
  await cp(path.join(root, "spec"), path.join(target, "spec"), { recursive: true });
  for (const name of ["contract", "sdk"]) await cp(path.join(root, "packages", name), path.join(target, "packages", name), { recursive: true, filter: isSource });
  await mkdir(path.join(target, "node_modules/@cynosure"), { recursive: true });
  for (const entry of await readdir(path.join(root, "node_modules"))) {
    if (entry !== "@cynosure") await symlink(path.join(root, "node_modules", entry), path.join(target, "node_modules", entry));
  }
  for (const name of ["contract", "sdk"]) await symlink(path.join(target, "packages", name), path.join(target, "node_modules/@cynosure", name));
}

/** A program as a user of the SDK writes it: it compiles only if the property is in the types. */
const probe = `
import { cliVerbs, contractTypes, validate } from "@cynosure/sdk";
import type { ClusterProperties, ClusterUpdate } from "@cynosure/sdk";

const rackRow: ClusterProperties["rackRow"] = "row-a";
const patch: ClusterUpdate = { properties: { rackRow: null } };
const body = (value: unknown) => ({ location: "local", properties: { engine: "ceph", substrate: "local", hosts: { size: "small", count: 3 }, protection: { hostFailures: 1 }, rackRow: value } });
console.log(JSON.stringify({
  accepted: validate("Clusters_CreateOrUpdate", body(rackRow)),
  patched: validate("Clusters_Update", patch),
  refused: validate("Clusters_CreateOrUpdate", body("a-row-with-a-long-name")),
  misspelt: validate("Clusters_CreateOrUpdate", { location: "local", properties: { ...body("x").properties, rackRwo: "row-a" } }),
  flag: cliVerbs.find((verb) => verb.operationId === "Clusters_CreateOrUpdate")?.flags.find((flag) => flag.flag === "--rack-row"),
  described: contractTypes["ClusterProperties"],
}));
`;

describe("a property added to the spec", () => {
  let tree = "";
  let result: Record<string, unknown> = {};

  beforeAll(async () => {
    tree = await mkdtemp(path.join(tmpdir(), "cynosure-new-property-"));
    await copyTree(tree);
    const source = path.join(tree, "spec/cynosure-storage/cluster.tsp");
    const anchor = "model ClusterProperties {\n";
    const text = await readFile(source, "utf8");
    expect(text.includes(anchor)).toBe(true);
    await writeFile(source, text.replace(anchor, anchor + property.slice(1)));
    await run(bin("node"), [path.join(root, "tools/codegen/main.ts"), "--root", tree]);
    await writeFile(path.join(tree, "probe.ts"), probe);
    await writeFile(path.join(tree, "package.json"), JSON.stringify({ type: "module" }));
    const { stdout } = await run(bin("node"), [path.join(tree, "probe.ts")]);
    result = JSON.parse(stdout) as Record<string, unknown>; // our own probe prints one object
  });

  afterAll(async () => {
    await rm(tree, { recursive: true, force: true });
  });

  it("is accepted, checked and suggested by the validator", () => {
    expect(result["accepted"]).toEqual([]);
    expect(result["patched"]).toEqual([]);
    expect(result["refused"]).toEqual([{ target: "properties.rackRow", message: expect.stringContaining("at most 12") }]);
    expect(result["misspelt"]).toEqual([{ target: "properties.rackRwo", message: expect.stringContaining("did you mean rackRow?") }]);
  });

  it("is a flag of the CLI with its type and description", () => {
    expect(result["flag"]).toEqual({ flag: "--rack-row", path: ["properties", "rackRow"], type: "string", description: "Name of the rack row that the hosts stand in.", required: false });
  });

  it("is described to programs that make forms and tables of the contract", () => {
    expect(result["described"]).toMatchObject({ kind: "object", properties: { rackRow: { type: { kind: "scalar", type: "string", bounds: { maxLength: 12 } }, description: "Name of the rack row that the hosts stand in." } } });
  });

  it("is in the SDK's types", async () => {
    const config = { extends: path.join(root, "tsconfig.json"), compilerOptions: { incremental: false, tsBuildInfoFile: null }, include: ["probe.ts"], exclude: ["node_modules"] };
    await writeFile(path.join(tree, "tsconfig.json"), JSON.stringify(config));
    await expect(run(bin("tsc"), ["--noEmit", "-p", path.join(tree, "tsconfig.json")])).resolves.toBeDefined();
  });

  it("is in both OpenAPI documents", async () => {
    for (const name of ["openapi2.json", "openapi3.json"]) {
      const document = await readFile(path.join(tree, "spec/openapi/Cynosure.Storage/2026-12-01", name), "utf8");
      expect(document).toContain('"rackRow"');
    }
  });
});
