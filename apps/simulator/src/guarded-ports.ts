// Substrate and engine as one control plane process reaches them: over the network, and marked with who
// called under which epoch, so that the invariants can tell whose effect a change of the world is.
import type { EngineCall, StorageEngine } from "@cynosure/engine";
import type { ClusterKey, StepResult } from "@cynosure/model";
import type { SimulatedWorld } from "@cynosure/simulated";
import type { Substrate } from "@cynosure/substrate";
import type { Network } from "./network.ts";
import type { ProcessLife } from "./process-life.ts";

/** Who changes the world right now. */
export interface Cause {
  readonly by: "executor" | "agent" | "fault";
  /** The executor's id for executors, the host for agents. */
  readonly who: string;
  readonly what: string;
  readonly epoch: number;
  readonly generation: number;
}

export class CauseOfChange {
  #current: Cause | null = null;

  get current(): Cause | null {
    return this.#current;
  }

  /** Effects of the ports happen within the call itself, before its first wait. */
  during<T>(cause: Cause, work: () => T): T {
    const before = this.#current;
    this.#current = cause;
    try {
      return work();
    } finally {
      this.#current = before;
    }
  }
}

/** A call of an executor that has arrived, and what became of it. */
export interface ArrivedCall {
  readonly cluster: ClusterKey;
  readonly cause: Cause;
  /** The highest epoch the world had seen of the cluster when it arrived. */
  readonly epochSeen: number;
  readonly isRefused: boolean;
}

export interface PortOptions {
  readonly network: Network;
  readonly life: ProcessLife;
  readonly cause: CauseOfChange;
  readonly world: SimulatedWorld;
  readonly onCall: (call: ArrivedCall) => void;
}

const SUBSTRATE = "substrate";

interface WritingCall {
  readonly clusterKey: ClusterKey;
  readonly executorEpoch: number;
  readonly generation: number;
}

/** Delivers a call that may change the world, under its name, and tells what became of it. */
function arrival<T>({ life, cause, world, onCall }: PortOptions, what: string, call: WritingCall, work: () => Promise<StepResult<T>>): () => Promise<StepResult<T>> {
  return async () => {
    const by: Cause = { by: "executor", who: life.name, what, epoch: call.executorEpoch, generation: call.generation };
    const epochSeen = world.look(call.clusterKey)?.executorEpoch ?? 0;
    const result = await cause.during(by, work);
    onCall({ cluster: call.clusterKey, cause: by, epochSeen, isRefused: result.kind === "failed" && result.error.code === "StaleExecutor" });
    return result;
  };
}

export function guardSubstrate(substrate: Substrate, options: PortOptions): Substrate {
  const { network, life } = options;
  const send = <T>(what: string, deliver: () => Promise<T>): Promise<T> => life.guard(() => network.send({ from: life.name, to: SUBSTRATE, what, deliver }));
  const effect = <T>(what: string, call: WritingCall, work: () => Promise<StepResult<T>>): Promise<StepResult<T>> => send(what, arrival(options, what, call, work));
  return {
    name: substrate.name,
    isSimulated: substrate.isSimulated,
    describeOffers: (location) => send("describeOffers", () => substrate.describeOffers(location)),
    ensureNetwork: (call) => effect("ensureNetwork", call, () => substrate.ensureNetwork(call)),
    ensureHost: (call, host) => effect(`ensureHost ${host.hostId}`, call, () => substrate.ensureHost(call, host)),
    destroyHost: (call, hostId) => effect(`destroyHost ${hostId}`, call, () => substrate.destroyHost(call, hostId)),
    destroyNetwork: (call) => effect("destroyNetwork", call, () => substrate.destroyNetwork(call)),
    power: (call, hostId, action) => effect(`power ${hostId} ${action}`, call, () => substrate.power(call, hostId, action)),
    ensureEndpoints: (call, endpoints) => effect(`ensureEndpoints ${endpoints.map((each) => each.name).join(",")}`, call, () => substrate.ensureEndpoints(call, endpoints)),
    observe: (clusterKey) => send("observe", () => substrate.observe(clusterKey)),
  };
}

export function guardEngine(engine: StorageEngine, options: PortOptions): StorageEngine {
  const { network, life } = options;
  const send = <T>(what: string, mayRepeat: boolean, deliver: () => Promise<T>): Promise<T> => life.guard(() => network.send({ from: life.name, to: SUBSTRATE, what, mayRepeat, deliver }));
  return {
    name: engine.name,
    isSimulated: engine.isSimulated,
    isEmulated: engine.isEmulated,
    planner: engine.planner,
    perform(call, action) {
      const what = `${action.name} ${String(action.params["name"] ?? "")}`;
      return send(what, true, arrival(options, what, call, () => engine.perform(call, action)));
    },
    observeHealth: (call: EngineCall) => send("observeHealth", false, () => engine.observeHealth(call)),
    observeMetrics: (call) => send("observeMetrics", false, () => engine.observeMetrics(call)),
    readCredentials: (call) => send("readCredentials", false, () => engine.readCredentials(call)),
    nativeEndpoint: (call) => send("nativeEndpoint", false, () => engine.nativeEndpoint(call)),
    benchmark: (call, seconds) => send("benchmark", false, () => engine.benchmark(call, seconds)),
  };
}
