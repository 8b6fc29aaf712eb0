// What an invariant is given and what it may answer: null, or one sentence that names what is broken. Each
// lives in a file of its own, has an id for ever, and keeps what it must remember to itself.
import type { ClusterKey, PlanId, StepId } from "@cynosure/model";
import type { PlanRecord } from "@cynosure/resource-store";
import type { MemoryDatabase } from "@cynosure/resource-store/testkit/memory";
import type { Acknowledged } from "../acknowledged.ts";
import type { ArrivedCall, Cause } from "../guarded-ports.ts";
import type { ClusterPicture } from "./cluster-picture.ts";

export interface WorldChange {
  readonly cluster: ClusterKey;
  readonly before: ClusterPicture;
  readonly after: ClusterPicture;
  readonly cause: Cause;
  readonly nowMs: number;
}

export interface RunningStep {
  readonly executorId: string;
  readonly planId: PlanId;
  readonly stepId: StepId;
}

/** Who took over, and the epoch of each cluster right after. */
export interface Successor {
  readonly executorId: string;
  readonly epochs: ReadonlyMap<ClusterKey, number>;
}

/** What can be seen of a run from outside: the database as committed, the world as it is. */
export interface Sight {
  readonly database: MemoryDatabase;
  readonly acknowledged: Acknowledged;
  readonly pictures: ReadonlyMap<ClusterKey, ClusterPicture>;
  readonly running: ReadonlySet<RunningStep>;
  /** Executors whose steps were given to others. */
  readonly replaced: ReadonlyMap<string, Successor>;
  target(cluster: ClusterKey): PlanRecord | null;
}

export interface Invariant {
  readonly id: string;
  readonly statement: string;
  /** At every change of the simulated world, with who made it. */
  worldChanged?(change: WorldChange, sight: Sight): string | null;
  /** When a call of an executor has arrived and was answered. */
  called?(call: ArrivedCall, sight: Sight): string | null;
  /** After every commit. */
  committed?(sight: Sight): string | null;
  /** When everything that was due has run. */
  ticked?(sight: Sight): string | null;
}
