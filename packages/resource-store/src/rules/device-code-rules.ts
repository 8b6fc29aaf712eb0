// What a poll of a device code is answered with (RFC 8628 §3.5), the same in every adapter.
import type { DeviceCodePoll, DeviceCodeState } from "../principal-port.ts";

export interface PolledCode {
  readonly audience: string;
  readonly expiresAtMs: number;
  readonly intervalMs: number;
  readonly polledAtMs: number | null;
  readonly state: Exclude<DeviceCodeState, "expired">;
  readonly objectId: string | null;
}

/** Timers of clients and ours are not one clock: a poll this much early is on time. */
const EARLY_MS_MAX = 500;

export function pollOf(code: PolledCode, step: { readonly nowMs: number; readonly slowDownMs: number }): DeviceCodePoll {
  if (code.expiresAtMs <= step.nowMs) return { kind: "expired" };
  if (code.state === "denied") return { kind: "denied" };
  if (code.state === "granted" && code.objectId !== null) return { kind: "granted", objectId: code.objectId, audience: code.audience };
  const isTooSoon = code.polledAtMs !== null && step.nowMs - code.polledAtMs < code.intervalMs - EARLY_MS_MAX;
  return isTooSoon ? { kind: "tooSoon", intervalMs: code.intervalMs + step.slowDownMs } : { kind: "pending" };
}
