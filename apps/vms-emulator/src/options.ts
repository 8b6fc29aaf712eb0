// What an emulator is started with, and what it takes where nothing is said. Knows nothing of the server.
export type NodeKind = "cnode" | "dnode" | "ebox";

/** Work at which a node fails, until it is told otherwise at the control endpoint. */
export type FailingStep = "discover" | "deploy" | "add" | "upgrade";

export interface EmulatedNode {
  readonly ip: string;
  readonly kind: NodeKind;
  readonly failsAt?: FailingStep;
}

export interface EmulatedUser {
  readonly username: string;
  readonly password: string;
  /** `permissions`: codenames such as `view-logical`; needed by everybody but a super admin. */
  readonly userType?: "SUPER_ADMIN" | "TENANT_ADMIN";
  readonly permissions?: readonly string[];
  readonly tenant?: string;
}

export interface EmulatorDelays {
  /** From the start of a task to its end. */
  readonly taskMs: number;
  /** Before any answer. */
  readonly answerMs: number;
}

export type Fault = FaultMatch &
  ({ readonly kind: "latency"; readonly latencyMs: number } | { readonly kind: "status"; readonly status: number } | { readonly kind: "drop" } | { readonly kind: "stuckTask" } | { readonly kind: "failTask"; readonly reason?: string });

export interface FaultMatch {
  /** Any, when absent. */
  readonly method?: string;
  /** Start of the path below the API's prefix, `/views/`; any when absent. */
  readonly path?: string;
  /** How often it strikes; for ever when absent. */
  readonly times?: number;
}

export interface EmulatorOptions {
  /** 0 or absent: a free one. */
  readonly port?: number;
  /** Where its state is kept over restarts; in memory alone when absent. */
  readonly dataFile?: string;
  /** False: plain HTTP. Absent: HTTPS with a certificate of its own, made at the start. */
  readonly tls?: false | { readonly keyPem: string; readonly certificatePem: string };
  readonly users?: readonly EmulatedUser[];
  readonly seed?: number;
  /** Nodes that discovery finds; a number makes half of them cnodes, half of them dnodes. */
  readonly nodes?: number | readonly EmulatedNode[];
  readonly delays?: Partial<EmulatorDelays>;
  readonly faults?: readonly Fault[];
  /** A cluster of this name stands, of all nodes, from the start. */
  readonly installedCluster?: string;
  readonly nowMs?: () => number;
}

export interface Settings {
  readonly users: readonly EmulatedUser[];
  readonly seed: number;
  readonly nodes: readonly EmulatedNode[];
  readonly delays: EmulatorDelays;
  readonly installedCluster: string | null;
  readonly nowMs: () => number;
}

/** What a new system is signed in to with; to be changed at once on a real one. */
export const DEFAULT_USER: EmulatedUser = { username: "admin", password: "123456", userType: "SUPER_ADMIN" };
const NODES_DEFAULT = 4;
export const NODES_MAX = 200;
const DELAYS_DEFAULT: EmulatorDelays = { taskMs: 2_000, answerMs: 0 };

export function settingsOf(options: EmulatorOptions): Settings {
  const nodes = options.nodes ?? NODES_DEFAULT;
  const count = typeof nodes === "number" ? nodes : nodes.length;
  if (!Number.isInteger(count) || count < 0 || count > NODES_MAX) throw new RangeError(`nodes is ${count}; give a whole number from 0 to ${NODES_MAX}`);
  return {
    users: options.users ?? [DEFAULT_USER],
    seed: options.seed ?? 1,
    nodes: typeof nodes === "number" ? numberedNodes(nodes) : nodes,
    delays: { ...DELAYS_DEFAULT, ...options.delays },
    installedCluster: options.installedCluster ?? null,
    nowMs: options.nowMs ?? Date.now,
  };
}

/** Addresses of the range for documentation (RFC 5737), so that nobody takes them for hosts. */
const numberedNodes = (count: number): EmulatedNode[] => Array.from({ length: count }, (_, at) => ({ ip: `192.0.2.${at + 1}`, kind: at < Math.ceil(count / 2) ? "cnode" : "dnode" }));
