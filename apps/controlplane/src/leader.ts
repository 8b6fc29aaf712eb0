// What exists once per installation, whichever of its control planes has it: the agent gateway's socket, the
// relays, bringing hosts back, and the tasks that watch clusters. One leads, the others stand by, and the next
// one opens all of it the moment the leader ends (docs/architecture/two-control-planes.md).
import { join } from "node:path";
import type { AgentGateway } from "@cynosure/agent-gateway";
import { tryToLead, waitToLead } from "@cynosure/machine";
import type { Installation, Leadership } from "@cynosure/machine";
import type { Clock, LiveClients } from "@cynosure/model";
import type { Store } from "@cynosure/resource-store";
import type { Adapters } from "./adapters.ts";
import { startBackgroundTasks } from "./background-tasks.ts";
import type { BackgroundTask, BackgroundTasks } from "./background-tasks.ts";
import { serveLeaderCalls } from "./leader-calls.ts";
import type { LeaderCallServer } from "./leader-calls.ts";
import type { Log } from "./log.ts";
import { restoreEndpoints } from "./restore-endpoints.ts";

const AGAIN_MS = 1_000;
const RESTORE_AGAIN_MS = 5_000;

export interface LeaderOptions {
  readonly installation: Installation;
  readonly store: Store;
  readonly gateway: AgentGateway;
  readonly adapters: Adapters;
  readonly liveClients: LiveClients;
  readonly clock: Clock;
  readonly log: Log;
  readonly logError: (what: string, error: unknown) => void;
  readonly onPhase: (text: string) => void;
  /** Called each time this process has become the leader. */
  readonly onLeading: () => void;
}

export interface Leader {
  readonly isLeading: () => boolean;
  /** Runs these whenever this process leads. */
  watch(tasks: readonly BackgroundTask[]): void;
  /** Watches no cluster any more: hosts that are about to be stopped must not be missed. */
  stopWatching(): Promise<void>;
  /** Hears no agent and watches no cluster any more; still keeps others from leading. */
  stopDuties(): Promise<void>;
  /** Lets the next one lead: last, when relays and hosts of ours are gone. */
  release(): Promise<void>;
}

export const leaderSocketPath = (installation: Installation): string => join(installation.runtimeDir, "leader.sock");

/** Leads at once when nobody does, and then everything is open when this returns; else stands by. */
export async function standForLeader(options: LeaderOptions): Promise<Leader> {
  const candidate = new Candidate(options);
  await candidate.stand();
  return candidate;
}

class Candidate implements Leader {
  readonly #options: LeaderOptions;
  readonly #closing = new AbortController();
  #leadership: Leadership | null = null;
  #isOpen = false;
  #standingBy: Promise<void> = Promise.resolve();
  #calls: LeaderCallServer | null = null;
  #hasGateway = false;
  #isRestored = false;
  #tasks: readonly BackgroundTask[] = [];
  #running: BackgroundTasks | null = null;

  constructor(options: LeaderOptions) {
    this.#options = options;
  }

  isLeading = (): boolean => this.#isOpen;

  async stand(): Promise<void> {
    const path = join(this.#options.installation.homeDir, "leader");
    this.#leadership = await tryToLead(path);
    if (this.#leadership === null) {
      this.#options.log("standing by", { reason: "another control plane of this installation leads" });
      this.#standingBy = this.#standBy(path);
      return;
    }
    try {
      await this.#open();
    } catch (error) {
      await this.stopDuties();
      await this.release();
      throw error;
    }
  }

  watch(tasks: readonly BackgroundTask[]): void {
    this.#tasks = tasks;
    if (this.#isOpen) this.#startTasks();
  }

  async stopWatching(): Promise<void> {
    this.#tasks = [];
    await this.#running?.stop();
    this.#running = null;
  }

  async stopDuties(): Promise<void> {
    this.#closing.abort(new Error("the control plane stops"));
    await this.#standingBy;
    await this.stopWatching();
    await this.#calls?.close();
    if (this.#hasGateway) await this.#options.gateway.close();
    this.#hasGateway = false;
    this.#calls = null;
  }

  async release(): Promise<void> {
    this.#isOpen = false;
    await this.#leadership?.release();
    this.#leadership = null;
  }

  async #standBy(path: string): Promise<void> {
    const { clock, log, logError } = this.#options;
    const { signal } = this.#closing;
    try {
      this.#leadership = await waitToLead(path, signal);
    } catch {
      return; // called off
    }
    const tookAtMs = clock.now();
    while (!signal.aborted) {
      try {
        await this.#open();
        return log("leading", { openedMs: clock.now() - tookAtMs });
      } catch (error) {
        logError("taking the lead", error);
        await clock.sleep(AGAIN_MS, signal).catch(() => {}); // an aborted sleep only means stop
      }
    }
  }

  /** May be called again after it failed. */
  async #open(): Promise<void> {
    const { installation, store, gateway, adapters, liveClients, onPhase, onLeading } = this.#options;
    onPhase("opening the agent gateway");
    if (!this.#hasGateway) await gateway.listen();
    this.#hasGateway = true;
    this.#calls ??= await serveLeaderCalls(leaderSocketPath(installation), adapters.substrates, liveClients);
    onPhase("bringing hosts back");
    await adapters.resume(store.hosts);
    await this.#restore();
    this.#isOpen = true;
    this.#startTasks();
    onLeading();
  }

  async #restore(): Promise<void> {
    const { store, clock, adapters, logError } = this.#options;
    this.#isRestored = await restoreEndpoints({ store, clock, substrates: adapters.substrates, logError });
  }

  #startTasks(): void {
    const { clock, logError } = this.#options;
    const restore: BackgroundTask = { name: "restore endpoints", everyMs: RESTORE_AGAIN_MS, run: async () => (this.#isRestored ? undefined : this.#restore()) };
    if (this.#running === null && this.#tasks.length > 0) this.#running = startBackgroundTasks([...this.#tasks, restore], clock, logError);
  }
}
