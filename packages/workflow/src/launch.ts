// Launches the workflow engine of this process: one step workflow, one queue, a lease under a unique
// executor id, recovery of dead peers, and the sweeper. DBOS is a process-wide singleton, so this runs once
// at a time. What a step does is the executor's affair.
import { randomUUID } from "node:crypto";
import type { PlanId, StepId } from "@cynosure/model";
import type { Store } from "@cynosure/resource-store";
import { DBOS, type WorkflowQueue } from "@dbos-inc/dbos-sdk";
import type { Pool } from "pg";
import type { CrashPoint } from "./crash-point.ts";
import { reachDbosInternals, type DbosInternals } from "./dbos-internals.ts";
import { Lease } from "./lease.ts";
import { type Log, toDbosLogger } from "./log.ts";
import { takeOverSteps } from "./rules.ts";
import { APPLICATION, APPLICATION_VERSION, type EnqueueStep, STEP_QUEUE, STEP_WORKFLOW, SYSTEM_SCHEMA } from "./step-workflow.ts";
import { dropEndedWorkflows, sweepSteps } from "./sweeper.ts";

/** Peers are looked for this often; just after launch more often, because our predecessor may have died a moment ago. */
const PEER_POLL_MS = 1_000;
const PEER_POLL_FIRST_MS = 100;
const PEER_POLLS_FIRST = 10;
const SWEEP_MS = 15_000;
/** DBOS's own poll is only the fallback behind the wake-up notice. */
const QUEUE_POLL_MS = 1_000;
/** Steps of this process at once; a waiting step costs a timer, not a connection. */
const STEPS_RUNNING_MAX = 500;

export interface StepRun {
  readonly planId: PlanId;
  readonly stepId: StepId;
  /** Aborts when the lease is lost or the engine closes: the step stops where it is and is taken up elsewhere. */
  readonly signal: AbortSignal;
  /** Asks the database, on the lease's own connection, whether our work is still ours; rejects, and `signal` aborts, when it is not. */
  readonly confirmLease: () => Promise<void>;
}

export interface WorkflowOptions {
  readonly pool: Pool;
  /** The same database as the pool's; the lease opens one connection of its own. */
  readonly databaseUrl: string;
  readonly store: Store;
  readonly enqueueStep: EnqueueStep;
  /** Runs a step to its end. It settles only when the step needs no more running; see `createExecutor`. */
  readonly runStep: (run: StepRun) => Promise<void>;
  /** This executor owns nothing any more; its steps have been told. Close it: a new launch is a new executor. */
  readonly onLeaseLost: (reason: Error) => void;
  /** A peer stood still for so long that its lease was ended; its process may still exist. */
  readonly onPeerSilent?: (executorId: string) => void;
  readonly log: Log;
  readonly crashPoint?: CrashPoint;
  readonly executorId?: string;
}

export interface Workflows {
  readonly executorId: string;
  readonly isLeaseHeld: () => boolean;
  /** Stops running steps where they are; another process, or the next launch, goes on with them. */
  close(): Promise<void>;
}

interface Running extends Pick<StepRun, "signal" | "confirmLease"> {
  readonly runStep: (run: StepRun) => Promise<void>;
}

let running: Running | null = null;

/** Never settles: the workflow stays begun in the database until somebody takes it over. */
const leaveToSuccessor = (): Promise<never> => new Promise<never>(() => undefined);

// An interrupted or throwing run must not end the workflow, for then nobody would take the step up again.
const stepWorkflow = async (planId: PlanId, stepId: StepId): Promise<void> => {
  const current = running;
  if (current === null || current.signal.aborted) return leaveToSuccessor();
  try {
    await current.runStep({ planId, stepId, signal: current.signal, confirmLease: current.confirmLease });
  } catch (error) {
    if (current.signal.aborted) return leaveToSuccessor();
    throw error;
  }
};

let isRegistered = false;

export async function launchWorkflows(options: WorkflowOptions): Promise<Workflows> {
  if (running !== null) throw new Error("The workflow engine is already running in this process: close it first.");
  const executorId = options.executorId ?? `cp-${randomUUID()}`;
  const stop = new AbortController();
  running = { runStep: options.runStep, signal: stop.signal, confirmLease: () => Promise.reject(new Error("There is no lease yet.")) };
  try {
    return await launch(options, executorId, stop);
  } catch (error) {
    running = null;
    throw error;
  }
}

async function launch(options: WorkflowOptions, executorId: string, stop: AbortController): Promise<Workflows> {
  let claim = (): void => undefined;
  const lease = await Lease.take(options.databaseUrl, executorId, {
    onLost: (reason) => {
      stop.abort(reason);
      options.onLeaseLost(reason);
    },
    onStepsQueued: () => claim(),
    ...(options.onPeerSilent === undefined ? {} : { onPeerSilent: options.onPeerSilent }),
  });
  running = { runStep: options.runStep, signal: stop.signal, confirmLease: () => lease.confirm() };
  try {
    const queue = await launchDbos(options, executorId);
    const internals = reachDbosInternals();
    claim = claimLoop(internals, queue, stop.signal);
    claim();
    const ended = [peerLoop(options, lease, internals, claim, stop.signal), sweepLoop(options, stop.signal)];
    return {
      executorId,
      isLeaseHeld: () => lease.isHeld,
      async close() {
        stop.abort(new Error("The workflow engine is closing."));
        await Promise.all(ended);
        await DBOS.shutdown();
        await lease.release();
        running = null;
      },
    };
  } catch (error) {
    stop.abort(error);
    await DBOS.shutdown().catch(() => undefined); // half launched; the error that stopped it is the one to tell
    await lease.release();
    throw error;
  }
}

/** Without admin server, without DBOS's own notices (nothing here waits for its events), with one queue. */
async function launchDbos({ databaseUrl, pool, log }: WorkflowOptions, executorId: string): Promise<WorkflowQueue> {
  if (!isRegistered) DBOS.registerWorkflow(stepWorkflow, { name: STEP_WORKFLOW, maxRecoveryAttempts: Number.MAX_SAFE_INTEGER });
  isRegistered = true;
  DBOS.setConfig({
    name: APPLICATION,
    systemDatabaseUrl: databaseUrl,
    systemDatabasePool: pool,
    systemDatabaseSchemaName: SYSTEM_SCHEMA,
    applicationVersion: APPLICATION_VERSION,
    executorID: executorId,
    useListenNotify: false,
    listenQueues: [STEP_QUEUE],
    schedulerPollingIntervalMs: 60_000,
    logger: toDbosLogger(log),
  });
  await DBOS.launch();
  return DBOS.registerQueue(STEP_QUEUE, { workerConcurrency: STEPS_RUNNING_MAX, minPollingIntervalMs: QUEUE_POLL_MS, onConflict: "always_update" });
}

/** One claim at a time; notices that arrive meanwhile make one more. */
function claimLoop(internals: DbosInternals, queue: WorkflowQueue, signal: AbortSignal): () => void {
  let isBusy = false;
  let isWanted = false;
  const drain = async (): Promise<void> => {
    isBusy = true;
    while (isWanted && !signal.aborted) {
      isWanted = false;
      await internals.claim(queue).catch(() => undefined); // DBOS's own poll tries again
    }
    isBusy = false;
  };
  return () => {
    isWanted = true;
    if (!isBusy) void drain();
  };
}

async function peerLoop(options: WorkflowOptions, lease: Lease, internals: DbosInternals, claim: () => void, signal: AbortSignal): Promise<void> {
  const { store, log, crashPoint = (): void => undefined } = options;
  const takeOver = async (peer: string, workflowIds: readonly string[]): Promise<void> => {
    await takeOverSteps({ store, crashPoint, giveBack: (executorId) => internals.recover(executorId) }, peer, workflowIds);
    log("info", `Took over ${workflowIds.length} steps of executor ${peer}, which is gone.`);
    claim();
  };
  for (let round = 0; !signal.aborted; round += 1) {
    await lease.visitDeadPeers(takeOver).catch((error: unknown) => log("warn", `Looking for dead peers failed: ${String(error)}`));
    await pause(round < PEER_POLLS_FIRST ? PEER_POLL_FIRST_MS : PEER_POLL_MS, signal);
  }
}

async function sweepLoop(options: WorkflowOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      const queued = await sweepSteps(options);
      await dropEndedWorkflows(options.pool);
      if (queued > 0) options.log("warn", `Queued ${queued} steps again whose workflow was missing or had ended.`);
    } catch (error) {
      options.log("warn", `The sweep for stranded steps failed: ${String(error)}`);
    }
    await pause(SWEEP_MS, signal);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", finish);
      resolve();
    };
    const timer = setTimeout(finish, ms);
    signal.addEventListener("abort", finish, { once: true });
    if (signal.aborted) finish();
  });
}
