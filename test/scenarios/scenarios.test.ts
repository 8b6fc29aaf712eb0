// Scripted CLI sessions: each `*.cli` is typed line by line against a fresh control plane on the simulated
// rung, and what it says is compared with `*.out` beside it. UPDATE_GOLDEN=1 rewrites; people review diffs.
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const here = import.meta.dirname;
const root = join(here, "..", "..");
const scripts = readdirSync(here).filter((name) => name.endsWith(".cli"));
const home = mkdtempSync(join(tmpdir(), "cynosure-scenarios-"));
let controlPlane: ChildProcess;

// What a person remembered at this machine is no part of a script.
const env = { ...process.env, CYNOSURE_HOME: home, XDG_CONFIG_HOME: home };

beforeAll(async () => {
  controlPlane = spawn(process.execPath, [join(root, "apps/controlplane/src/main.ts"), "--data-dir", home, "--rung", "d", "--own-hosts"], { stdio: ["ignore", "ignore", "inherit", "ipc"], env });
  await new Promise<void>((resolve, reject) => {
    controlPlane.on("message", (message: { kind: string; reason?: string }) => {
      if (message.kind === "ready") resolve();
      if (message.kind === "failed") reject(new Error(message.reason));
    });
    controlPlane.once("exit", (code) => reject(new Error(`the control plane ended with ${code}`)));
  });
});

afterAll(async () => {
  const ended = new Promise((resolve) => controlPlane.once("exit", resolve));
  controlPlane.kill("SIGTERM");
  await ended;
  rmSync(home, { recursive: true, force: true });
});

/** One line of a script: words, with 'single quotes' around those that hold spaces. */
const wordsOf = (line: string): string[] => [...line.matchAll(/'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2] ?? "");

function type(line: string): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(root, "apps/cli/bin/cynosure.js"), ...wordsOf(line)], { cwd: here, stdio: ["ignore", "pipe", "pipe"], env });
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString("utf8")));
    child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString("utf8")));
    child.once("close", (code) => resolve(`${said}exit ${code}\n`));
  });
}

/** What differs from run to run, and the order in which steps of a plan happen to end. */
function redact(text: string): string {
  return text
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "<id>")
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "<time>")
    .replace(/\b[0-9a-f]{12}\.[\w-]{43}/g, "<secret>")
    .replace(/127\.0\.0\.1:\d+/g, "127.0.0.1:<port>")
    .replace(/(etag: |"etag":)\S+/g, "$1<etag>")
    .replace(/(installationId: |"installationId":)\S+/g, "$1<installation>")
    .replace(/\d+\.\d s\b/g, "<seconds>")
    // Observed every few seconds: whether it is there already is chance.
    .replace(/ {2}health:\n(?: {4}.*\n)+/g, "")
    .replaceAll(home, "<home>")
    .split("\n")
    .filter((line) => !/^\d\d:\d\d /.test(line))
    .join("\n");
}

describe("scripted sessions", () => {
  it.each(scripts)("%s says what it said before", async (script) => {
    const golden = join(here, script.replace(/\.cli$/, ".out"));
    let transcript = "";
    for (const line of readFileSync(join(here, script), "utf8").split("\n")) {
      if (line.trim() === "") continue;
      transcript += line.startsWith("#") ? `${line}\n` : `\n$ cynosure ${line}\n${redact(await type(line))}`;
    }
    if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(golden, transcript);
    expect(transcript).toBe(readFileSync(golden, "utf8"));
  });
});
