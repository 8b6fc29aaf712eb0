// The real control plane process on the simulated rung, in a scratch directory of its own, for clients that were
// not written here. Every exchange it has is recorded for check-exchanges.ts.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RECORD_DIR_VARIABLE } from "./record-children.ts";
import { readExchanges } from "./record-exchanges.ts";
import type { Exchange } from "./record-exchanges.ts";

export const root = join(import.meta.dirname, "..", "..", "..");
export const API_VERSION = "2026-12-01";

export interface Product {
  readonly url: string;
  readonly caPath: string;
  readonly caPem: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly tenantId: string;
  readonly subscriptionId: string;
  /** For what a client writes of its own; gone with the product. */
  readonly scratchDir: string;
  exchanges(): readonly Exchange[];
  close(): Promise<void>;
}

/** Only what the tests need and what finds programs: nothing of the caller's sign-ins or proxies. */
export const plainEnvironment = (): Record<string, string> => ({
  PATH: process.env["PATH"] ?? "/usr/bin:/bin",
  LANG: "C.UTF-8",
  NO_PROXY: "127.0.0.1,localhost",
  no_proxy: "127.0.0.1,localhost",
});

export async function startProduct(): Promise<Product> {
  const scratchDir = mkdtempSync(join(tmpdir(), "cynosure-clients-"));
  const home = join(scratchDir, "home");
  const recordDir = join(scratchDir, "exchanges");
  const argv = ["--import", join(import.meta.dirname, "record-exchanges.ts"), join(root, "apps/controlplane/src/main.ts"), "--data-dir", home, "--rung", "d", "--own-hosts"];
  const child = spawn(process.execPath, argv, { stdio: ["ignore", "ignore", "inherit", "ipc"], env: { ...process.env, CYNOSURE_HOME: home, [RECORD_DIR_VARIABLE]: recordDir } });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const close = async (): Promise<void> => {
    child.kill("SIGTERM");
    await ended;
    rmSync(scratchDir, { recursive: true, force: true });
  };
  try {
    await new Promise<void>((resolve, reject) => {
      child.on("message", (message: { kind: string; reason?: string }) => {
        if (message.kind === "ready") resolve();
        if (message.kind === "failed") reject(new Error(message.reason));
      });
      child.once("exit", (code) => reject(new Error(`the control plane ended with ${code}`)));
    });
  } catch (error) {
    await close();
    throw error;
  }
  // Written by the control plane before it says that it is ready.
  const record = JSON.parse(readFileSync(join(home, "control-plane.json"), "utf8")) as { url: string; caPath: string; tenantId: string; subscriptionId: string };
  const credentials = JSON.parse(readFileSync(join(home, "credentials.json"), "utf8")) as { clientId: string; clientSecret: string };
  return { ...record, ...credentials, caPem: readFileSync(record.caPath, "utf8"), scratchDir, exchanges: () => readExchanges(recordDir), close };
}
