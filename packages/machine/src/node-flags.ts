// How Node runs a control plane. Memory at rest matters more here than the last percent of speed.

/**
 * A small young generation is collected, not kept; much smaller, and every thirtieth request would wait for its collection. The old one may hold half as much garbage as it holds live
 * objects before it is collected: left alone it took three times as much, and the process followed the load up
 * without ever coming down (260 MiB resident over 28 MiB of live heap).
 */
export const CONTROL_PLANE_NODE_FLAGS: readonly string[] = ["--disable-warning=ExperimentalWarning", "--max-semi-space-size=6", "--heap-growing-percent=50"];
