// Runs the product as a user does: the bin, a data directory of its own, nothing shared but the image cache.
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findHostImage, findLeftovers, findTool } from "@cynosure/machine";
import type { Leftovers } from "@cynosure/machine";
import { installationId } from "@cynosure/model";
import { RECORD_DIR_VARIABLE, recordingEnvironment } from "../../clients/support/record-children.ts";

export const root = new URL("../../..", import.meta.url).pathname;

/** The Node this runs on, as a checkout of its own brings it. */
export const nodeOf = (checkout: string): string => (process.execPath.startsWith(root) ? join(checkout, process.execPath.slice(root.length)) : process.execPath);

const cacheOfEnvironment = process.env["CYNOSURE_IMAGE_CACHE"] ?? "";
/** As the product takes it: empty is unset. */
export const imageCache = cacheOfEnvironment === "" ? join(root, ".cynosure", "images") : cacheOfEnvironment;

/** Why real Ceph cannot run on this machine, or null when it can. Where everything is required, the image is built on the way. */
export function missingForCeph(): string | null {
  if (process.getuid?.() !== 0) return "hosts as namespaces need root";
  const tools = ["bwrap", "ip"].filter((tool) => findTool(tool) === null);
  if (tools.length > 0) return `${tools.join(" and ")} must be installed; npm start does it`;
  return process.env["REQUIRE_ALL"] === "1" || findHostImage(imageCache, "ceph-18.2") !== null ? null : "the host image is not built; npm start builds it";
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves once standard output or error holds the text; rejects when the command ended without it. */
  untilSays(text: string | RegExp): Promise<void>;
}

export interface Home {
  readonly dir: string;
  start(args: readonly string[], env?: Readonly<Record<string, string>>): Started;
  run(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ended>;
  record(): { readonly pid: number | null; readonly url: string; readonly installationId: string };
  leftovers(): Leftovers;
  /** Ends commands that a failed test left running, as Ctrl-C does: they would keep what comes after them out. */
  endCommands(): Promise<void>;
  remove(): void;
}

export interface HomeOptions {
  /** The checkout that is run; default: this one. */
  readonly checkout?: string;
  /** The data directory; default: a new one. */
  readonly dir?: string;
  /** A command that runs the rest of its command line as somebody, or somewhere, else. */
  readonly enter?: readonly string[];
  /** The whole environment instead of this process's. */
  readonly env?: Readonly<Record<string, string>>;
}

export function createHome(options: HomeOptions = {}): Home {
  const dir = options.dir ?? mkdtempSync(join(tmpdir(), "cynosure-e2e-"));
  const checkout = options.checkout ?? root;
  const environment = options.env === undefined ? { ...process.env, CYNOSURE_HOME: dir, CYNOSURE_IMAGE_CACHE: imageCache } : { ...options.env, ...recordingOf(checkout) };
  const running = new Set<Started>();
  const start: Home["start"] = (args, env = {}) => {
    const [command = "", ...rest] = [...(options.enter ?? []), nodeOf(checkout), join(checkout, "apps", "cli", "bin", "cynosure.js"), ...args];
    const started = follow(spawn(command, rest, { cwd: checkout, stdio: ["ignore", "pipe", "pipe"], env: { ...environment, ...env } }));
    running.add(started);
    void started.ended.then(() => running.delete(started));
    return started;
  };
  const record: Home["record"] = () => {
    // Written by the control plane; these fields are part of its contract.
    return JSON.parse(readFileSync(join(dir, "control-plane.json"), "utf8")) as ReturnType<Home["record"]>;
  };
  return {
    dir,
    start,
    run: (args, env) => start(args, env).ended,
    record,
    leftovers: () => {
      const value = JSON.parse(readFileSync(join(dir, "installation.json"), "utf8")) as { id: string }; // written by the machine room
      return findLeftovers(installationId(value.id));
    },
    async endCommands() {
      for (const started of running) started.child.kill("SIGINT");
      await Promise.all([...running].map((started) => started.ended));
    },
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}

/** Where the processes of another checkout record, who may have no way into ours; `makeCheckout` brings it over. */
export const exchangesBeside = (checkout: string): string => join(dirname(checkout), "exchanges");

/** Nothing unless the runner asked for it. */
const recordingOf = (checkout: string): Readonly<Record<string, string>> => ((process.env[RECORD_DIR_VARIABLE] ?? "") === "" ? {} : recordingEnvironment(checkout, exchangesBeside(checkout)));

function follow(child: ChildProcess): Started {
  let stdout = "";
  let stderr = "";
  const listeners = new Set<() => void>();
  const changed = (): void => listeners.forEach((listener) => listener());
  child.stdout?.on("data", (chunk: Buffer) => {
    stdout += chunk.toString("utf8");
    changed();
  });
  child.stderr?.on("data", (chunk: Buffer) => {
    stderr += chunk.toString("utf8");
    changed();
  });
  const ended = new Promise<Ended>((resolve) => child.once("close", (code) => resolve({ code, stdout, stderr })));
  const says = (text: string | RegExp): boolean => (typeof text === "string" ? (stdout + stderr).includes(text) : text.test(stdout + stderr));
  return {
    child,
    ended,
    untilSays: (text) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          if (!says(text)) return;
          listeners.delete(check);
          resolve();
        };
        listeners.add(check);
        void ended.then((end) => (says(text) ? resolve() : reject(new Error(`ended with ${end.code} before saying ${String(text)}:\n${end.stdout}${end.stderr}`))));
        check();
      }),
  };
}

/** The last line of standard output as JSON. */
export function lastJson(ended: Ended): Record<string, unknown> {
  const line = ended.stdout.trimEnd().split("\n").at(-1) ?? "";
  try {
    return JSON.parse(line) as Record<string, unknown>; // callers check the fields they name
  } catch {
    throw new Error(`the last line is not JSON: ${line}\nexit code ${ended.code}\n${ended.stderr}`);
  }
}

/** Polls a condition; the bound is for a loaded machine. */
export async function until(what: string, holds: () => boolean, timeoutMsMax = 60_000): Promise<void> {
  const deadline = performance.now() + timeoutMsMax;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`waited ${timeoutMsMax} ms for ${what}`);
    await sleep(50);
  }
}
