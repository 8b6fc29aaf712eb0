// What a client of an engine's API bounds. Every number is a limit that is stated in docs/reference/gateway.md;
// callers may give smaller ones.

export interface NativeClientLimits {
  /** From asking to the head of the answer; for `send` to its last byte. */
  readonly timeoutMsMax: number;
  /** Of a stream: how long no byte may come or go. */
  readonly stallMsMax: number;
  /** Connections to one cluster. */
  readonly connectionsMax: number;
  /** Requests to one cluster at a time, those that wait for a connection included; one more is refused at once. */
  readonly requestsMax: number;
  /** How long an idle connection is kept; less than what servers commonly allow, so that ours is the side that closes it. */
  readonly idleMsMax: number;
  /** Of an answer that is held whole. Streams have no such limit. */
  readonly answerBytesMax: number;
  /** Further tries of a GET that got no answer. */
  readonly retriesMax: number;
  readonly retryPauseMs: number;
  /** So many requests in a row without an answer open the breaker. */
  readonly unansweredMax: number;
  /** An open breaker lets nobody through for so long, then one request to try. */
  readonly breakerPauseMs: number;
}

export const NATIVE_LIMITS: NativeClientLimits = {
  timeoutMsMax: 30_000,
  stallMsMax: 60_000,
  connectionsMax: 32,
  requestsMax: 256,
  idleMsMax: 4_000,
  answerBytesMax: 64 * 1024 * 1024,
  retriesMax: 2,
  retryPauseMs: 100,
  unansweredMax: 5,
  breakerPauseMs: 5_000,
};
