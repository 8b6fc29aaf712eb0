// Live clients of clusters, each a process of its own.
export { createLiveClients, type HeldLiveClients, type LiveClientsOptions } from "./live-clients.ts";
