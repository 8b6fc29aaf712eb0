// The command itself, as CI and users start it, on both engines' documents: every operation has a place.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { describeWhen } from "../require.ts";

const root = join(import.meta.dirname, "..", "..");
const published = join(root, "..", "shared", "data", "vast", "openapi.json");

function parity(...words: string[]): { readonly code: number | null; readonly totals: Readonly<Record<string, unknown>> } {
  const run = spawnSync(process.execPath, [join(root, "apps", "cli", "bin", "cynosure.js"), "parity", ...words, "--json"], { cwd: root, encoding: "utf8" });
  expect(run.stdout, run.stderr).not.toBe("");
  return { code: run.status, totals: JSON.parse(run.stdout) as Record<string, unknown> };
}

const WHOLE = { unmapped: 0, fallback: 0 };

describe("cynosure parity", () => {
  it("finds a place for all 772 operations of the facts of VAST that the repository keeps", () => {
    expect(parity("--engine", "vast")).toMatchObject({ code: 0, totals: { engine: "vast", operations: 772, ...WHOLE } });
  });

  it("finds a place for all operations of the facts of Ceph's dashboard that the repository keeps", () => {
    expect(parity("--engine", "ceph")).toMatchObject({ code: 0, totals: { engine: "ceph", operations: 278, ...WHOLE } });
  });
});

describeWhen(existsSync(published) ? null : "the vendor's published document is not beside the checkout", "cynosure parity --schema", () => {
  it("says of the vendor's own document what it says of the facts that are kept of it", () => {
    const [own, kept] = [parity("--engine", "vast", "--schema", published), parity("--engine", "vast")];
    expect(own).toMatchObject({ code: 0, totals: { operations: 772, ...WHOLE } });
    expect(own.totals).toEqual(kept.totals);
  });
});
