// Every invariant there is, in the order in which a run asks them.
import type { Invariant } from "./invariant.ts";
import { protectionIsKept } from "./inv-01-protection.ts";
import { ownedOnce } from "./inv-02-owned-once.ts";
import { noOrphans } from "./inv-03-no-orphans.ts";
import { acknowledgedIsKept } from "./inv-04-acknowledged.ts";
import { staleIsRefused } from "./inv-05-stale-refused.ts";

export type { Invariant, RunningStep, Sight, Successor, WorldChange } from "./invariant.ts";
export { emptyPicture, pictureOf, type ClusterPicture } from "./cluster-picture.ts";

export const createInvariants = (): readonly Invariant[] => [protectionIsKept(), ownedOnce(), noOrphans(), acknowledgedIsKept(), staleIsRefused()];

/** Asked at the end only, by `convergence.ts`. */
export const convergenceStatements = {
  "INV-06": "Once faults have stopped, every operation ends within bounded time.",
  "INV-07": "Every cluster is as wished, or Failed with a reason and sent again succeeds.",
  "INV-08": "What is deleted leaves nothing: no host, network, endpoint, secret or row.",
} as const;
