import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { boundLogs } from "./log-files.ts";

const dir = mkdtempSync(join(tmpdir(), "cynosure-logs-"));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

it("a log over its limit is emptied in place, its past kept once, and its writer goes on at the start", () => {
  const path = join(dir, "control-plane.log");
  const writer = openSync(path, "a");
  writeSync(writer, "x".repeat(100));
  writeFileSync(join(dir, "small.log"), "small");
  writeFileSync(join(dir, "data.json"), "y".repeat(100));
  boundLogs(dir, 50);
  writeSync(writer, "after");
  closeSync(writer);
  expect(readFileSync(path, "utf8")).toBe("after");
  expect(statSync(`${path}.1`).size).toBe(100);
  expect([readFileSync(join(dir, "small.log"), "utf8"), statSync(join(dir, "data.json")).size]).toEqual(["small", 100]);
  expect(() => boundLogs(join(dir, "nowhere"), 1)).not.toThrow();
});
