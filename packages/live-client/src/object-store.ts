// Where a live client keeps its objects, whatever the protocol. All but `reset` throw when the storage did not
// acknowledge; the client then tries again by itself.

export interface ObjectStore {
  /** Makes the place for the objects, and removes what an earlier client left in it. */
  prepare(signal: AbortSignal): Promise<void>;
  /** Returns once the storage acknowledged. */
  write(name: string, bytes: Buffer, signal: AbortSignal): Promise<void>;
  /** Null when the storage says that there is no such object. */
  read(name: string, signal: AbortSignal): Promise<Buffer | null>;
  /** Removing what is gone is done. */
  remove(name: string, signal: AbortSignal): Promise<void>;
  /** Removes all objects and their place. */
  clear(signal: AbortSignal): Promise<void>;
  /** After a failure: the next call takes another endpoint. */
  reset(): void;
}
