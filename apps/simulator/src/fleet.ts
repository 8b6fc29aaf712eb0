// The control planes of a run: so many places, each with a process in it or waiting for the next one, as a
// supervisor keeps them. Ends, pauses and leases are handled here; when they strike is drawn elsewhere.
import type { Clock } from "@cynosure/model";
import type { MemoryDatabase } from "@cynosure/resource-store/testkit/memory";
import { startControlPlane, STORE, type ControlPlane, type Surroundings } from "./control-plane.ts";
import type { Draw } from "./draw.ts";

export class Fleet {
  readonly #around: Surroundings;
  readonly #clock: Clock;
  readonly #draw: Draw;
  readonly #database: MemoryDatabase;
  readonly #places: (ControlPlane | null)[];
  #started = 0;
  #isCalm = false;

  constructor(around: Surroundings, draw: Draw) {
    this.#around = around;
    this.#clock = around.clock;
    this.#draw = draw;
    this.#database = around.database;
    this.#places = Array.from({ length: around.config.controlPlanes }, () => null);
    this.#places.forEach((_, place) => this.#start(place));
  }

  /** Processes that live, paused ones too. */
  get living(): readonly ControlPlane[] {
    return this.#places.filter((each) => each !== null);
  }

  get running(): readonly ControlPlane[] {
    return this.living.filter((each) => each.life.state === "running");
  }

  kill(controlPlane: ControlPlane, why: string): void {
    controlPlane.die(why);
  }

  /** The lease outlives a short pause; after a long one the database has given the connection up. */
  pause(controlPlane: ControlPlane, forMs: number, losesLease: boolean): void {
    const { life, name, workflows } = controlPlane;
    if (life.state !== "running") return;
    this.#around.log.add(name, `stands still for ${forMs} ms${losesLease ? ", its lease is given up" : ""}`);
    life.pause();
    if (losesLease) this.#after(this.#draw.whole(0, forMs), () => this.#database.leases.releaseAllOf(name));
    this.#after(forMs, () => {
      if (life.state !== "paused") return;
      this.#around.log.add(name, "goes on");
      life.resume();
      // The end of the connection is heard soon after, not at the same moment as everything else.
      if (!this.#database.leases.isHeld(name)) this.#after(this.#draw.whole(0, 20), () => workflows.loseLease("the connection had ended meanwhile"));
    });
  }

  /** Cut off from the database: the server keeps the lock until it notices. */
  cutFromStore(controlPlane: ControlPlane, forMs: number): void {
    const { name, life } = controlPlane;
    this.#around.log.add(name, `is cut off from the store for ${forMs} ms`);
    this.#around.network.cut(name, STORE);
    life.endSessions("the network was cut");
    this.#after(this.#draw.whole(0, 12_000), () => {
      if (this.#around.network.isCut(name, STORE)) this.#database.leases.releaseAllOf(name);
    });
    this.#after(forMs, () => this.#around.network.heal(name, STORE));
  }

  /** Everything stands still no longer and dies no more. */
  calm(): void {
    this.#isCalm = true;
    for (const each of this.living) {
      if (each.life.state === "paused") {
        each.life.resume();
        if (!this.#database.leases.isHeld(each.name)) each.workflows.loseLease("the connection had ended meanwhile");
      }
    }
  }

  #start(place: number): void {
    this.#started += 1;
    const name = `cp-${this.#started}`;
    this.#around.log.add(name, "starts");
    this.#places[place] = startControlPlane(this.#around, name, () => this.#ended(place, name));
  }

  #ended(place: number, name: string): void {
    this.#places[place] = null;
    // A killed process closes its connections at once; a machine that vanished does not.
    const noticedAfterMs = this.#isCalm || this.#draw.chance(0.7) ? 0 : this.#draw.whole(0, 10_000);
    this.#after(noticedAfterMs, () => this.#database.leases.releaseAllOf(name));
    this.#after(this.#isCalm ? 500 : this.#draw.pick([10, 500, 2_000, 15_000]), () => this.#start(place));
  }

  #after(ms: number, then: () => void): void {
    void this.#clock.sleep(ms).then(then);
  }
}
