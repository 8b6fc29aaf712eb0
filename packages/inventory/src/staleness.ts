// How old a word of the engine may be. What was not heard for longer is shown as what it is: the last word,
// not the state of things. The engine's own status is never made up, only marked.
import type { EngineHealth } from "@cynosure/model";

export const HEALTH_AGE_MS_MAX = 8_000;
const STALE_CODE = "CYNOSURE_HEALTH_STALE";

/** The health as it may be shown at `nowMs`. Marking twice is marking once. */
export function withStaleness(health: EngineHealth | null, nowMs: number): EngineHealth | null {
  if (health === null || nowMs - health.observedAtMs <= HEALTH_AGE_MS_MAX) return health;
  const heard = health.checks.filter((check) => check.code !== STALE_CODE);
  const word = health.status.replace(/ \(stale\)$/, "");
  const summary = `The engine was not heard for ${Math.floor((nowMs - health.observedAtMs) / 1_000)} s; its last word was ${word}.`;
  return { ...health, status: `${word} (stale)`, ok: false, checks: [{ code: STALE_CODE, severity: "HEALTH_WARN", summary }, ...heard] };
}
