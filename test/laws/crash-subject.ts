// The crash law's worlds: a database, a simulated world's state file and control planes in processes of their
// own, one after the other. Databases are copied from one with all tables, so that a start is only a start.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { PlanId } from "@cynosure/model";
import { openPool, openStore } from "@cynosure/resource-store";
import { testMasterKey, type TestPostgres } from "@cynosure/resource-store/testkit";
import { createSeededRng, createSimulatedClock, createSimulatedWorld } from "@cynosure/simulated";
import type { CrashSubject, CrashWorkflow, ProcessEnd } from "@cynosure/workflow/testkit";
import type { ChildInput } from "./child.ts";
import { parseEffects } from "./counted-effects.ts";
import { keyOfCluster } from "./wishes.ts";
import { readWorldEnd } from "./world-snapshot.ts";
import type { RegisteredWorkflow } from "./workflows.ts";

const childFile = fileURLToPath(new URL("child.ts", import.meta.url));
/** A control plane that neither ends nor dies within this is itself the failure. */
const CHILD_MS_MAX = 120_000;
const CLUSTER = "law-crash-world";

async function runChild(input: ChildInput, cacheDir: string): Promise<ProcessEnd> {
  // Compiled code is kept between the many starts: most of a start is loading.
  const env = { ...process.env, NODE_COMPILE_CACHE: cacheDir };
  const child = spawn(process.execPath, [childFile, JSON.stringify(input)], { stdio: ["ignore", "pipe", "pipe"], env });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString("utf8")));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString("utf8")));
  const bound = setTimeout(() => {
    output += `ended by the test: it neither finished nor died within ${CHILD_MS_MAX} ms\n`;
    child.kill("SIGKILL");
  }, CHILD_MS_MAX);
  await once(child, "close");
  clearTimeout(bound);
  return { code: child.exitCode, signal: child.signalCode, output };
}

/** What all crash worlds share. */
export interface CrashRoom {
  underTest(workflow: RegisteredWorkflow, how?: Pick<ChildInput, "planted" | "planningPoint">): CrashWorkflow;
  close(): void;
}

export async function openCrashRoom(postgres: TestPostgres, workflow: RegisteredWorkflow): Promise<CrashRoom> {
  const scratch = mkdtempSync(join(tmpdir(), "cynosure-laws-"));
  const cacheDir = join(scratch, "compiled");
  const inputFor = (databaseUrl: string, each: RegisteredWorkflow, directory: string): ChildInput => ({
    databaseUrl,
    stateFile: join(directory, "world.json"),
    effectsFile: join(directory, "effects.jsonl"),
    cluster: CLUSTER,
    workflow: each.name,
    phase: "run",
    generation: each.before.length + each.planNumber,
    diedAt: [],
  });
  /** Its tables are made; it is copied per world. */
  const template = await postgres.createDatabase();
  const prepared = await runChild({ ...inputFor(template, workflow, join(scratch, "template")), phase: "tables" }, cacheDir);
  if (prepared.code !== 0) throw new Error(`The laws' database could not be prepared: ${prepared.output}`);
  return {
    underTest: (each, how = {}) => ({
      name: each.name,
      async open() {
        const input = { ...inputFor(await postgres.createDatabase(template), each, mkdtempSync(join(scratch, "world-"))), ...how };
        const end = each.before.length === 0 ? null : await runChild({ ...input, phase: "before" }, cacheDir);
        if (end !== null && end.code !== 0) throw new Error(`what is there before "${each.name}" could not be made: ${end.output}`);
        return subjectOf(input, cacheDir);
      },
    }),
    close: () => rmSync(scratch, { recursive: true, force: true }),
  };
}

async function subjectOf(input: ChildInput, cacheDir: string): Promise<CrashSubject> {
  const pool = openPool(input.databaseUrl, { connectionsMax: 3, applicationName: "laws reader" });
  const store = await openStore({ pool, masterKey: testMasterKey, queueStatements: () => Promise.reject(new Error("the reader starts nothing")) });
  const cluster = keyOfCluster(input.cluster);
  const planUnderTest = async (): Promise<PlanId | null> => (await store.plans.list(cluster, 10)).find(({ plan }) => plan.generation === input.generation)?.plan.id ?? null;
  return {
    runProcess: (diedAt) => runChild({ ...input, diedAt }, cacheDir),
    async readStepLog() {
      const planId = await planUnderTest();
      return planId === null ? [] : store.plans.stepStates(planId);
    },
    readEnd() {
      // Read afresh: the processes that wrote it are gone.
      const world = createSimulatedWorld({ clock: createSimulatedClock(), rng: createSeededRng("reader"), stateFile: input.stateFile });
      return readWorldEnd({ store, pool, world }, cluster);
    },
    effects: async () => (existsSync(input.effectsFile) ? parseEffects(readFileSync(input.effectsFile, "utf8"), input.generation) : []),
    async close() {
      await store.close();
      await pool.end();
    },
  };
}
