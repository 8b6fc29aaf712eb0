// What the engine cannot know about its hosts, added to its health: a host without power, an agent that is not
// heard, a daemon that does not run right now. An engine may take a while to miss what an agent saw end, and
// may never have known a gateway. The engine's own word stays, marked; a settled cluster without such trouble
// shows the engine's health unchanged.
import type { EngineHealth, HostReport, SubstrateHost } from "@cynosure/model";

/** Agents report every 10 s at the latest. */
export const REPORT_AGE_MS_MAX = 35_000;
const CHECKS_MAX = 20;
const DETAIL_CHARS_MAX = 200;

export interface SeenHost {
  readonly host: SubstrateHost;
  readonly report: HostReport | null;
  readonly reportedAtMs: number | null;
}

type Check = EngineHealth["checks"][number];

const warn = (code: string, summary: string): Check => ({ code, severity: "HEALTH_WARN", summary });

function checksOf({ host, report, reportedAtMs }: SeenHost, nowMs: number): Check[] {
  if (host.power === "off") return [warn("CYNOSURE_HOST_OFF", `${host.hostId} is off`)];
  if (report === null || reportedAtMs === null) return [];
  const ageMs = nowMs - reportedAtMs;
  if (ageMs > REPORT_AGE_MS_MAX) return [warn("CYNOSURE_HOST_SILENT", `the agent of ${host.hostId} was not heard for ${Math.floor(ageMs / 1_000)} s`)];
  return report.daemons
    .filter((daemon) => daemon.state !== "running")
    .map((daemon) => warn("CYNOSURE_DAEMON_DOWN", `${daemon.id} on ${host.hostId} is ${daemon.state}${daemon.error === undefined ? "" : `: ${daemon.error.slice(0, DETAIL_CHARS_MAX)}`}`));
}

/** The health with what hosts and agents say of a settled cluster. */
export function withHostChecks(health: EngineHealth, hosts: readonly SeenHost[], nowMs: number): EngineHealth {
  const found = hosts.flatMap((host) => checksOf(host, nowMs)).slice(0, CHECKS_MAX);
  if (found.length === 0) return health;
  return { ...health, status: health.ok ? `${health.status} (incomplete)` : health.status, ok: false, checks: [...health.checks, ...found] };
}
