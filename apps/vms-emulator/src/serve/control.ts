// The emulator's own endpoint, outside /api: faults, failing nodes, what was called, and changes no client could make. No
// real system has it; whoever reaches the port may use it, so that it listens on loopback alone.
import { NODES_MAX } from "../options.ts";
import type { EmulatedNode, Fault, FailingStep } from "../options.ts";
import { nodesOf, setFailsAt, setNodes } from "../life-cycle/nodes.ts";
import { raiseAlarm } from "../life-cycle/hardware.ts";
import { ACTIONS_COLLECTION } from "../operations/actions.ts";
import type { Row } from "../state/store.ts";
import { noContent, notFound, ok, Refusal } from "./answer.ts";
import type { Answer } from "./answer.ts";
import type { System } from "./call.ts";
import type { Faults } from "./faults.ts";

export const CONTROL_PREFIX = "__emulator";

const STEPS: readonly string[] = ["discover", "deploy", "add", "upgrade"];
const NODE_KINDS: readonly string[] = ["cnode", "dnode", "ebox"];
const KINDS: readonly string[] = ["latency", "status", "drop", "stuckTask", "failTask"];

export function control(system: System, faults: Faults, { method, words, body }: { readonly method: string; readonly words: readonly string[]; readonly body: Row }): Answer {
  const [what, first, second] = words;
  if (what === undefined && method === "GET") return ok({ isEmulated: true, nodes: nodesOf(system), faults: faults.list(), seed: system.settings.seed });
  if (what === "faults" && method === "GET") return ok(faults.list());
  if (what === "faults" && method === "PUT") return setFaults(faults, body);
  if (what === "faults" && method === "DELETE") return faults.set([]), noContent;
  if (what === "actions" && method === "GET") return ok(system.store.rows(ACTIONS_COLLECTION));
  if (what === "nodes" && first === undefined && method === "PUT") return replaceNodes(system, body);
  if (what === "nodes" && first !== undefined && method === "PATCH") return changeNode(system, first, body);
  if (what === "objects" && first !== undefined && second !== undefined && method === "PATCH") {
    const row = system.store.find(first, second);
    if (row === null) throw notFound();
    Object.assign(row, body, { id: row.id });
    system.store.touch();
    return ok(row);
  }
  throw notFound();
}

/** The machines around the system are others now: discovery finds those. What is in the cluster stays in it. */
function replaceNodes(system: System, body: Row): Answer {
  const { nodes } = body;
  if (!Array.isArray(nodes) || nodes.length > NODES_MAX || !nodes.every(isNode)) throw new Refusal(400, { detail: `Give {"nodes": [{"ip": …, "kind": …}]}, ${NODES_MAX} at most; kind is one of ${NODE_KINDS.join(", ")}.` });
  setNodes(system, nodes.map(({ ip, kind }) => ({ ip, kind })));
  return ok(nodesOf(system));
}

const isNode = (value: unknown): value is EmulatedNode => typeof value === "object" && value !== null && "ip" in value && typeof value.ip === "string" && value.ip !== "" && "kind" in value && NODE_KINDS.includes(String(value.kind));

function setFaults(faults: Faults, body: Row): Answer {
  const list = Array.isArray(body["items"]) ? body["items"] : body["faults"];
  if (!Array.isArray(list)) throw new Refusal(400, { detail: "Give {\"faults\": […]} with a kind each." });
  const wrong = list.find((each: unknown) => !isFault(each));
  if (wrong !== undefined) throw new Refusal(400, { detail: `${JSON.stringify(wrong)} is no fault: kind is one of ${KINDS.join(", ")}; latency takes latencyMs, status takes status from 400 to 599.` });
  faults.set(list as Fault[]); // each was just looked at
  return ok(faults.list());
}

function isFault(value: unknown): value is Fault {
  if (typeof value !== "object" || value === null || !("kind" in value) || !KINDS.includes(String(value.kind))) return false;
  if (value.kind === "latency") return "latencyMs" in value && Number(value.latencyMs) >= 0;
  if (value.kind === "status") return "status" in value && Number(value.status) >= 400 && Number(value.status) <= 599;
  return true;
}

/** `failsAt`: the next work of that kind fails there; `state`: FAILED or ACTIVE, at once, with an alarm. */
function changeNode(system: System, ip: string, body: Row): Answer {
  if (!nodesOf(system).some((node) => node.ip === ip)) throw notFound();
  const step = body["failsAt"];
  if (step !== undefined) {
    if (step !== null && !STEPS.includes(String(step))) throw new Refusal(400, { detail: `failsAt is null or one of ${STEPS.join(", ")}.` });
    setFailsAt(system, ip, step === null ? null : (String(step) as FailingStep)); // just looked up
  }
  const { state } = body;
  if (state === "FAILED" || state === "ACTIVE") {
    for (const [collection, objectType] of [["cnodes", "CNODE"], ["dnodes", "DNODE"]] as const) {
      for (const row of system.store.rows(collection)) {
        if (row["ip"] !== ip) continue;
        Object.assign(row, { state, display_state: state });
        if (state === "FAILED") raiseAlarm(system, { severity: "CRITICAL", objectType, object: row, message: `${String(row["name"])} failed` });
        else for (const alarm of system.store.rows("alarms")) if (alarm["object_guid"] === row["guid"]) system.store.remove("alarms", alarm.id);
      }
    }
  }
  return ok({ ip, failsAt: step ?? null, state: state ?? null });
}
