// `cynosure parity` as a user meets it: table, totals, and how it ends.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { CommandError, ExitCode } from "../exit-code.ts";
import { buildProgram } from "../program.ts";

const scratch: string[] = [];
afterEach(() => {
  vi.restoreAllMocks();
  for (const dir of scratch.splice(0)) rmSync(dir, { recursive: true });
});

async function run(...words: string[]): Promise<{ readonly text: string; readonly exitCode: number }> {
  const printed: string[] = [];
  vi.spyOn(process.stdout, "write").mockImplementation((text) => printed.push(String(text)) > 0);
  const program = buildProgram(new AbortController().signal);
  await program.command.parseAsync(["node", "cynosure", "parity", ...words]);
  return { text: printed.join(""), exitCode: program.exitCode };
}

function schemaFile(text: string): string {
  const dir = mkdtempSync(join(tmpdir(), "cynosure-parity-"));
  scratch.push(dir);
  const file = join(dir, "openapi.json");
  writeFileSync(file, text);
  return file;
}

describe("cynosure parity", () => {
  it("answers with JSON that nothing is out of reach, for both engines", async () => {
    const vast = await run("--engine", "vast", "--json");
    expect([JSON.parse(vast.text), vast.exitCode]).toMatchObject([{ engine: "vast", operations: 772, unmapped: 0, fallback: 0, types: 135, actions: 284 }, 0]);
    const ceph = await run("--engine", "ceph", "--json");
    expect([JSON.parse(ceph.text), ceph.exitCode]).toMatchObject([{ engine: "ceph", operations: 278, unmapped: 0, fallback: 0 }, 0]);
  });

  it.each([["vast"], ["ceph"]])("fits %s into 80 columns, as types and as operations", async (engine) => {
    for (const more of [[], ["--operations"]]) {
      const { text } = await run("--engine", engine, ...more);
      expect(text.split("\n").length).toBeGreaterThan(50);
      expect(text.split("\n").filter((line) => line.length > 80)).toEqual([]);
    }
  });

  it("says which rule placed an operation", async () => {
    const { text } = await run("--engine", "vast", "--operations", "--json");
    const { table } = JSON.parse(text) as { table: readonly Record<string, unknown>[] };
    expect(table).toHaveLength(772);
    expect(table.find(({ method, path }) => method === "POST" && path === "/clusters/wipe/")).toMatchObject({ class: "action", rule: "R08", armType: "vastClusters", action: "wipe", danger: "destructive" });
  });

  it("ends with 1 and names the operation when one has no place", async () => {
    const { text, exitCode } = await run("--engine", "ceph", "--schema", schemaFile(JSON.stringify({ openapi: "3.0.0", paths: { "/api/pool/{name}": { get: {}, post: {} }, "/api/{anything}": { get: {} } } })));
    expect(exitCode).toBe(ExitCode.failed);
    expect(text).toContain("1 without a place, 1 by the last resort");
    expect(text).toContain("no rule of its own: GET /api/{anything}");
    expect(text).toContain("no rule of its own: POST /api/pool/{name}");
  });

  it.each([
    [["--engine", "vats"], /allowed: vast, ceph; did you mean vast\?/],
    [["--engine", "vast", "--schema", "/nowhere/openapi.json"], /\/nowhere\/openapi\.json cannot be read/],
  ])("refuses %j with the reason", async (words, reason) => {
    await expect(run(...words)).rejects.toThrow(reason);
    await expect(run(...words)).rejects.toThrow(CommandError);
  });

  it("refuses a file that is no API document with the reason", async () => {
    await expect(run("--engine", "vast", "--schema", schemaFile("{}"))).rejects.toThrow(/is not what an engine serves: The document has no `paths`/);
    await expect(run("--engine", "vast", "--schema", schemaFile("not json"))).rejects.toThrow(/is not what an engine serves/);
  });
});
