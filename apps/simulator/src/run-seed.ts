// One run: everything made from the seed, a storm of requests and faults, then calm and convergence. Ends at
// the first broken invariant. The same seed gives the same run, to the last event.
import { clusterKey } from "@cynosure/model";
import { openMemoryStore, createMemoryDatabase, type MemoryDatabase } from "@cynosure/resource-store/testkit/memory";
import { createSeededRng, createSimulatedClock, createSimulatedEngine, createSimulatedSubstrate, createSimulatedWorld, runSimulatedAgents, type SimulatedAgents, type SimulatedClock, type SimulatedWorld } from "@cynosure/simulated";
import { createAgentGateway } from "./agent-gateway.ts";
import { Client } from "./client.ts";
import { GROUP, LOCATION, type Surroundings } from "./control-plane.ts";
import { converge } from "./convergence.ts";
import { Draw, drawRun, type RunConfig } from "./draw.ts";
import { EventLog } from "./event-log.ts";
import { FaultSchedule } from "./fault-schedule.ts";
import { Fleet } from "./fleet.ts";
import { CauseOfChange } from "./guarded-ports.ts";
import { Network } from "./network.ts";
import { Observer } from "./observer.ts";
import type { PlantedBug } from "./planted-bugs.ts";

export interface RunOptions {
  readonly planted?: PlantedBug | null;
  readonly onEvent?: (line: string) => void;
  readonly keepsAllEvents?: boolean;
}

export interface RunResult {
  readonly seed: number;
  readonly config: RunConfig;
  readonly violation: { readonly invariant: string; readonly what: string; readonly atMs: number; readonly tick: number } | null;
  readonly simulatedMs: number;
  readonly ticks: number;
  readonly events: number;
  readonly commits: number;
  readonly lastEvents: readonly string[];
  /** Of every event: equal for equal seeds. */
  readonly digest: string;
}

/** Beyond any run that converges: the parts of convergence have bounds of their own. */
const RUN_MS_MAX = 48 * 3_600_000;
const EVENTS_SHOWN = 60;

interface Parts {
  readonly clock: SimulatedClock;
  readonly database: MemoryDatabase;
  readonly world: SimulatedWorld;
  readonly log: EventLog;
  readonly observer: Observer;
}

class Run {
  readonly #config: RunConfig;
  readonly #options: RunOptions;
  readonly #parts: Parts;
  readonly #network: Network;
  readonly #faults: FaultSchedule;
  readonly #around: Surroundings;
  #fleet: Fleet | null = null;
  #agents: SimulatedAgents | null = null;

  constructor(config: RunConfig, options: RunOptions) {
    this.#config = config;
    this.#options = options;
    const rng = createSeededRng(`simulation/${config.seed}/run`);
    const drawOf = (name: string): Draw => new Draw(rng.child(name));
    const late: { observer?: Observer } = {};
    const clock = createSimulatedClock({ turnsPerWake: 1, onSettled: () => late.observer?.ticked() });
    const log = new EventLog(() => clock.now(), { ...(options.onEvent === undefined ? {} : { onLine: options.onEvent }), keepsAll: options.keepsAllEvents ?? false });
    const database = createMemoryDatabase({ clock });
    const network = new Network({ clock, config, log, draw: drawOf("network") });
    const cause = new CauseOfChange();
    const world = createSimulatedWorld({ clock, rng: rng.child("world"), jitter: config.jitter, faults: { slowHosts: config.slowHosts, failNow: (method, entity, cluster) => this.#faults.failNow(method, entity, cluster) } });
    const observer = new Observer({ database, world, log, cause });
    late.observer = observer;
    this.#parts = { clock, database, world, log, observer };
    this.#network = network;
    this.#faults = new FaultSchedule({ config, clock, draw: drawOf("faults"), world, network, log, cause, fleet: () => this.#needFleet(), agents: () => this.#needAgents() });
    const chances = drawOf("planted");
    this.#around = {
      config, clock, database, world, network, cause, log, rng: rng.child("control-planes"), draw: drawOf("control-planes"),
      substrate: createSimulatedSubstrate({ world, location: LOCATION }), engine: createSimulatedEngine({ world }),
      planted: options.planted ?? null, seams: { world, chance: (rate) => chances.chance(rate) },
      commitFault: () => this.#faults.atCommit(),
      onRun: (executorId, step, event) => observer.stepRuns(executorId, step, event),
      onCall: (call) => observer.called(call),
      onTakeover: (by, dead, workflowIds) => observer.tookOver(by, dead, workflowIds),
    };
  }

  async run(): Promise<RunResult> {
    const { clock, observer, log } = this.#parts;
    const { seed } = this.#config;
    await clock.runUntil(Promise.race([this.#story(), observer.violated]), RUN_MS_MAX).catch((error: unknown) => observer.report("RUN", error instanceof Error ? (error.stack ?? error.message) : String(error)));
    const { violation, ticks, commits } = observer;
    return { seed, config: this.#config, violation, simulatedMs: log.elapsedMs, ticks, events: log.count, commits, lastEvents: log.last(EVENTS_SHOWN), digest: log.digest() };
  }

  async #story(): Promise<void> {
    const { clock, database, world, log, observer } = this.#parts;
    const config = this.#config;
    await this.#prepareGroup();
    const fleet = new Fleet(this.#around, new Draw(createSeededRng(`simulation/${config.seed}/fleet`)));
    this.#fleet = fleet;
    const hosts = createAgentGateway({ network: this.#network, clock, controlPlanes: () => fleet.living });
    this.#agents = runSimulatedAgents({ hosts, world, acceptsStale: this.#options.planted?.agentsAcceptStale ?? false, logError: (host, error) => log.add("agent", `${host}: ${error instanceof Error ? error.message : String(error)}`) });
    const onViolation = (id: string, what: string): void => observer.report(id, what);
    const client = new Client({ config, clock, network: this.#network, log, draw: new Draw(createSeededRng(`simulation/${config.seed}/client`)), controlPlanes: () => fleet.living, onViolation });
    observer.watch(client.acknowledged);
    client.run().catch((error: unknown) => onViolation("RUN", String(error)));
    this.#faults.run().catch((error: unknown) => onViolation("RUN", String(error)));
    await clock.sleep(config.stormMs);
    log.add("run", "calm");
    client.calm();
    this.#network.calm();
    this.#faults.calm();
    fleet.calm();
    await converge({ config, clock, database, world, client, disksLost: this.#faults.disksLost, isFleetWhole: () => fleet.running.length === config.controlPlanes, onViolation });
  }

  /** What a first start makes before anybody asks. */
  async #prepareGroup(): Promise<void> {
    const store = openMemoryStore(this.#parts.database);
    const key = clusterKey(`/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/${GROUP}`);
    const stamp = { createdBy: "", createdByType: "Application", createdAt: "", lastModifiedBy: "", lastModifiedByType: "Application", lastModifiedAt: "" } as const;
    await store.resources.put(
      { key: key as unknown as Parameters<typeof store.resources.get>[0], id: key, type: "Microsoft.Resources/resourceGroups", name: GROUP, parentKey: "/subscriptions/00000000-0000-4000-8000-000000000001" as Parameters<typeof store.resources.get>[0], subscriptionId: "00000000-0000-4000-8000-000000000001", location: LOCATION, tags: {}, properties: {}, systemData: stamp, provisioningState: "Succeeded" },
      { kind: "none" },
    );
    await store.close();
  }

  #needFleet(): Fleet {
    if (this.#fleet === null) throw new Error("no fleet yet");
    return this.#fleet;
  }

  #needAgents(): SimulatedAgents {
    if (this.#agents === null) throw new Error("no agents yet");
    return this.#agents;
  }
}

export function runSeed(seed: number, options: RunOptions = {}): Promise<RunResult> {
  return new Run(drawRun(seed), options).run();
}
