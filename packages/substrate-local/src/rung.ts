// A rung is one way of giving hosts a network on this machine (RFD 0003). The substrate is the same on
// every rung; only what stands here differs.
import type { InstallationId } from "@cynosure/model";
import type { ClusterNames, HostNames } from "./names.ts";

export interface Rung {
  readonly letter: "a" | "b" | "c";
  /** Makes the cluster's network or completes a half-made one. */
  ensureNetwork(installationId: InstallationId, cluster: ClusterNames): Promise<void>;
  hasNetwork(cluster: ClusterNames): Promise<boolean>;
  removeNetwork(cluster: ClusterNames): Promise<void>;
  /** Gives the host its own interface `eth0` with its address, linked or cut off. */
  ensureLink(cluster: ClusterNames, host: HostNames, link: "up" | "cut"): Promise<void>;
  removeLink(cluster: ClusterNames, host: HostNames): Promise<void>;
  /** False when the process lives in a network that is no longer the host's: it must be started anew. */
  isInside(cluster: ClusterNames, host: HostNames, pid: number): boolean;
  /** Prefix that runs a command in the host's network; it must exec in place. */
  enterHost(cluster: ClusterNames, host: HostNames): readonly string[];
  /** Prefix that runs a command where every host of the cluster can be reached. */
  enterNetwork(cluster: ClusterNames): readonly string[];
}
