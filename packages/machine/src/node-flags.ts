// How Node runs a control plane. Memory at rest matters more here than the last percent of speed.

/**
 * A young generation that is 8 MiB from the beginning: V8 starts with 1 and lets it grow only while objects survive in it, which those of a request do not, so that
 * one request in 25 met its collection. Of 16 the processes at rest are over their 250 MiB. It may grow to 16: the bytes of long lists arrive in pieces of 16 KiB, and
 * with less the old generation was collected with them. That one may hold as much garbage as it holds live objects before it is collected: left alone it
 * took three times as much, and the process followed the load up without ever coming down (260 MiB resident over 28 MiB of live heap). Helpers of
 * a collection of 0.2 ms would wait for processors that others use. Rows are made where all rows are made, in the client library: once a long list of them had outlived a
 * collection (the roles, read at start), V8 made each later row an old object from birth. It was dead with its request, but kept all it pointed to, 1 KB for each request,
 * through every collection of the young: those took 1.2 ms instead of 0.4, and the old generation filled with garbage.
 */
export const CONTROL_PLANE_NODE_FLAGS: readonly string[] = ["--disable-warning=ExperimentalWarning", "--min-semi-space-size=8", "--max-semi-space-size=16", "--no-parallel-scavenge", "--no-allocation-site-pretenuring", "--heap-growing-percent=100"];
