// Plays the agents of simulated hosts: joins, fetches host plans through the store, takes its modelled time
// to converge, reports. As real agents it never decides, refuses anything older than what it has seen, and
// goes on after a restart of the control plane from what the world remembers.
import { createHash } from "node:crypto";
import type { ClusterKey, DaemonSpec, HostId, HostPlan, HostReport, HostRequest, HostResponse, ServedHostPlan } from "@cynosure/model";
import { simulatedDurations as durations } from "./durations.ts";
import type { SimulatedWorld } from "./world.ts";
import { isReachable, type SimulatedHost } from "./world-state.ts";

/** What agents need of the store: a slice of its host part, so that the real store fits as it is. */
export interface SimulatedAgentStore {
  readPublished(cluster: ClusterKey, host: HostId): Promise<ServedHostPlan | null>;
  putReport(report: HostReport): Promise<void>;
  consumeJoinToken(cluster: ClusterKey, host: HostId, tokenSha256: string, nowMs: number, consumerSha256: string): Promise<boolean>;
  markJoined(cluster: ClusterKey, host: HostId, certificateSha256: string): Promise<void>;
  takeRequests(cluster: ClusterKey, host: HostId, limitMax: number): Promise<readonly HostRequest[]>;
  answerRequest(id: string, response: HostResponse, answeredBy: { readonly clusterKey: ClusterKey; readonly hostId: HostId }): Promise<void>;
  waitForChange(topic: string, timeoutMsMax: number, signal?: AbortSignal): Promise<void>;
}

export interface SimulatedAgentsOptions {
  readonly hosts: SimulatedAgentStore;
  readonly world: SimulatedWorld;
  readonly logError?: (hostId: HostId, error: unknown) => void;
  /** A known fault for the whole-system simulation to find: takes up any host plan that differs from the last. */
  readonly acceptsStale?: boolean;
}

export interface SimulatedAgents {
  /** As if the agent's process died and its supervisor started it anew: what it was doing is dropped. */
  restart(cluster: ClusterKey, hostId: HostId): void;
  /** Resolves when every agent has stopped. */
  stop(): Promise<void>;
}

const POLL_MS_MAX = 5_000;
/** What was reported is said again, as real agents do: a report that came late may have covered it. */
const HEARTBEAT_MS = 10_000;
const AGAIN_AFTER_ERROR_MS = 500;
const REQUESTS_MAX = 16;
const FIRST_PID = 1_000;

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

class SimulatedAgent {
  readonly #store: SimulatedAgentStore;
  readonly #world: SimulatedWorld;
  readonly #cluster: ClusterKey;
  readonly #hostId: HostId;
  readonly #signal: AbortSignal;
  readonly #isWanted: typeof isNewer;
  #reportedAtMs = 0;

  constructor({ hosts, world, acceptsStale = false }: SimulatedAgentsOptions, cluster: ClusterKey, hostId: HostId, signal: AbortSignal) {
    this.#store = hosts;
    this.#world = world;
    this.#cluster = cluster;
    this.#hostId = hostId;
    this.#signal = signal;
    this.#isWanted = acceptsStale ? isOther : isNewer;
  }

  /** One turn: whatever there is to do now, then a wait for change. False once the host is gone. */
  async turn(): Promise<boolean> {
    const host = this.#host();
    if (host === null) return false;
    if (!isReachable(host)) {
      await this.#worldChanges();
      return true;
    }
    if (!host.isJoined) {
      await this.#join(host);
      return true;
    }
    // The wait begins before the look, or a change in between would be slept over.
    const change = this.#store.waitForChange(`host:${this.#cluster}/${this.#hostId}`, POLL_MS_MAX, this.#signal).catch(() => undefined);
    await this.#answerRequests();
    const served = await this.#store.readPublished(this.#cluster, this.#hostId);
    if (served !== null && this.#isWanted(served, host)) await this.#converge(served);
    else if (host.report !== null && this.#world.clock.now() - this.#reportedAtMs >= HEARTBEAT_MS) await this.#put(host.report);
    else await Promise.race([change, this.#worldChanges()]);
    return true;
  }

  #host(): Readonly<SimulatedHost> | null {
    return this.#world.look(this.#cluster)?.hosts[this.#hostId] ?? null;
  }

  /** Resolves at the next change of this host in the world, at most after one poll. */
  #worldChanges(): Promise<void> {
    const before = JSON.stringify(this.#host());
    const gone = new AbortController();
    return new Promise<void>((resolve) => {
      const finish = (): void => {
        unsubscribe();
        this.#signal.removeEventListener("abort", finish);
        gone.abort();
        resolve();
      };
      const unsubscribe = this.#world.onChange((cluster) => {
        if (cluster === this.#cluster && JSON.stringify(this.#host()) !== before) finish();
      });
      this.#signal.addEventListener("abort", finish, { once: true });
      this.#world.clock.sleep(POLL_MS_MAX, gone.signal).then(finish, () => undefined);
      if (this.#signal.aborted) finish();
    });
  }

  async #join(host: Readonly<SimulatedHost>): Promise<void> {
    const left = this.#world.remainingMs(this.#cluster, `host.join/${this.#hostId}`, durations.hostJoinMs, this.#hostId);
    if (left > 0) {
      await this.#world.clock.sleep(left, this.#signal);
      return;
    }
    // The same key again gets the same answer, so a join whose end was lost is simply done again.
    const publicKeySha256 = sha256(`${this.#cluster}/${this.#hostId}`);
    if (!(await this.#store.consumeJoinToken(this.#cluster, this.#hostId, sha256(host.joinToken), this.#world.clock.now(), publicKeySha256))) {
      // Unknown or too old: the control plane gives a new token when it ensures the host again.
      await this.#worldChanges();
      return;
    }
    await this.#store.markJoined(this.#cluster, this.#hostId, publicKeySha256);
    this.#change((each) => void (each.isJoined = true));
  }

  #change(work: (host: SimulatedHost) => void): void {
    this.#world.change(this.#cluster, (state) => {
      const host = state.hosts[this.#hostId];
      if (host !== undefined) work(host);
    });
  }

  async #converge({ plan, executorEpoch }: ServedHostPlan): Promise<void> {
    const timer = `host.converge/${plan.generation}/${this.#hostId}`;
    const wanted = plan.daemons.filter((daemon) => daemon.stage <= plan.stage).map((daemon) => ({ id: daemon.id, kind: daemon.kind, digest: digestOf(daemon, plan) }));
    // What is to go or to be restarted stops first, and serves again at the end.
    this.#change((each) => {
      const stays = (running: SimulatedHost["daemons"][number]): boolean => wanted.some((daemon) => daemon.id === running.id && daemon.digest === running.digest);
      each.stopped = [...(each.stopped ?? []), ...each.daemons.filter((running) => !stays(running))];
      each.daemons = each.daemons.filter(stays);
    });
    const left = this.#world.remainingMs(this.#cluster, timer, durations.convergeMs, this.#hostId);
    if (left > 0) {
      await this.#report(plan, executorEpoch, "converging", null);
      await this.#world.clock.sleep(left, this.#signal);
    }
    const host = this.#host();
    if (host === null || !isReachable(host)) return; // died on the way: nothing more of it happened
    const fault = this.#world.faults.prescribed("agent.converge", this.#hostId, this.#cluster);
    if (fault === null) this.#change((each) => Object.assign(each, { daemons: wanted, stopped: [] }));
    // A failure that may pass is tried again at the next turn; one that may not is what the agent says of this generation.
    if (fault !== null && fault.how !== "failed") {
      await this.#world.clock.sleep(AGAIN_AFTER_ERROR_MS, this.#signal);
      return;
    }
    await this.#report(plan, executorEpoch, fault === null ? "converged" : "failed", fault === null ? null : "the simulation prescribes this failure");
    this.#change((each) => Object.assign(each, { generation: plan.generation, executorEpoch }));
    this.#world.clearTimer(this.#cluster, timer);
  }

  async #report(plan: HostPlan, executorEpoch: number, state: HostReport["state"], error: string | null): Promise<void> {
    const host = this.#host();
    if (host === null) return;
    const agent = { pid: FIRST_PID + host.host.index, version: "simulated", startedAtMs: host.startedAtMs };
    const daemons = host.daemons.map((daemon, k) => ({ ...daemon, state: "running" as const, pid: agent.pid * 100 + k, startTicks: 1, restarts: 0 }));
    const report: HostReport = { clusterKey: this.#cluster, hostId: this.#hostId, observedGeneration: plan.generation, executorEpoch, state, daemons, agent, ...(error === null ? {} : { error }), ...(state === "converging" ? { activity: `stage ${plan.stage}` } : {}) };
    await this.#put(report);
    this.#change((each) => void (each.report = report));
  }

  async #put(report: HostReport): Promise<void> {
    await this.#store.putReport(report);
    this.#reportedAtMs = this.#world.clock.now();
  }

  async #answerRequests(): Promise<void> {
    for (const request of await this.#store.takeRequests(this.#cluster, this.#hostId, REQUESTS_MAX)) {
      const response: HostResponse = request.kind === "simulated.echo" ? { ok: true, value: request.payload } : { ok: false, error: { code: "UnknownRequest", message: `A simulated host has no handler ${request.kind}; it knows simulated.echo.` } };
      await this.#store.answerRequest(request.id, response, { clusterKey: this.#cluster, hostId: this.#hostId });
    }
  }
}

/** Epoch first: a plan of a replaced executor is refused whatever its generation. */
export const isNewer = ({ plan, executorEpoch }: ServedHostPlan, seen: { readonly generation: number; readonly executorEpoch: number }): boolean =>
  executorEpoch >= seen.executorEpoch && plan.generation >= seen.generation && (executorEpoch > seen.executorEpoch || plan.generation > seen.generation);

const isOther = ({ plan, executorEpoch }: ServedHostPlan, seen: { readonly generation: number; readonly executorEpoch: number }): boolean =>
  executorEpoch !== seen.executorEpoch || plan.generation !== seen.generation;

/** What a daemon is started with: another digest means another start. Files it may reload do not count. */
function digestOf({ argv, env, reads, reload }: DaemonSpec, { files, image }: HostPlan): string {
  const read = files.filter((file) => reads.includes(file.path) && reload?.paths.includes(file.path) !== true);
  return sha256(JSON.stringify([image.name, argv, env, read.map((file) => [file.path, file.mode, file.text])])).slice(0, 8);
}

export function runSimulatedAgents(options: SimulatedAgentsOptions): SimulatedAgents {
  const { world, logError = () => undefined } = options;
  const controller = new AbortController();
  const agents = new Map<string, { readonly ended: Promise<void>; restart(): void }>();
  const { signal } = controller;

  /** One agent until its host is gone; a restart begins it anew. */
  const live = async (cluster: ClusterKey, hostId: HostId, process: { current: AbortController }): Promise<void> => {
    while (!signal.aborted) {
      process.current = new AbortController();
      const own = AbortSignal.any([signal, process.current.signal]);
      const agent = new SimulatedAgent(options, cluster, hostId, own);
      while (!own.aborted) {
        try {
          if (!(await agent.turn())) return;
        } catch (error) {
          if (own.aborted) break;
          logError(hostId, error);
          await world.clock.sleep(AGAIN_AFTER_ERROR_MS, own).catch(() => undefined);
        }
      }
    }
  };
  const meet = (cluster: ClusterKey): void => {
    for (const { host } of Object.values(world.look(cluster)?.hosts ?? {})) {
      const key = `${cluster} ${host.hostId}`;
      if (agents.has(key) || signal.aborted) continue;
      const process = { current: new AbortController() };
      // Begun after it is known: its first turn may change the world, which brings us here again.
      const ended = Promise.resolve().then(() => live(cluster, host.hostId, process)).finally(() => agents.delete(key));
      agents.set(key, { ended, restart: () => process.current.abort(new Error("the simulated agent was restarted")) });
    }
  };
  const unsubscribe = world.onChange(meet);
  for (const cluster of world.clusterKeys()) meet(cluster);
  return {
    restart: (cluster, hostId) => agents.get(`${cluster} ${hostId}`)?.restart(),
    async stop() {
      unsubscribe();
      controller.abort(new Error("the simulated agents stop"));
      await Promise.all([...agents.values()].map((agent) => agent.ended));
    },
  };
}
