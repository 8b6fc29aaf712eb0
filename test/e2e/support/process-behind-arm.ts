// The real control plane behind a test ARM: the program with `--behind-arm`, rung d, in a data directory of its
// own, and a loopback server that lists the client certificate of the test. Nothing of the inside is reached for.
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { callProvider, certificateList, makeArmClient, serveDocument } from "@cynosure/behind-arm/testkit";
import type { ArmAnswer, DocumentServer, ListedClient } from "@cynosure/behind-arm/testkit";
import { stopEmbeddedPostgres } from "@cynosure/machine";
import { root } from "./cynosure.ts";

const main = join(root, "apps", "controlplane", "src", "main.ts");

export class ProcessBehindArm {
  readonly dir = mkdtempSync(join(tmpdir(), "cynosure-behind-arm-"));
  readonly home = join(this.dir, "home");
  readonly arm: ListedClient;
  readonly list: DocumentServer;
  readonly publicHost = "management.public.test";
  #child: ChildProcess | null = null;
  #ended: Promise<number | null> = Promise.resolve(null);
  #origin = "";

  private constructor(arm: ListedClient, list: DocumentServer) {
    this.arm = arm;
    this.list = list;
  }

  static async make(): Promise<ProcessBehindArm> {
    const arm = await makeArmClient(Date.now());
    const made = new ProcessBehindArm(arm, await serveDocument(certificateList(arm)));
    writeFileSync(join(made.dir, "metadata-ca.pem"), made.list.caPem);
    return made;
  }

  get logText(): string {
    return readFileSync(join(this.dir, "log"), "utf8");
  }

  /** `change` goes over the configuration file that is otherwise good. */
  async start(change: Readonly<Record<string, unknown>> = {}): Promise<void> {
    const file = join(this.dir, "behind-arm.json");
    const good = { publicBaseUrl: `https://${this.publicHost}`, listen: { address: "127.0.0.1", port: 0 }, clientCertificates: { metadataUrl: this.list.url, caFile: "metadata-ca.pem" }, deletedGraceHours: 0 };
    writeFileSync(file, JSON.stringify({ ...good, ...change }));
    const log = openSync(join(this.dir, "log"), "a");
    const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", main, "--data-dir", this.home, "--rung", "d", "--behind-arm", file], { cwd: "/", env: { ...process.env, DATABASE_URL: "" }, stdio: ["ignore", log, log, "ipc"] });
    closeSync(log);
    this.#child = child;
    this.#ended = new Promise((resolve) => child.once("exit", (code) => resolve(code)));
    this.#origin = await new Promise<string>((resolve, reject) => {
      child.on("message", (message) => {
        if (typeof message === "object" && message !== null && "kind" in message && message.kind === "ready" && "url" in message) resolve(String(message.url));
      });
      void this.#ended.then((code) => reject(new Error(`the control plane ended with ${code} while starting:\n${this.logText.slice(-4_000)}`)));
    });
    child.disconnect();
  }

  /** The exit code. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    this.#child?.kill(signal);
    return this.#ended;
  }

  send(method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}, client: ListedClient | null = this.arm): Promise<ArmAnswer> {
    return callProvider({ origin: this.#origin, caPem: readFileSync(join(this.home, "pki", "ca.pem"), "utf8") }, { method, path, body, headers, client });
  }

  async close(): Promise<void> {
    if (this.#child !== null && this.#child.exitCode === null && this.#child.signalCode === null) await this.end("SIGKILL");
    await stopEmbeddedPostgres(join(this.home, "postgres"));
    await this.list.close();
    rmSync(this.dir, { recursive: true, force: true });
  }
}
