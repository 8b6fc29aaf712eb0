// The agent of one host, put together: lock, memory, convergence, and the conversation with the gateway
// (identity, plans, reports, requests). Convergence does not need the conversation: with the control
// plane away the daemons of the last plan are kept running.
import { mkdirSync, realpathSync } from "node:fs";
import { clusterKey, hostId, HOST_STATE_DIR } from "@cynosure/model";
import type { HostReport } from "@cynosure/model";
import { readBootFile } from "./boot-file.ts";
import { createConvergenceLoop } from "./convergence-loop.ts";
import type { ConvergenceLoop } from "./convergence-loop.ts";
import { clientLimits, createBackOff, createGatewayClient, GatewayRefusal, pause } from "./gateway-client.ts";
import type { GatewayClient } from "./gateway-client.ts";
import { takeHostLock } from "./host-lock.ts";
import { addressOf, ensureIdentity, readIdentity, renewAtMs, renewIdentity } from "./identity.ts";
import type { JoinedIdentity } from "./identity.ts";
import { ownPlace } from "./own-place.ts";
import { openPlanIntake } from "./plan-intake.ts";
import type { PlanIntake } from "./plan-intake.ts";
import { sha256 } from "./plan-keys.ts";
import { createBell, runReportLoop } from "./report-loop.ts";
import { buildReport } from "./report.ts";
import { runRequestLoop } from "./request-loop.ts";
import type { HostHandlers } from "./request-loop.ts";
import { openStateFiles, systemFileWriter } from "./state-file.ts";
import type { FileWriter } from "./state-file.ts";
import { createStateHolder, describeError } from "./state-holder.ts";
import type { StateHolder } from "./state-holder.ts";

export const agentVersion = "0.1.0";

export interface AgentOptions {
  /** The host's one writable tree; another one in tests only. */
  readonly stateDir?: string;
  /** Loaded at the first request. */
  readonly loadHandlers?: () => Promise<HostHandlers>;
  readonly log?: (line: string) => void;
  readonly writer?: FileWriter;
  /** Called at named points of every action; tests end the process there. */
  readonly onPoint?: (point: string) => void;
}

export interface Agent {
  /** Stops all daemons in order, later stages first. */
  halt(): Promise<void>;
  /** Ends the agent's own work; daemons go on. */
  stop(): void;
}

interface Host {
  readonly clusterKey: string;
  readonly hostId: string;
  readonly stateDir: string;
}

interface Parts {
  readonly host: Host;
  readonly options: Required<AgentOptions>;
  readonly intake: PlanIntake;
  readonly loop: ConvergenceLoop;
  readonly memory: StateHolder;
  readonly signal: AbortSignal;
  readonly bell: ReturnType<typeof createBell>;
  readonly startedAtMs: number;
  trouble: string | null;
}

/** Resolves once this process is the host's agent and knows who the host is; converging has then begun. */
export async function startAgent(given: AgentOptions = {}): Promise<Agent> {
  const startedAtMs = Date.now();
  const directory = given.stateDir ?? HOST_STATE_DIR;
  mkdirSync(directory, { recursive: true });
  const options: Required<AgentOptions> = { loadHandlers: async () => ({}), log: () => undefined, writer: systemFileWriter, onPoint: () => undefined, ...given, stateDir: realpathSync(directory) };
  const release = await takeHostLock(options.stateDir, () => {
    options.log("another agent of this host still lives; waiting for it to end");
  });
  const stopping = new AbortController();
  const files = openStateFiles(options.stateDir, options.writer);
  const host = await whoAmI(options, stopping.signal);
  const memory = createStateHolder(files);
  const intake = openPlanIntake(files, ownPlace === null ? host : { ...host, stateDir: HOST_STATE_DIR }, ownPlace);
  const bell = createBell();
  const hostMarker = `${host.hostId}/${sha256(`${host.clusterKey}\0${host.stateDir}`).slice(0, 16)}`;
  const loop = createConvergenceLoop({ ...options, hostMarker, memory, served: intake.accepted(), onPass: bell.ring });
  const parts: Parts = { host, options, intake, loop, memory, signal: stopping.signal, bell, startedAtMs, trouble: null };
  void converse(parts);
  return {
    halt: () => loop.halt(),
    stop: () => {
      stopping.abort();
      loop.stop();
      release();
    },
  };
}

/** From the identity if there is one; from the boot file otherwise, which may still be on its way. */
async function whoAmI(options: Required<AgentOptions>, signal: AbortSignal): Promise<Host> {
  const backOff = createBackOff();
  for (let said = ""; ; ) {
    const identity = readIdentity(options.stateDir);
    const read = identity === null ? readBootFile(options.stateDir) : { ok: true as const, boot: identity };
    if (read.ok) return { clusterKey: read.boot.clusterKey, hostId: read.boot.hostId, stateDir: options.stateDir };
    if (read.problem !== said) options.log(read.problem);
    said = read.problem;
    await backOff.failed(signal);
  }
}

/** Joins, then talks until the identity is refused or renewed; for ever. */
async function converse(parts: Parts): Promise<void> {
  const { options, signal } = parts;
  const backOff = createBackOff();
  let isRefused = false;
  let said = "";
  while (!signal.aborted) {
    try {
      const identity = await ensureIdentity(options.stateDir, options.writer, Date.now(), isRefused);
      isRefused = false;
      await talk(parts, identity, () => {
        said = "";
        backOff.succeeded();
      });
    } catch (error) {
      if (signal.aborted) return;
      isRefused = error instanceof GatewayRefusal;
      const reason = describeError(error);
      if (reason !== said) options.log(`not in contact with the control plane: ${reason}`);
      said = reason;
      await backOff.failed(signal);
    }
  }
}

/** Ends when the certificate was renewed (to begin again with the new one); rejects when refused. */
async function talk(parts: Parts, identity: JoinedIdentity, onContact: () => void): Promise<void> {
  const { options, loop, bell } = parts;
  const client = createGatewayClient(addressOf(identity.gatewayUrl), identity);
  const ending = new AbortController();
  const signal = AbortSignal.any([ending.signal, parts.signal]);
  const guard = async (work: Promise<void>): Promise<void> => {
    try {
      await work;
    } finally {
      ending.abort();
    }
  };
  const work = [
    guard(runPlanLoop(parts, client, signal, onContact)),
    guard(runReportLoop({ client, bell, build: () => currentReport(parts), log: options.log, signal })),
    guard(runRequestLoop({ client, loadHandlers: options.loadHandlers, executorEpoch: () => loop.view().served?.executorEpoch ?? 0, log: options.log, signal })),
    guard(runRenewal(parts, client, identity, signal)),
  ];
  try {
    await Promise.all(work);
  } finally {
    await Promise.allSettled(work);
    client.close();
  }
}

async function runPlanLoop(parts: Parts, client: GatewayClient, signal: AbortSignal, onContact: () => void): Promise<void> {
  const { intake, loop, options } = parts;
  const backOff = createBackOff();
  const troubled = async (problem: string): Promise<void> => {
    if (problem !== parts.trouble) options.log(problem);
    parts.trouble = problem;
    parts.bell.ring();
    await backOff.failed(signal);
  };
  while (!signal.aborted) {
    try {
      const { status, body } = await client.call({ method: "GET", path: `/v1/host-plan?after=${intake.after()}`, timeoutMs: clientLimits.pollMsMax, signal });
      onContact();
      const intakeResult = status === 204 ? null : intake.offer(body);
      if (intakeResult?.kind === "stale" || intakeResult?.kind === "notStored") {
        await troubled(intakeResult.problem);
        continue;
      }
      backOff.succeeded();
      parts.trouble = null;
      parts.bell.ring();
      if (intakeResult?.kind === "refused") options.log(intakeResult.problem);
      if (intakeResult?.kind === "accepted") {
        options.log(`host plan ${String(intakeResult.served.plan.generation)}, stage ${String(intakeResult.served.plan.stage)}, of epoch ${String(intakeResult.served.executorEpoch)}`);
        options.onPoint("plan");
        loop.accept(intakeResult.served);
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof GatewayRefusal && (error.status === 401 || error.status === 403)) throw error;
      // 409: the plan is there and cannot be served yet; that belongs into the report. Anything else: no contact.
      if (error instanceof GatewayRefusal) await troubled(error.message);
      else await backOff.failed(signal);
    }
  }
}

async function runRenewal(parts: Parts, client: GatewayClient, identity: JoinedIdentity, signal: AbortSignal): Promise<void> {
  const { options } = parts;
  const lookAgainMs = 60_000;
  while (!signal.aborted) {
    const leftMs = renewAtMs(identity) - Date.now();
    if (leftMs > 0) {
      await pause(Math.min(leftMs, lookAgainMs), signal);
      continue;
    }
    try {
      await renewIdentity(options.stateDir, options.writer, client, identity);
      options.log("certificate renewed");
      return;
    } catch (error) {
      if (signal.aborted) return;
      options.log(`the certificate could not be renewed: ${describeError(error)}`);
      await pause(lookAgainMs / 6, signal);
    }
  }
}

function currentReport(parts: Parts): HostReport {
  const view = parts.loop.view();
  const identity = { clusterKey: clusterKey(parts.host.clusterKey), hostId: hostId(parts.host.hostId) };
  return buildReport({
    ...identity, ...view, plan: view.served?.plan ?? null, executorEpoch: view.served?.executorEpoch ?? 0, state: parts.memory.current(),
    trouble: parts.memory.trouble() ?? parts.trouble, refused: parts.intake.refused(), agent: { pid: process.pid, version: agentVersion, startedAtMs: parts.startedAtMs },
  });
}
