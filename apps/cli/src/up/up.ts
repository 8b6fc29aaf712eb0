// `cynosure up`, the whole story in order: machine, image, control plane, sizing and plan, delivery, proof,
// endpoints; then it stays until Ctrl-C and stops what it started. Each chapter has a file of its own.
import { join } from "node:path";
import { withExclusive } from "@cynosure/machine";
import type { Cluster, Requirement } from "@cynosure/sdk";
import type { Arm } from "../arm.ts";
import { connect, connectionOf } from "../connect.ts";
import { checkoutDir, ownDataDir } from "../data-dir.ts";
import type { ExitCodeValue } from "../exit-code.ts";
import { CommandError, ExitCode } from "../exit-code.ts";
import type { Output } from "../output.ts";
import { createLiveView } from "../progress/live-view.ts";
import { formatRequirementProblems, readRequirementFile } from "../requirement/read-requirement.ts";
import type { RequirementResult } from "../requirement/read-requirement.ts";
import { buildPortal } from "../portal/build-portal.ts";
import { printPortal } from "../portal/portal-url.ts";
import { realityMark, storesNothing } from "../reality.ts";
import type { Fault } from "../verification/round-trip.ts";
import type { ControlPlaneHandle } from "./control-plane-process.ts";
import { startControlPlane } from "./control-plane-process.ts";
import { deliverOption, findCluster, previewPlan, sizeRequirement, wantedClusters } from "./deliver.ts";
import { describePlan, describeSizing } from "./describe-delivery.ts";
import { printEndpoints } from "./describe-endpoints.ts";
import { forgetData } from "./forget-data.ts";
import { keepControlPlane } from "./keep-control-plane.ts";
import { prepareMachine } from "./prepare-machine.ts";
import type { PreparedMachine } from "./prepare-machine.ts";
import { rungFor, withEngine } from "./engine-choice.ts";
import type { EngineChoice } from "./engine-choice.ts";
import { createPhases } from "./phases.ts";
import type { Phases } from "./phases.ts";
import type { FailureFacts, ReadyFacts, Verified } from "./ready-line.ts";
import { isVerified, readyLine } from "./ready-line.ts";
import { stopAndScan } from "./stop-and-scan.ts";
import { verifyCluster } from "./verify-cluster.ts";
import { waitForHealth } from "./wait-for-health.ts";

const BENCHMARK_SECONDS = 5;

export interface UpOptions {
  readonly assumeYes: boolean;
  readonly mayInstall: boolean;
  readonly exitWhenReady: boolean;
  readonly isFresh: boolean;
  readonly rung: string | null;
  /** Null: what the requirement names, or what the rung has. */
  readonly engine: EngineChoice | null;
  readonly requirementPath: string | null;
}

interface Run {
  readonly options: UpOptions;
  readonly output: Output;
  readonly dataDir: string;
  readonly phases: Phases;
  readonly startedAtMs: number;
  readonly signal: AbortSignal;
  /** Fills up as the run goes on; the final line is made of it. */
  facts: Partial<ReadyFacts>;
}

/** Ends with the final line printed; throws only for what went wrong before anything was started. */
export async function runUp(options: UpOptions, output: Output, signal: AbortSignal): Promise<ExitCodeValue> {
  const dataDir = ownDataDir();
  const requirement = withEngine(loadRequirement(options.requirementPath ?? join(checkoutDir, "examples", "requirements", "proof-of-concept.yaml")), options.engine);
  const rung = rungFor(options);
  const run: Run = { options: { ...options, rung }, output, dataDir, phases: createPhases(() => performance.now()), startedAtMs: Date.now(), signal, facts: {} };
  const onWait = (): never => {
    throw new CommandError(ExitCode.conflict, `another "cynosure up" works on ${dataDir}; end it with Ctrl-C, or use a data directory of your own with CYNOSURE_HOME`);
  };
  return withExclusive(join(dataDir, "up"), { timeoutMsMax: 1, onWait }, () => runStory(run, requirement));
}

function loadRequirement(path: string): Requirement {
  let result: RequirementResult;
  try {
    result = readRequirementFile(path);
  } catch (cause) {
    throw new CommandError(ExitCode.usage, `the requirement ${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
  if (!result.ok) throw new CommandError(ExitCode.usage, `the requirement is not valid:\n${formatRequirementProblems(path, result.problems).join("\n")}`, { code: "RequirementInvalid" });
  return result.requirement;
}

async function runStory(run: Run, requirement: Requirement): Promise<ExitCodeValue> {
  const { options, output, dataDir, phases, signal } = run;
  if (options.isFresh) await forgetData({ dataDir, assumeYes: options.assumeYes, output, signal });
  const machine = await phases.run("machine", () => prepareMachine({ dataDir, rung: options.rung, assumeYes: options.assumeYes, mayInstall: options.mayInstall, output, signal }));
  await phases.run("image", () => machine.ensureImage());
  // Nobody looks at a start that ends by itself.
  const hasPortal = !options.exitWhenReady && (await phases.run("portal", () => buildPortal({ checkoutDir, note: output.note, signal })));
  run.facts = { ...run.facts, rung: machine.rung };
  let controlPlane: ControlPlaneHandle | null = null;
  let failure: (FailureFacts & { exitCode: ExitCodeValue }) | null = null;
  try {
    const start = (): Promise<ControlPlaneHandle> => startControlPlane({ dataDir, rung: machine.rung, installationId: machine.installation.id, onPhase: (text) => output.note(`  ${text}`) });
    const first = await phases.run("controlPlane", start);
    controlPlane = first;
    const { record } = first;
    output.note(`Control plane ${first.isAdopted ? "was running" : "is ready"}: ${record.url} (pid ${first.process.pid})`);
    await untilEnded(first, deliverAndProve(run, machine, connect(connectionOf(dataDir)), record.caPath, requirement));
    if (!options.exitWhenReady) {
      if (hasPortal) await printPortal(connectionOf(dataDir), output.note);
      output.note("Ready. Ctrl-C stops everything; the data stays.");
      await keepControlPlane({ first, start, untilAborted: untilAborted(signal), nowMs: () => Date.now(), note: output.note, onStarted: (handle) => (controlPlane = handle) });
    }
  } catch (error) {
    failure = failureOf(error, signal);
  }
  // A control plane that was killed leaves its hosts for the next start to adopt: that is what they are for.
  const last = controlPlane;
  const wasKilled = last !== null && (await hasEnded(last));
  if (last !== null && !wasKilled) failure = await phases.run("stop", () => stopAndScan(last, machine.installation, output)).then((reason) => (reason === null ? failure : (failure ?? { reason, operationId: null, exitCode: ExitCode.failed })));
  return finish(run, failure);
}

function finish(run: Run, failure: (FailureFacts & { exitCode: ExitCodeValue }) | null): ExitCodeValue {
  const { output, phases, options } = run;
  const facts = { ...run.facts, seconds: phases.seconds() };
  const isInterrupted = failure?.exitCode === ExitCode.interrupted;
  // Ctrl-C after the cluster was ready is how a start is meant to end.
  const isGoodEnd = isInterrupted && !options.exitWhenReady && facts.verified !== undefined;
  if (failure !== null && !isGoodEnd && !output.isJson) {
    output.note(`cynosure: ${failure.reason}`);
    if (failure.operationId !== null) output.note(`  operation: ${failure.operationId}`);
  }
  const line = readyLine(facts, isGoodEnd ? null : failure);
  output.result(JSON.parse(line), failure === null || isGoodEnd ? [`${describePhases(facts.seconds)}`] : []);
  return isGoodEnd ? ExitCode.ok : (failure?.exitCode ?? ExitCode.ok);
}

const describePhases = (seconds: Readonly<Record<string, number>>): string => `Seconds: ${Object.entries(seconds).map(([name, value]) => `${name} ${value.toFixed(1)}`).join(", ")}`;

function failureOf(error: unknown, signal: AbortSignal): FailureFacts & { exitCode: ExitCodeValue } {
  const known = error instanceof CommandError ? error : signal.aborted && signal.reason instanceof CommandError ? signal.reason : null;
  if (known !== null) return { reason: known.message, operationId: known.operationId ?? null, exitCode: known.exitCode };
  return { reason: error instanceof Error ? (error.stack ?? error.message) : String(error), operationId: null, exitCode: ExitCode.failed };
}

/** A listener alone does not keep a process alive; the timer does. */
function untilAborted(signal: AbortSignal): Promise<void> {
  const timer = setInterval(() => {}, 60_000);
  return new Promise((resolve) => {
    const finish = (): void => {
      clearInterval(timer);
      resolve();
    };
    if (signal.aborted) finish();
    else signal.addEventListener("abort", finish, { once: true });
  });
}

/** The work, or the news that the control plane is gone, whichever comes first. */
async function untilEnded<T>(controlPlane: ControlPlaneHandle, work: Promise<T>): Promise<T> {
  const gone = controlPlane.ended.then((): never => {
    throw new CommandError(ExitCode.failed, "the control plane ended unexpectedly; hosts go on running. Start again to continue where it was", { code: "ControlPlaneEnded" });
  });
  gone.catch(() => {}); // lost races are no errors
  return Promise.race([work, gone]);
}

const hasEnded = (controlPlane: ControlPlaneHandle): Promise<boolean> => Promise.race([controlPlane.ended.then(() => true), new Promise<boolean>((resolve) => setImmediate(() => resolve(false)))]);

async function deliverAndProve(run: Run, machine: PreparedMachine, arm: Arm, caPath: string, requirement: Requirement): Promise<void> {
  const { output, phases, signal } = run;
  const sizing = await phases.run("plan", () => sizeRequirement(arm, requirement));
  for (const line of describeSizing(sizing)) output.note(line);
  const options = wantedClusters(sizing);
  const failures: string[] = [];
  for (const option of options) {
    const known = await findCluster(arm, option.clusterName);
    if (known === null) for (const line of describePlan(await phases.run("plan", () => previewPlan(arm, option)), option.clusterName)) output.note(line);
    else if (run.options.engine !== null && known.properties.engine !== run.options.engine) throw new CommandError(ExitCode.conflict, `cluster ${option.clusterName} is there with the engine ${known.properties.engine}, and ${run.options.engine} was asked for; start without --engine, delete it, or forget all data with --fresh`);
    else output.note(`Cluster ${option.clusterName} is known (${known.properties.provisioningState}); it is brought back with its data`);
    const view = createLiveView(output.notes);
    const nowMs = (): number => Date.now();
    const { isSimulated, isEmulated } = sizing;
    try {
      await phases.run("deliver", () => deliverOption({ arm, isSimulated, isEmulated, view, startedAtMs: nowMs(), nowMs, signal, note: output.note }, option));
      const cluster = await phases.run("health", () => waitForHealth({ arm, clusterName: option.clusterName, notBeforeMs: run.startedAtMs, isSimulated, isEmulated, view, nowMs, signal }));
      view.finish();
      const verified = await prove(run, machine, arm, cluster);
      run.facts = { ...run.facts, engine: cluster.properties.engine, isEmulated: run.facts.isEmulated === true || cluster.properties.isEmulated === true, hosts: (run.facts.hosts ?? 0) + cluster.properties.hosts.count, health: cluster.properties.health?.status ?? "unknown", verified };
      if (!isVerified(verified)) failures.push(`cluster ${option.clusterName} does not verify: what was written is not what was read`);
      await printEndpoints({ arm, cluster, imageTool: machine.imageTool, note: output.note, caPath });
    } finally {
      view.finish();
    }
  }
  if (failures.length > 0) throw new CommandError(ExitCode.failed, failures.join("; "), { code: "VerificationFailed" });
}

async function prove(run: Run, machine: PreparedMachine, arm: Arm, cluster: Cluster): Promise<Verified> {
  const { output, phases, signal } = run;
  const mark = realityMark(cluster.properties);
  output.note(`${mark}Cluster ${cluster.name}: ${cluster.properties.health?.status}, ${cluster.properties.hosts.count} hosts`);
  let verified: Verified = { nfs: null, s3: null };
  if (storesNothing(cluster.properties)) output.note(`${mark}Verification: nothing to verify, ${cluster.properties.isEmulated === true ? "an emulated" : "a simulated"} cluster stores no data`);
  else {
    output.note("Verification");
    verified = await phases.run("verify", () => verifyCluster({ arm, cluster, dataDir: run.dataDir, tools: machine.tools, runName: String(run.startedAtMs), fault: faultOf(process.env["CYNOSURE_FAULT"]), note: output.note, nowMs: () => Date.now(), signal }));
  }
  const params = { subscriptionId: arm.scope.subscriptionId, resourceGroupName: arm.scope.resourceGroupName, clusterName: cluster.name ?? "" };
  const rates = await phases.run("benchmark", async () => (await arm.send("Clusters_Benchmark", params, { seconds: BENCHMARK_SECONDS })).body);
  output.note(`${mark}Reading and writing at once for ${rates.seconds.toFixed(0)} s: read ${rates.readMBps.toFixed(0)} MB/s, write ${rates.writeMBps.toFixed(0)} MB/s`);
  output.note(`${mark}  path: ${rates.path}`);
  return verified;
}

/** For tests of the verification itself (docs/reference/cli.md): never set by anything we ship. */
function faultOf(text: string | undefined): Fault {
  if (text === undefined || text === "") return "none";
  if (text === "flip-byte") return text;
  throw new CommandError(ExitCode.usage, `CYNOSURE_FAULT is "${text}"; known: flip-byte`);
}
