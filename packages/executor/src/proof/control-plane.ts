// The control plane that the proof kills: store, workflow engine and executor as in production, with an
// engine whose only effect is a row. Run as its own process: `control-plane.ts <url> <seed> [crash point]`.
// It starts the seed's plan when nobody has, stays until the plan has ended, and prints one JSON line.
import { setTimeout as sleep } from "node:timers/promises";
import type { Clock, EngineAction, StepResult } from "@cynosure/model";
import { doneVoid, failed, retry, waiting } from "@cynosure/model";
import type { EngineCall, StorageEngine } from "@cynosure/engine";
import { openPool, openStore, type Store } from "@cynosure/resource-store";
import { type CrashPoint, createCrashPoint, createStepEnqueuer, launchWorkflows } from "@cynosure/workflow";
import { createExecutor } from "../executor.ts";
import { createRandomPlan, type EffectParams, type RandomPlan } from "./random-plan.ts";

type Pool = ReturnType<typeof openPool>;

const proofSql = `
create schema if not exists proof;
create sequence if not exists proof.tick;
create table if not exists proof.effects (tick bigint not null default nextval('proof.tick'), step_id text not null, epoch integer not null, executor text not null);
create table if not exists proof.completions (tick bigint not null default nextval('proof.tick'), step_id text not null);
create or replace function proof.completed() returns trigger language plpgsql as
  $$ begin insert into proof.completions (step_id) values (new.step_id); return new; end $$;
create or replace trigger completed after update on cynosure.plan_steps for each row when (new.status = 'done' and old.status <> 'done') execute function proof.completed();
`;

const clock: Clock = {
  now: () => Date.now(),
  sleep: async (ms, signal) => {
    await sleep(ms, undefined, signal === undefined ? {} : { signal });
  },
};

/** Records each effect with the epoch it was allowed under, and refuses lower epochs as adapters must. */
function createEffectEngine(pool: Pool, executor: string): StorageEngine {
  const said = new Map<string, number>();
  const effectSql = `insert into proof.effects (step_id, epoch, executor) select $1, $2, $3
    where $2 >= coalesce((select max(epoch) from proof.effects), 0) returning tick`;
  return {
    name: "simulated",
    isSimulated: true,
    isEmulated: false,
    planner: { hostCount: { min: 1, max: 1 }, layout: () => ({ ok: false, problems: [] }) },
    async perform(call: EngineCall, action: EngineAction): Promise<StepResult> {
      const params = action.params as unknown as EffectParams & { readonly step: string }; // made by createRandomPlan
      const turn = said.get(params.step) ?? 0;
      said.set(params.step, turn + 1);
      if (turn < params.waits) return waiting("a made-up delay", 1);
      if (turn < params.waits + params.retries) return retry("MadeUp", "a made-up error", 1);
      const { rows } = await pool.query(effectSql, [params.step, call.executorEpoch, executor]);
      if (rows.length === 0) return failed("StaleExecutor", `epoch ${call.executorEpoch} has been replaced`);
      await sleep(params.durationMs);
      return params.fails ? failed("MadeUp", "this step was drawn to fail") : doneVoid;
    },
    observeHealth: () => Promise.resolve(null),
    observeMetrics: () => Promise.resolve(null),
    readCredentials: () => Promise.resolve({ s3: null }),
    nativeEndpoint: () => Promise.resolve(null),
    benchmark: () => Promise.reject(new Error("The effect engine has nothing to measure.")),
  };
}

async function startUnlessStarted(store: Store, { plan, operation }: RandomPlan, crashPoint: CrashPoint): Promise<void> {
  await store.transaction(async (tx) => {
    await store.lockCluster(plan.clusterKey, tx);
    if ((await store.plans.status(plan.id, tx)) !== null) return;
    await store.operations.insert(operation, tx);
    await store.plans.start(plan, { steps: [] }, operation.id, tx);
    crashPoint("start.beforeCommit");
  });
  crashPoint("start.afterCommit");
}

/** The plan has ended and DBOS has noted the end of every step workflow. */
async function untilSettled(store: Store, pool: Pool, { plan }: RandomPlan): Promise<void> {
  while ((await store.plans.status(plan.id)) === "Running") await store.hosts.waitForChange(`plan:${plan.id}`, 500);
  for (;;) {
    const { rows } = await pool.query<{ left: string }>("select count(*) as left from dbos.workflow_status where status in ('ENQUEUED', 'PENDING')");
    if (rows[0]?.left === "0") return;
    await sleep(20);
  }
}

async function main(url: string, seedText: string, crashSpecification: string | undefined): Promise<void> {
  const crashPoint = createCrashPoint(crashSpecification);
  const executorId = `cp-${process.pid}`;
  const log = (level: string, message: string): void => {
    if (level === "warn" || level === "error") process.stderr.write(`${level} ${message}\n`);
  };
  const pool = openPool(url, { connectionsMax: 12, applicationName: executorId });
  const enqueuer = await createStepEnqueuer({ pool, databaseUrl: url, log });
  const store = await openStore({ pool, masterKey: new Uint8Array(32), queueStatements: enqueuer.queueStatements, crashPoint });
  if (seedText === "prepare") await pool.query(proofSql);
  const executor = createExecutor({
    store,
    clock,
    crashPoint,
    log,
    substrates: {},
    engines: { simulated: createEffectEngine(pool, executorId) },
    gatewayBoot: () => ({ caPem: "", gatewayUrl: "" }),
    planWaiting: (operation) => Promise.reject(new Error(`nothing waits to be planned here, ${operation} neither`)),
  });
  const workflows = await launchWorkflows({
    pool,
    databaseUrl: url,
    store,
    enqueueStep: enqueuer.enqueueStep,
    runStep: executor.runStep,
    onLeaseLost: (reason) => {
      process.stderr.write(`${reason.message}\n`);
      process.exit(70);
    },
    log,
    crashPoint,
    executorId,
  });
  if (seedText !== "prepare") {
    const random = createRandomPlan(Number(seedText));
    await startUnlessStarted(store, random, crashPoint);
    process.stdout.write(`${JSON.stringify({ started: executorId })}\n`);
    await untilSettled(store, pool, random);
  }
  await workflows.close();
  await enqueuer.close();
  await store.close();
  await pool.end();
  process.stdout.write(`${JSON.stringify({ ended: executorId })}\n`);
}

const [url = "", seed = "", crashSpecification] = process.argv.slice(2);
await main(url, seed, crashSpecification);
