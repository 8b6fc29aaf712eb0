// Ceph's own account of itself (`status`, `health detail`), read into what steps wait on and what the API
// shows as health. Fields that are missing count as "not yet".
import type { EngineCall } from "@cynosure/engine";
import type { EngineHealth } from "@cynosure/model";
import { hostsRunning, monCommands, parseJson, type Answer, type Look } from "./cluster-link.ts";

export interface ClusterStatus {
  readonly health: string;
  readonly checks: readonly { readonly code: string; readonly severity: string; readonly summary: string }[];
  readonly osdsUp: number;
  readonly osdsIn: number;
  readonly placementGroups: number;
  readonly placementGroupsActive: number;
  readonly placementGroupsClean: number;
  readonly hasManager: boolean;
  readonly managerStandbys: number;
  readonly hasActiveMds: boolean;
  readonly mdsStandbys: number;
  readonly monitorsInQuorum: number;
}

/** A look at health must not wait for a monitor's host that just died: after this long the next one is asked as well. */
const HEDGE_MS = 1_000;

type Json = Readonly<Record<string, unknown>>;
export const object = (value: unknown): Json => (typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {}); // every field is checked where it is read
export const array = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
export const count = (value: unknown): number => (typeof value === "number" ? value : 0);

const checksOf = (health: Json): ClusterStatus["checks"] =>
  Object.entries(object(health["checks"]))
    .filter(([, check]) => object(check)["muted"] !== true)
    .map(([code, check]) => ({ code, severity: String(object(check)["severity"] ?? ""), summary: String(object(object(check)["summary"])["message"] ?? "") }));

export function parseStatus(json: unknown): ClusterStatus {
  const status = object(json);
  const health = object(status["health"]);
  const osdmap = object(status["osdmap"]);
  const pgmap = object(status["pgmap"]);
  const mgrmap = object(status["mgrmap"]);
  const fsmap = object(status["fsmap"]);
  const states = array(pgmap["pgs_by_state"]).map(object);
  const inState = (start: string): number => states.filter((state) => String(state["state_name"]).startsWith(start)).reduce((sum, state) => sum + count(state["count"]), 0);
  return {
    health: String(health["status"] ?? "UNKNOWN"),
    checks: checksOf(health),
    osdsUp: count(osdmap["num_up_osds"]),
    osdsIn: count(osdmap["num_in_osds"]),
    placementGroups: count(pgmap["num_pgs"]),
    // Scrubbing groups are clean too: `active+clean+scrubbing`.
    placementGroupsActive: inState("active"),
    placementGroupsClean: inState("active+clean") - inState("active+clean+remapped"),
    hasManager: mgrmap["available"] === true,
    managerStandbys: count(mgrmap["num_standbys"]),
    hasActiveMds: array(fsmap["by_rank"]).some((rank) => object(rank)["status"] === "up:active"),
    mdsStandbys: count(fsmap["up:standby"]),
    monitorsInQuorum: array(status["quorum_names"]).length,
  };
}

export async function readStatus(call: EngineCall): Promise<Answer<ClusterStatus>> {
  const answer = await monCommands(call, [{ command: { prefix: "status", format: "json" } }]);
  if (!answer.ok) return answer;
  const first = answer.value[0];
  if (first === undefined || first.rc !== 0) return { ok: false, code: "CephUnreachable", message: first?.status ?? "no answer" };
  return { ok: true, value: parseStatus(parseJson(first.out)) };
}

export function parseHealth(json: unknown, observedAtMs: number): EngineHealth {
  const health = object(json);
  const status = String(health["status"] ?? "UNKNOWN");
  return { status, ok: status === "HEALTH_OK", checks: checksOf(health), observedAtMs };
}

/** Ceph misses neither a standby manager nor says so; its own manager map shows it. */
function managerChecks(json: unknown, managers: number): EngineHealth["checks"] {
  if (object(json)["mgrmap"] === undefined) return [];
  const status = parseStatus(json);
  const there = status.hasManager ? status.managerStandbys + 1 : 0;
  return there >= managers ? [] : [{ code: "CYNOSURE_MANAGER_MISSING", severity: "HEALTH_WARN", summary: `${there} of ${managers} managers in Ceph's manager map` }];
}

interface LooksAt {
  turn: number;
  /** Of the Ceph cluster looked at: a new one under an old name begins to count anew. */
  fsid: string;
  electionEpoch: number;
}

/** By cluster: where the next look begins, and the newest election that was heard of. */
const looks = new Map<string, LooksAt>();

/** A monitor that was cut off may go on answering for its old quorum; every election has a higher number. */
function isOfNewestQuorum(value: unknown, at: LooksAt): boolean {
  const status = parseJson(String(object(array(object(value)["results"])[1])["out"] ?? ""));
  const epoch = count(object(status)["election_epoch"]);
  if (epoch === 0) return true;
  const fsid = String(object(status)["fsid"] ?? "");
  if (fsid !== at.fsid) Object.assign(at, { fsid, electionEpoch: 0 });
  if (epoch < at.electionEpoch) return false;
  at.electionEpoch = epoch;
  return true;
}

/** For looks at the whole cluster whose second command is `status`: by it an answer for a quorum that is no more is told. */
export function lookAtQuorum(call: EngineCall): Look {
  const at = looks.get(call.clusterKey) ?? { turn: -1, fsid: "", electionEpoch: 0 };
  looks.set(call.clusterKey, at);
  at.turn += 1;
  return { hedgeMs: HEDGE_MS, turn: at.turn, accept: (value) => isOfNewestQuorum(value, at) };
}

export async function readHealth(call: EngineCall): Promise<EngineHealth | null> {
  const commands = [{ command: { prefix: "health", detail: "detail", format: "json" } }, { command: { prefix: "status", format: "json" } }];
  const answer = await monCommands(call, commands, lookAtQuorum(call));
  const [first, second] = answer.ok ? answer.value : [];
  if (first === undefined || first.rc !== 0) return null;
  const health = parseHealth(parseJson(first.out), Date.now());
  const missing = second?.rc === 0 ? managerChecks(parseJson(second.out), hostsRunning(call, "manager").length) : [];
  return missing.length === 0 ? health : { ...health, status: health.ok ? `${health.status} (incomplete)` : health.status, ok: false, checks: [...health.checks, ...missing] };
}
