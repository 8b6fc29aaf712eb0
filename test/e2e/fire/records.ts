// What a client under fire writes and says. A record is a file or object of its own, whose bytes follow from
// seed and number alone, so that writing it again after a lost answer changes nothing, and anyone who knows
// the seed can check it later.
import { seededBytes, sha256 } from "../../../apps/cli/src/verification/seeded-file.ts";

export type Protocol = "nfs" | "s3";

export interface WrittenRecord {
  readonly sequence: number;
  readonly name: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

/** One line of a client's standard output each. */
export type ClientEvent =
  /** fsync returned, or S3 answered 2xx; never said before. */
  | ({ readonly kind: "acknowledged"; readonly atMs: number; readonly attempts: number } & WrittenRecord)
  | { readonly kind: "readBack"; readonly atMs: number; readonly sequence: number; readonly isSame: boolean }
  | { readonly kind: "trouble"; readonly atMs: number; readonly text: string }
  | { readonly kind: "checked"; readonly endpoint: string; readonly same: number; readonly wrong: readonly { readonly name: string; readonly reason: string }[] };

/** On standard input, as JSON: keys never stand on a command line. */
export interface ClientOrder {
  readonly task: "write" | "check";
  readonly protocol: Protocol;
  readonly seed: string;
  readonly endpoint: { readonly name: string; readonly address: string; readonly port: number };
  /** The export's path, or the bucket. */
  readonly place: string;
  readonly s3Keys: { readonly accessKeyId: string; readonly secretAccessKey: string } | null;
  /** For `check`. */
  readonly records: readonly WrittenRecord[];
}

/** Where records are kept. `write` returns once the storage acknowledged; both throw when it did not. */
export interface RecordStore {
  write(name: string, bytes: Buffer): Promise<void>;
  read(name: string): Promise<Buffer>;
  /** After a failure: connects anew at the next call, as a hard mount does. */
  reset(): void;
}

const SMALL_BYTES = 16 * 1024;
const LARGE_BYTES = 512 * 1024;
const LARGE_EVERY = 8;

export function recordOf(seed: string, protocol: Protocol, sequence: number): { readonly record: WrittenRecord; readonly bytes: Buffer } {
  const bytes = seededBytes(`${seed}/${protocol}/${sequence}`, sequence % LARGE_EVERY === 0 ? LARGE_BYTES : SMALL_BYTES);
  return { record: { sequence, name: `record-${String(sequence).padStart(6, "0")}`, sizeBytes: bytes.length, sha256: sha256(bytes) }, bytes };
}
