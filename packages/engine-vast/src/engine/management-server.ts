// Where the management server of a cluster answers. Whoever composes the product knows; the engine asks.
import type { EngineBenchmark, EngineCall } from "@cynosure/engine";

export interface ManagementServer {
  /** `https://10.0.0.1` */
  readonly origin: string;
  /** PEM of the authority that signed its certificate; null for plain HTTP or a public authority. */
  readonly caPem: string | null;
}

/** What clients reach files and buckets by; given by whoever owns the network. */
export interface ClientAddresses {
  /** Of an address, how many bits name the network: 24. */
  readonly subnetBits: number;
  /** First and last of each range. */
  readonly ranges: readonly (readonly [first: string, last: string])[];
}

export interface VastEngineOptions {
  /**
   * Null where none is, or not yet. `mayStart`: a step asks, so that one which runs on the cluster's own hosts is brought up;
   * a look alone starts nothing.
   */
  locate(call: EngineCall, mayStart: boolean): Promise<ManagementServer | null>;
  /** Null: nothing is set up for clients. */
  clientAddresses(call: EngineCall): ClientAddresses | null;
  /** Null: the cluster has the licence it was delivered with. */
  readLicenceKey?(call: EngineCall): Promise<string | null>;
  /** Absent: the engine says that it has no client to measure with. */
  benchmark?(call: EngineCall, seconds: number): Promise<EngineBenchmark>;
  /** The management server stands in for the vendor's, and no data is behind it. */
  readonly isEmulated: boolean;
  /** Signs in to a server that nobody has taken over. Absent: as the vendor documents it. */
  readonly firstUser?: { readonly username: string; readonly password: string };
  readonly nowMs?: () => number;
}

/** The vendor's documented first sign-in. */
export const FIRST_USER = { username: "admin", password: "123456" } as const;
