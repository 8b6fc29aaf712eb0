// `cynosure parity export` as a user meets it: both formats, printed or written, for the document that is meant.
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { CommandError, ExitCode } from "../exit-code.ts";
import { buildProgram } from "../program.ts";

let scratch: string;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), "cynosure-parity-export-"));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(scratch, { recursive: true });
});

async function run(...words: string[]): Promise<string> {
  const printed: string[] = [];
  vi.spyOn(process.stdout, "write").mockImplementation((text) => printed.push(String(text)) > 0);
  await buildProgram(new AbortController().signal).command.parseAsync(["node", "cynosure", "parity", "export", ...words]);
  return printed.join("");
}

const HASH = /^[0-9a-f]{64}$/;

describe("cynosure parity export", () => {
  it("prints the swagger of the document known here", async () => {
    const document = JSON.parse(await run("--engine", "ceph", "--format", "swagger")) as { readonly swagger: string; readonly info: Record<string, string>; readonly paths: object };
    expect(document).toMatchObject({ swagger: "2.0", info: { "x-cynosure-document-hash": expect.stringMatching(HASH) } });
    expect(Object.keys(document.paths).length).toBeGreaterThan(100);
  });

  it("writes the manifest to a file, and says what it wrote", async () => {
    const output = join(scratch, "manifest.json");
    const told = JSON.parse(await run("--engine", "vast", "--format", "manifest", "--output", output, "--json")) as { readonly documentHash: string };
    expect(told).toMatchObject({ format: "manifest", engine: "vast", output, leftOut: 6 });
    const written = JSON.parse(readFileSync(output, "utf8")) as { readonly manifest: { readonly resourceTypes: readonly unknown[] } };
    expect(written).toMatchObject({ manifest: { namespace: "Cynosure.Storage", metadata: { documentHash: told.documentHash } } });
    expect(written.manifest.resourceTypes).toHaveLength(135);
    expect(readdirSync(scratch)).toEqual(["manifest.json"]);
  });

  it("takes the hash of the document that is meant, in any casing, and refuses another by both names", async () => {
    const { info } = JSON.parse(await run("--engine", "ceph", "--format", "swagger")) as { readonly info: Record<string, string> };
    const hash = info["x-cynosure-document-hash"] ?? "";
    expect(await run("--engine", "ceph", "--format", "manifest", "--hash", hash.toUpperCase())).toContain(hash);
    const output = join(scratch, "none.json");
    const refused = run("--engine", "vast", "--format", "swagger", "--hash", hash, "--output", output);
    await expect(refused).rejects.toThrow(new RegExp(`^the document of vast has the hash [0-9a-f]{64}, not ${hash}; give the document`));
    await expect(refused).rejects.toMatchObject({ exitCode: ExitCode.usage });
    expect(existsSync(output)).toBe(false);
  });

  it("exports a document given with --schema, and nothing of one that has an operation without a place", async () => {
    const schema = join(scratch, "openapi.json");
    const operation = { responses: { 200: { content: { "application/json": { schema: { type: "object", properties: { id: { type: "integer" }, name: { type: "string" } } } } } } } };
    writeFileSync(schema, JSON.stringify({ openapi: "3.0.0", paths: { "/api/pool/{pool_name}": { get: operation } } }));
    expect(await run("--engine", "ceph", "--schema", schema, "--format", "swagger")).toContain("/clusters/{clusterName}/cephPool/{cephPoolName}");
    writeFileSync(schema, JSON.stringify({ openapi: "3.0.0", paths: { "/api/{anything}": { get: operation } } }));
    await expect(run("--engine", "ceph", "--schema", schema, "--format", "swagger")).rejects.toThrow(/nothing is exported: 1 operations of the document have no place/);
  });

  it.each([
    [["--format", "swagger"], /--engine is missing/],
    [["--engine", "vast", "--format", "swager"], /allowed: swagger, manifest; did you mean swagger\?/],
    [["--engine", "vats", "--format", "swagger"], /did you mean vast\?/],
    [["--engine", "ceph", "--format", "manifest", "--output", "/nowhere/at/all.json"], /\/nowhere\/at\/all\.json cannot be written/],
  ])("refuses %j with the reason", async (words, reason) => {
    await expect(run(...words)).rejects.toThrow(reason);
    await expect(run(...words)).rejects.toThrow(CommandError);
  });
});
