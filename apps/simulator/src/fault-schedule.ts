// When faults strike and whom: drawn from the seed, one after the other, until the storm is over. Each fault
// ends by itself; `calm` ends what is left, so that what follows can be held to converge.
import type { Clock, ClusterKey, HostId } from "@cynosure/model";
import type { FailAt, SimulatedAgents, SimulatedWorld } from "@cynosure/simulated";
import { hostName } from "./agent-gateway.ts";
import type { ControlPlane } from "./control-plane.ts";
import type { Draw, FaultKind, RunConfig } from "./draw.ts";
import type { EventLog } from "./event-log.ts";
import type { Fleet } from "./fleet.ts";
import type { CauseOfChange } from "./guarded-ports.ts";
import type { Network } from "./network.ts";

export interface FaultScheduleOptions {
  readonly config: RunConfig;
  readonly clock: Clock;
  readonly draw: Draw;
  readonly world: SimulatedWorld;
  readonly network: Network;
  readonly log: EventLog;
  readonly cause: CauseOfChange;
  /** They do not exist yet when the world asks for its faults. */
  readonly fleet: () => Fleet;
  readonly agents: () => SimulatedAgents;
}

interface HostPlace {
  readonly cluster: ClusterKey;
  readonly host: HostId;
}

const COMMIT_FATES = ["dieBefore", "dieAfter"] as const;

export class FaultSchedule {
  readonly #options: FaultScheduleOptions;
  readonly #fullDisks = new Map<string, "retry" | "failed">();
  /** Hosts whose disks were lost, by name: what they held has to be made anew. */
  readonly disksLost = new Set<string>();
  #isCalm = false;

  constructor(options: FaultScheduleOptions) {
    this.#options = options;
  }

  /** Strikes until calm; the kinds are those this run was drawn to have. */
  async run(): Promise<void> {
    const { config, clock, draw } = this.#options;
    const strikes = this.#strikes();
    const kinds = [...config.faults].filter((kind) => strikes[kind] !== undefined);
    if (kinds.length === 0) return;
    while (!this.#isCalm) {
      await clock.sleep(Math.ceil(config.faultEveryMs * 2 * draw.next()));
      if (!this.#isCalm) strikes[draw.pick(kinds)]?.();
    }
  }

  /** Asked at every commit of a control plane. */
  atCommit(): "none" | "dieBefore" | "dieAfter" | "answerLost" {
    const { config, draw } = this.#options;
    if (this.#isCalm || config.commitFaultRate === 0) return "none";
    const may = (kind: FaultKind): boolean => config.faults.has(kind) && draw.chance(config.commitFaultRate / 4);
    if (may("answerOfCommitLost")) return "answerLost";
    return may("killAtCommit") ? draw.pick(COMMIT_FATES) : "none";
  }

  /** The world's own faults: a disk that is full for a while. */
  failNow(method: string, entity: string, cluster: string): FailAt["how"] | null {
    if (method !== "agent.converge") return null;
    return this.#fullDisks.get(hostName(cluster as ClusterKey, entity as HostId)) ?? null; // handed through by the world as they were
  }

  calm(): void {
    this.#isCalm = true;
    this.#fullDisks.clear();
    for (const place of this.#hosts()) this.#change(place, (host) => Object.assign(host, { isLinkUp: true, host: { ...host.host, power: "on" } }));
  }

  #strikes(): Partial<Record<FaultKind, () => void>> {
    const { draw } = this.#options;
    const onHost = (strike: (place: HostPlace) => void) => () => {
      const place = draw.maybePick(this.#hosts());
      if (place !== null) strike(place);
    };
    const onControlPlane = (strike: (fleet: Fleet, controlPlane: ControlPlane) => void) => () => {
      const fleet = this.#options.fleet();
      const chosen = draw.maybePick(fleet.running);
      if (chosen !== null) strike(fleet, chosen);
    };
    return {
      kill: onControlPlane((fleet, chosen) => fleet.kill(chosen, "killed")),
      pause: onControlPlane((fleet, chosen) => fleet.pause(chosen, draw.pick([50, 1_000, 4_000, 20_000]), draw.chance(0.6))),
      storeAway: () => {
        const fleet = this.#options.fleet();
        const forMs = draw.pick([200, 1_500, 6_000]);
        for (const each of fleet.running) fleet.cutFromStore(each, forMs);
      },
      partition: onControlPlane((fleet, chosen) => this.#partition(fleet, chosen)),
      hostPower: onHost((place) => this.#powerCut(place, false)),
      disksLost: onHost((place) => this.#powerCut(place, true)),
      agentRestart: onHost((place) => {
        this.#options.log.add("fault", `agent of ${hostName(place.cluster, place.host)} restarts`);
        this.#options.agents().restart(place.cluster, place.host);
      }),
      diskFull: onHost((place) => this.#fillDisk(place)),
    };
  }

  #partition(fleet: Fleet, chosen: ControlPlane): void {
    const { draw, network, log } = this.#options;
    const forMs = draw.pick([300, 2_000, 8_000, 20_000]);
    const place = draw.maybePick(this.#hosts());
    const target = draw.pick(["store", "substrate", "host"]);
    if (target === "store") return fleet.cutFromStore(chosen, forMs);
    const other = target === "host" && place !== null ? hostName(place.cluster, place.host) : "substrate";
    log.add("fault", `${chosen.name} and ${other} do not hear each other for ${forMs} ms`);
    network.cut(chosen.name, other);
    this.#after(forMs, () => network.heal(chosen.name, other));
  }

  #powerCut(place: HostPlace, losesDisks: boolean): void {
    const { draw, log } = this.#options;
    const name = hostName(place.cluster, place.host);
    const forMs = draw.pick([100, 2_000, 10_000, 40_000]);
    log.add("fault", `${name} loses power for ${forMs} ms${losesDisks ? " and its disks" : ""}`);
    this.#change(place, (host) => {
      host.host = { ...host.host, power: "off" };
      if (losesDisks) Object.assign(host, { isJoined: false, daemons: [], stopped: [], report: null, generation: 0, executorEpoch: 0 });
    });
    if (losesDisks) this.disksLost.add(name);
    this.#options.agents().restart(place.cluster, place.host);
    this.#after(forMs, () => this.#change(place, (host) => void (host.host = { ...host.host, power: "on" })));
  }

  #fillDisk(place: HostPlace): void {
    const { draw, log } = this.#options;
    const name = hostName(place.cluster, place.host);
    const how = draw.chance(0.3) ? "failed" : "retry";
    const forMs = draw.pick([1_000, 5_000, 30_000]);
    log.add("fault", `the disk of ${name} is full for ${forMs} ms (${how})`);
    this.#fullDisks.set(name, how);
    this.#after(forMs, () => this.#fullDisks.delete(name));
  }

  #hosts(): HostPlace[] {
    const { world } = this.#options;
    return world.clusterKeys().flatMap((cluster) => Object.values(world.look(cluster)?.hosts ?? {}).map(({ host }) => ({ cluster, host: host.hostId })));
  }

  #change({ cluster, host }: HostPlace, work: (host: Parameters<Parameters<SimulatedWorld["change"]>[1]>[0]["hosts"][string]) => void): void {
    this.#options.cause.during({ by: "fault", who: hostName(cluster, host), what: "fault", epoch: 0, generation: 0 }, () =>
      this.#options.world.change(cluster, (state) => {
        const found = state.hosts[host];
        if (found !== undefined) work(found);
      }),
    );
  }

  #after(ms: number, then: () => void): void {
    void this.#options.clock.sleep(ms).then(then);
  }
}
