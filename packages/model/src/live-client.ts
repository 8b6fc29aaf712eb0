// A live client: somebody who keeps writing to a cluster and reading back with checksums while hosts come and go.
// What it is told, what it says, and how it is held; who runs it is a room of its own.
import type { ClusterKey } from "./ids.ts";

interface Target {
  /** Where people connect; the next is taken when one fails. */
  readonly endpoints: readonly { readonly name: string; readonly address: string; readonly port: number }[];
}

export interface S3Target extends Target {
  readonly protocol: "s3";
  /** The client's own: it is made, filled and removed. */
  readonly bucket: string;
  readonly s3Keys: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

export interface NfsTarget extends Target {
  readonly protocol: "nfs";
  readonly exportPath: string;
  /** Below the export, with a slash in front; the client's own: it is made, filled and removed. */
  readonly directory: string;
}

export type LiveTarget = S3Target | NfsTarget;
export type LiveProtocol = LiveTarget["protocol"];

export interface LiveSample {
  readonly atMs: number;
  readonly readMBps: number;
  readonly writeMBps: number;
  /** The longest time without an acknowledged write, or without a read, that ended in this second or goes on. */
  readonly longestStallMs: number;
}

/** Since it was started. */
export interface LiveTotals {
  readonly bytesWritten: number;
  readonly bytesRead: number;
  readonly objectsVerified: number;
  /** Acknowledged once, and gone or different when they were read. */
  readonly corruptObjects: number;
  readonly longestStallMs: number;
  /** The last thing that went wrong, also when trying again helped. */
  readonly lastError: string | null;
}

export interface LiveReport extends LiveTotals {
  readonly isRunning: boolean;
  /** Null when none was started here. */
  readonly protocol: LiveProtocol | null;
  readonly startedAtMs: number | null;
  /** The newest, oldest first, one a second. */
  readonly samples: readonly LiveSample[];
}

export interface LiveClients {
  /** One for a cluster: while one runs it is answered for, and one of another protocol is refused. */
  start(cluster: ClusterKey, target: LiveTarget): Promise<LiveReport>;
  /** Done when it has ended and what it wrote is removed, as far as the cluster lets it. */
  stop(cluster: ClusterKey): Promise<LiveReport>;
  read(cluster: ClusterKey): Promise<LiveReport>;
}
