// A rung is one way of giving hosts a network on this machine (RFD 0003). The substrate is the same on
// every rung; only what stands here differs.
import type { Installation, ProcessIdentity } from "@cynosure/machine";
import type { InstallationId } from "@cynosure/model";
import type { ClusterNames, HostNames } from "./names.ts";
import type { HostRecord } from "./records.ts";

/** What a host is started from. */
export interface HostStart {
  readonly installation: Installation;
  readonly cluster: ClusterNames;
  readonly host: HostNames;
  readonly imageDir: string;
  readonly projectDir: string;
  readonly nodeBinary: string;
  /** As inside a sandbox; null for the default. */
  readonly supervisorScript: string | null;
  readonly agentArgv: readonly string[];
}

/** How the processes of a host are found, started and ended. One of them stands for the host. */
export interface HostRunner {
  /** The process that stands for the host, if it lives: as recorded, else as /proc shows it. */
  find(host: HostNames, record: HostRecord | null): ProcessIdentity | null;
  /** None of the host's processes may live when it is called. */
  start(input: HostStart): Promise<ProcessIdentity>;
  /** As a power cut: ends every process of the host, also ones without a record. */
  kill(host: HostNames, record: HostRecord | null): Promise<void>;
  /** In order; what has not ended after `graceMsMax` is cut off. */
  shutDown(host: HostNames, record: HostRecord | null, graceMsMax: number): Promise<void>;
}

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
  /** Absent: hosts run in sandboxes (host-process.ts). */
  readonly runner?: HostRunner;
  /** Absent: addresses of the bridge's network (names.ts). */
  addressOf?(installationId: InstallationId, cluster: ClusterNames, index: number): string;
  /** Why a link cannot be cut here; absent: it can. */
  readonly uncuttable?: string;
}
