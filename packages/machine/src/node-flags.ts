// How Node runs a control plane. Memory at rest matters more here than the last percent of speed.

/**
 * A young generation of three times 16 MiB at most: with 6 every thirtieth request waited for its collection, and long lists, whose bytes arrive
 * in pieces of 16 KiB, made the old one be collected with them. That one may hold as much garbage as it holds live objects before it is
 * collected: left alone it took three times as much, and the process followed the load up without ever coming down (260 MiB resident over
 * 28 MiB of live heap).
 */
export const CONTROL_PLANE_NODE_FLAGS: readonly string[] = ["--disable-warning=ExperimentalWarning", "--min-semi-space-size=16", "--max-semi-space-size=16", "--no-parallel-scavenge", "--heap-growing-percent=100"];
