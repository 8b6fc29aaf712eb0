// What DBOS and the lease are in production, on the memory database's queue: claims queued steps, runs them,
// looks for dead peers, sweeps. When to take over and what to sweep is the workflow room's own code; here is
// only the queue under it. Intervals are those of `launchWorkflows`.
import type { Clock } from "@cynosure/model";
import type { Store } from "@cynosure/resource-store";
import type { MemoryDatabase } from "@cynosure/resource-store/testkit/memory";
import { sweepStrandedSteps, takeOverSteps, workflowIdOf, type StepName, type WorkflowState } from "@cynosure/workflow/rules";
import type { ProcessLife } from "./process-life.ts";

const PEER_POLL_MS = 1_000;
const PEER_POLL_FIRST_MS = 100;
const PEER_POLLS_FIRST = 10;
const QUEUE_POLL_MS = 1_000;
const SWEEP_MS = 15_000;

export interface StepRun extends StepName {
  readonly signal: AbortSignal;
  readonly confirmLease: () => Promise<void>;
}

export interface SimulatedWorkflowsOptions {
  readonly database: MemoryDatabase;
  readonly store: Store;
  readonly clock: Clock;
  readonly life: ProcessLife;
  readonly executorId: string;
  readonly isReachable: () => boolean;
  readonly delay: () => Promise<void>;
  readonly runStep: (run: StepRun) => Promise<void>;
  /** The process must end; peers go on. */
  readonly onLeaseLost: (reason: string) => void;
  readonly onRun: (step: StepName, event: "begins" | "ends" | "is left") => void;
  readonly onTakeover: (deadExecutorId: string, workflowIds: readonly string[]) => void;
  readonly log: (what: string) => void;
}

export class SimulatedWorkflows {
  readonly #options: SimulatedWorkflowsOptions;
  readonly #stop = new AbortController();
  readonly #stopListening: () => void;
  #isClaiming = false;
  #isClaimWanted = false;
  #isLost = false;

  constructor(options: SimulatedWorkflowsOptions) {
    this.#options = options;
    options.database.leases.take(options.executorId);
    this.#stopListening = options.database.queue.onChange(() => this.#claim());
    options.life.onStandstill((how) => {
      if (how === "dead") this.#stopListening();
    });
    this.#claim();
    for (const loop of [this.#peers(), this.#polls(), this.#sweeps()]) loop.catch((error: unknown) => options.log(`a loop ended: ${String(error)}`));
  }

  get isLeaseHeld(): boolean {
    return !this.#isLost && this.#options.database.leases.isHeld(this.#options.executorId);
  }

  /** The lease's connection ended, as the process hears it. */
  loseLease(reason: string): void {
    if (this.#isLost) return;
    this.#isLost = true;
    this.#stop.abort(new Error(`This control plane lost its lease (${reason})`));
    this.#options.onLeaseLost(reason);
  }

  /** One question to the database on the lease's connection: no answer means no lease. */
  async #ask<T>(question: () => T): Promise<T> {
    const { life, delay, isReachable, database, executorId } = this.#options;
    return life.guard(async () => {
      await delay();
      if (!isReachable() || !database.leases.isHeld(executorId)) {
        this.loseLease("the database does not answer");
        throw new Error("the lease is lost");
      }
      return question();
    });
  }

  #claim(): void {
    this.#isClaimWanted = true;
    if (this.#isClaiming) return;
    this.#isClaiming = true;
    this.#drain().then(
      () => (this.#isClaiming = false),
      () => (this.#isClaiming = false),
    );
  }

  async #drain(): Promise<void> {
    const { life, delay, isReachable, database, executorId } = this.#options;
    while (this.#isClaimWanted && !this.#stop.signal.aborted) {
      this.#isClaimWanted = false;
      await life.guard(delay);
      // The queue's own connection: it may be served while the lease is already gone.
      while (isReachable() && !this.#stop.signal.aborted) {
        const step = database.queue.claimNext(executorId);
        if (step === null) break;
        void this.#run(step);
      }
    }
  }

  async #run({ planId, stepId }: StepName): Promise<void> {
    const { database, life, runStep, executorId, onRun, isReachable, delay, clock, log } = this.#options;
    const { signal } = this.#stop;
    onRun({ planId, stepId }, "begins");
    try {
      await life.guard(() => runStep({ planId, stepId, signal, confirmLease: () => this.#ask(() => undefined) }));
    } catch (error) {
      onRun({ planId, stepId }, "is left");
      // An interrupted run leaves its workflow begun, for whoever takes over.
      if (signal.aborted) return;
      log(`the workflow of ${stepId} broke off: ${String(error)}`);
    }
    onRun({ planId, stepId }, "ends");
    // The note of the end is a commit of its own; until it is made the step counts as begun.
    for (;;) {
      await life.guard(delay);
      if (isReachable()) break;
      await clock.sleep(QUEUE_POLL_MS, signal).catch(() => undefined);
      if (signal.aborted) return;
    }
    database.queue.end(planId, stepId, executorId);
  }

  async #polls(): Promise<void> {
    for (;;) {
      if (await this.#pause(QUEUE_POLL_MS)) return;
      this.#claim();
    }
  }

  async #peers(): Promise<void> {
    for (let round = 0; !this.#stop.signal.aborted; round += 1) {
      await this.#visitDeadPeers().catch((error: unknown) => this.#options.log(`looking for dead peers failed: ${String(error)}`));
      if (await this.#pause(round < PEER_POLLS_FIRST ? PEER_POLL_FIRST_MS : PEER_POLL_MS)) return;
    }
  }

  /** As `Lease.visitDeadPeers`: the dead one's lock is held while its steps are taken over. */
  async #visitDeadPeers(): Promise<void> {
    const { database, executorId, store, onTakeover, log } = this.#options;
    const { queue, leases } = database;
    for (const peer of await this.#ask(() => queue.executors())) {
      if (peer === executorId || !(await this.#ask(() => leases.take(peer, executorId)))) continue;
      try {
        const held = await this.#ask(() => queue.claimedBy(peer).map(({ planId, stepId }) => workflowIdOf(planId, stepId)));
        await takeOverSteps({ store, giveBack: async () => void (await this.#ask(() => queue.giveBack(peer))) }, peer, held);
        log(`took over ${held.length} steps of ${peer}`);
        onTakeover(peer, held);
        this.#claim();
      } finally {
        await this.#ask(() => leases.release(peer, executorId));
      }
    }
  }

  async #sweeps(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const queued = await this.#sweep().catch((error: unknown) => this.#options.log(`the sweep failed: ${String(error)}`));
      if (typeof queued === "number" && queued > 0) this.#options.log(`queued ${queued} stranded steps again`);
      if (await this.#pause(SWEEP_MS)) return;
    }
  }

  #sweep(): Promise<number> {
    const { database, store, life, delay } = this.#options;
    return sweepStrandedSteps({
      store,
      statesOf: (ids) =>
        life.guard(async () => {
          await delay();
          const wanted = new Set(ids);
          return new Map(database.queue.list().map((step): [string, WorkflowState] => [workflowIdOf(step.planId, step.stepId), step.status === "ended" ? "ended" : "open"]).filter(([id]) => wanted.has(id)));
        }),
      queueAgain: async ({ planId, stepId }, state) => {
        if (state === "ended") await life.guard(() => (database.queue.remove(planId, stepId), Promise.resolve()));
        await store.transaction(async (tx) => database.queue.enqueue(planId, stepId, tx));
      },
    });
  }

  /** True when this is over. */
  async #pause(ms: number): Promise<boolean> {
    await this.#options.clock.sleep(ms, this.#stop.signal).catch(() => undefined);
    return this.#stop.signal.aborted;
  }
}
