// Substrate and engine as one control plane process reaches them: over the network, and marked with who
// called under which epoch, so that the invariants can tell whose effect a change of the world is.
import type { EngineCall, StorageEngine } from "@cynosure/engine";
import type { Clock } from "@cynosure/model";
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

export interface PortOptions {
  readonly network: Network;
  readonly life: ProcessLife;
  readonly cause: CauseOfChange;
  readonly clock: Clock;
}

const SUBSTRATE = "substrate";

export function guardSubstrate(substrate: Substrate, { network, life, cause }: PortOptions): Substrate {
  const send = <T>(what: string, deliver: () => Promise<T>): Promise<T> => life.guard(() => network.send({ from: life.name, to: SUBSTRATE, what, deliver }));
  const effect = <T>(what: string, call: { readonly executorEpoch: number; readonly generation: number }, work: () => Promise<T>): Promise<T> =>
    send(what, () => cause.during({ by: "executor", who: life.name, what, epoch: call.executorEpoch, generation: call.generation }, work));
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

export function guardEngine(engine: StorageEngine, { network, life, cause }: PortOptions): StorageEngine {
  // The vault in the call is this process's own store: it is asked again only by the copy that has an answer to give.
  const send = <T>(what: string, call: EngineCall, mayRepeat: boolean, work: () => Promise<T>): Promise<T> =>
    life.guard(() => network.send({ from: life.name, to: SUBSTRATE, what, mayRepeat, deliver: () => cause.during({ by: "executor", who: life.name, what, epoch: call.executorEpoch, generation: call.generation }, work) }));
  return {
    name: engine.name,
    isSimulated: engine.isSimulated,
    planner: engine.planner,
    perform: (call, action) => send(`${action.name} ${String(action.params["name"] ?? "")}`, call, true, () => engine.perform(call, action)),
    observeHealth: (call) => send("observeHealth", call, false, () => engine.observeHealth(call)),
    readCredentials: (call) => send("readCredentials", call, false, () => engine.readCredentials(call)),
    benchmark: (call, seconds) => send("benchmark", call, false, () => engine.benchmark(call, seconds)),
  };
}
