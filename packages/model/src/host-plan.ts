// Host plan: the numbered document one agent converges its host to, and the report it sends back.
// Paths are absolute inside the host; everything a plan creates lives under HOST_STATE_DIR.
//
// Text in files and commands may hold placeholders, filled by the agent gateway when it serves the plan,
// so that secrets are never stored in clear and plans can be made before addresses are known:
//   {{address:host-3}}   the host's address on the cluster network
//   {{secret:NAME}}      a sealed secret of the cluster
//   {{output:NAME}}      a value an engine action stored (for example the path of a subvolume)
import type { ClusterKey, HostId } from "./ids.ts";

/** The one writable tree of a host; the rest of it is the read-only host image. */
export const HOST_STATE_DIR = "/var/lib/cynosure";

export interface HostFile {
  readonly path: string;
  /** Octal permission bits, for example 0o600. */
  readonly mode: number;
  /** Written from this stage on: its placeholders may not be known before. */
  readonly stage: number;
  readonly text: string;
}

/** A drive of the host: on the local substrate a sparse file that the substrate provides at `path`. */
export interface HostDisk {
  readonly name: string;
  readonly path: string;
  readonly sizeBytes: number;
}

export interface HostCommand {
  readonly argv: readonly string[];
  /** The command has already run when this path exists; the agent creates it after success when the command does not. */
  readonly creates: string;
  readonly timeoutMsMax: number;
}

export interface DaemonSpec {
  /** Unique in the cluster: `osd.3`, `mon.a`, `rgw.host-5`. */
  readonly id: string;
  /** What it is, for people and placement: `monitor`, `manager`, `osd`, `mds`, `rgw`, `nfs`. */
  readonly kind: string;
  /** The stage from which `prepare` runs, and the stage from which the daemon runs. Stages count from 1. */
  readonly prepareStage: number;
  readonly stage: number;
  readonly prepare: readonly HostCommand[];
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Files (by path) whose change makes the agent restart this daemon, or signal it when `reload` is set. */
  readonly reads: readonly string[];
  readonly reload?: { readonly paths: readonly string[]; readonly signal: "SIGHUP" };
  /** The daemon counts as running once this holds; without it, once the process lives. */
  readonly ready?: { readonly tcpPort: number };
  readonly stopSignal: "SIGTERM" | "SIGINT" | "SIGKILL";
  readonly stopTimeoutMsMax: number;
}

export interface HostImageRef {
  /** Engine and version, for example `ceph-18.2.7`. */
  readonly name: string;
}

export interface HostPlan {
  readonly clusterKey: ClusterKey;
  readonly hostId: HostId;
  /** Strictly increasing per host over the life of the cluster. */
  readonly generation: number;
  /** Daemons and files of a later stage are not in force yet; see `hostPlanAtStage`. */
  readonly stage: number;
  readonly image: HostImageRef;
  readonly files: readonly HostFile[];
  readonly disks: readonly HostDisk[];
  readonly daemons: readonly DaemonSpec[];
}

export type DaemonState = "preparing" | "starting" | "running" | "stopping" | "failed";

export interface DaemonReport {
  readonly id: string;
  readonly kind: string;
  readonly state: DaemonState;
  /** Process id inside the host; with `startTicks` (field 22 of /proc/PID/stat) it names one process for ever. */
  readonly pid?: number;
  readonly startTicks?: number;
  readonly restarts: number;
  readonly error?: string;
}

export interface HostReport {
  readonly clusterKey: ClusterKey;
  readonly hostId: HostId;
  /** The generation and epoch the agent acted on. */
  readonly observedGeneration: number;
  readonly executorEpoch: number;
  readonly state: "converging" | "converged" | "failed";
  readonly daemons: readonly DaemonReport[];
  /** What the agent is busy with, for people: "mkfs osd.3". */
  readonly activity?: string;
  readonly error?: string;
  readonly agent: { readonly pid: number; readonly version: string; readonly startedAtMs: number };
}

/** What the gateway hands an agent: the rendered plan with the epoch of the executor that published it. */
export interface ServedHostPlan {
  readonly executorEpoch: number;
  readonly plan: HostPlan;
}

/** A bounded request to an agent that is not convergence: an engine command, a benchmark. Never starts a daemon. */
export interface HostRequest {
  readonly id: string;
  readonly clusterKey: ClusterKey;
  readonly hostId: HostId;
  readonly executorEpoch: number;
  /** Names a handler on the host side of an engine, for example `ceph.monCommands`. */
  readonly kind: string;
  readonly payload: unknown;
  readonly timeoutMsMax: number;
}

export type HostResponse = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: { readonly code: string; readonly message: string } };
