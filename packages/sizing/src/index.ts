// Public names of sizing: requirement and offers to ranked options with evidence.
export { size } from "./size.ts";
export { hostsNeeded, QUORUM_HOSTS } from "./site-limits.ts";
