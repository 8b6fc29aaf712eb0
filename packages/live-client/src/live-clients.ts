// Starts, stops and hears live clients, one for a cluster at most. They live and die with this control plane: a
// client whose standard input closes ends by itself. What the last one said stays until the next is started.
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { INSTALLATION_VARIABLE } from "@cynosure/machine";
import { ControlPlaneError } from "@cynosure/model";
import type { Clock, ClusterKey, InstallationId, LiveClients, LiveProtocol, LiveReport, LiveSample, LiveTarget, LiveTotals } from "@cynosure/model";
import type { LiveOrder, LiveWord } from "./messages.ts";

export const SAMPLES_MAX = 600;
const CLIENTS_MAX = 4;
const RUN_MS_MAX = 1_800_000;
/** Longer than a client takes at most to remove what it wrote. */
const STOP_MS_MAX = 50_000;
const CLIENT_FILE = fileURLToPath(new URL("client-main.ts", import.meta.url));
const NODE_FLAGS = ["--disable-warning=ExperimentalWarning", "--max-old-space-size=128"] as const;
const NOISE_CHARS_MAX = 500;

export interface LiveClientsOptions {
  readonly nodeBinary: string;
  /** Runs Node with these arguments where the NFS library is; throws where it cannot be. */
  readonly commandForNfs: (args: readonly string[]) => readonly [string, ...string[]];
  readonly installationId: InstallationId;
  readonly clock: Clock;
  /** Unguessable: no two clients name an object alike. */
  readonly newId: () => string;
  /** Default: half an hour. */
  readonly runMsMax?: number;
}

export interface HeldLiveClients extends LiveClients {
  /** Ends all. */
  close(): Promise<void>;
}

const nothing: LiveTotals = { bytesWritten: 0, bytesRead: 0, objectsVerified: 0, corruptObjects: 0, longestStallMs: 0, lastError: null };

class RunningClient {
  readonly protocol: LiveProtocol;
  readonly #startedAtMs: number;
  readonly #child: ChildProcess;
  readonly #samples: LiveSample[] = [];
  readonly #ended = Promise.withResolvers<void>();
  #totals: LiveTotals = nothing;
  #noise = "";
  #isRunning = true;

  constructor(target: LiveTarget, options: LiveClientsOptions) {
    this.protocol = target.protocol;
    this.#startedAtMs = options.clock.now();
    const [command, ...args] = target.protocol === "nfs" ? options.commandForNfs([...NODE_FLAGS, CLIENT_FILE]) : [options.nodeBinary, ...NODE_FLAGS, CLIENT_FILE];
    const child = spawn(command, args, {
      stdio: ["pipe", "pipe", "pipe"],
      // A session of its own: Ctrl-C of a terminal reaches us, and we end it in our order.
      detached: true,
      env: { PATH: process.env["PATH"], [INSTALLATION_VARIABLE]: options.installationId },
    });
    this.#child = child;
    createInterface({ input: child.stdout }).on("line", (line) => this.#hear(JSON.parse(line) as LiveWord)); // written by client-main.ts
    child.stderr.on("data", (chunk: Buffer) => void (this.#noise = `${this.#noise}${chunk.toString("utf8")}`.slice(-NOISE_CHARS_MAX)));
    child.stdin.on("error", () => {}); // it ended before it was told: its end says so
    child.once("error", (error) => this.#end(`it could not be started: ${error.message}`));
    child.once("close", (code, signal) => this.#end(code === 0 ? null : `it ended with ${code ?? signal}: ${this.#noise.trim()}`));
    const order: LiveOrder = { target, seed: options.newId(), runMsMax: options.runMsMax ?? RUN_MS_MAX };
    child.stdin.write(`${JSON.stringify(order)}\n`);
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  report(): LiveReport {
    return { isRunning: this.#isRunning, protocol: this.protocol, startedAtMs: this.#startedAtMs, samples: [...this.#samples], ...this.#totals };
  }

  async stop(): Promise<void> {
    this.#child.stdin?.end();
    const killing = setTimeout(() => this.#child.kill("SIGKILL"), STOP_MS_MAX);
    await this.#ended.promise;
    clearTimeout(killing);
  }

  #hear({ sample, totals }: LiveWord): void {
    if (sample !== null) this.#samples.push(sample);
    if (this.#samples.length > SAMPLES_MAX) this.#samples.shift();
    this.#totals = totals;
  }

  #end(trouble: string | null): void {
    this.#isRunning = false;
    if (trouble !== null) this.#totals = { ...this.#totals, lastError: trouble };
    this.#ended.resolve();
  }
}

export function createLiveClients(options: LiveClientsOptions): HeldLiveClients {
  const clients = new Map<ClusterKey, RunningClient>();
  const reportOf = (cluster: ClusterKey): LiveReport => clients.get(cluster)?.report() ?? { isRunning: false, protocol: null, startedAtMs: null, samples: [], ...nothing };
  return {
    async start(cluster, target) {
      const running = clients.get(cluster);
      if (running?.isRunning === true) {
        if (running.protocol === target.protocol) return running.report();
        throw new ControlPlaneError("OperationNotAllowed", `A live client of this cluster runs already, over ${running.protocol}. Stop it, then start one over ${target.protocol}.`);
      }
      if ([...clients.values()].filter((each) => each.isRunning).length >= CLIENTS_MAX) throw new ControlPlaneError("OperationNotAllowed", `${CLIENTS_MAX} live clients run in this installation, as many as may. Stop one of them first.`);
      // What those said that ended is kept no longer than there are clusters with one.
      for (const [key, each] of [...clients].slice(0, -CLIENTS_MAX)) if (!each.isRunning) clients.delete(key);
      clients.set(cluster, new RunningClient(target, options));
      return reportOf(cluster);
    },
    async stop(cluster) {
      await clients.get(cluster)?.stop();
      return reportOf(cluster);
    },
    read: (cluster) => Promise.resolve(reportOf(cluster)),
    async close() {
      await Promise.all([...clients.values()].filter((each) => each.isRunning).map((each) => each.stop()));
    },
  };
}
