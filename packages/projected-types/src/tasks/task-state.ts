// State of one task as its engine tells it, in our words.
import { ControlPlaneError } from "@cynosure/model";
import type { ProjectedEngine } from "../port.ts";
import { isJsonObject } from "../wire/json.ts";
import type { Json } from "../wire/json.ts";

export interface TaskState {
  readonly state: "running" | "done" | "partly" | "failed";
  /** 0 to 100; null: it does not tell. */
  readonly percent: number | null;
  readonly message: string;
}

const MESSAGE_LENGTH_MAX = 500;
const VAST: Readonly<Record<string, TaskState["state"]>> = { RUNNING: "running", COMPLETED: "done", PARTIALLY_COMPLETED: "partly", FAILED: "failed", TIMEOUT: "failed", UNKNOWN: "failed" };

export const readTask = (engine: ProjectedEngine, id: string): Promise<TaskState> => (engine.catalogue.engine === "ceph" ? readCephTask(engine, id) : readVastTask(engine, id));

async function readVastTask({ client }: ProjectedEngine, id: string): Promise<TaskState> {
  const { status, body } = await client.send({ method: "GET", path: `/vtasks/${encodeURIComponent(id)}/` });
  if (status === 404) return { state: "failed", percent: null, message: `the engine has no task ${id} any more` };
  if (status !== 200 || !isJsonObject(body)) throw new ControlPlaneError("ServiceUnavailable", `The engine answered ${status} when asked for its task ${id}. Try again.`);
  const told = typeof body["state"] === "string" ? body["state"].toUpperCase() : "UNKNOWN";
  return { state: VAST[told] ?? "failed", percent: null, message: `${told}${messageOf(body) === "" ? "" : `: ${messageOf(body)}`}` };
}

/** Documents call it an object, servers answer a list. */
function messageOf(body: Json): string {
  const { messages } = body;
  const list = Array.isArray(messages) ? messages : isJsonObject(messages) ? Object.values(messages) : typeof messages === "string" ? [messages] : [];
  const last = list.at(-1);
  return (typeof last === "string" ? last : last === undefined ? "" : JSON.stringify(last)).slice(0, MESSAGE_LENGTH_MAX);
}

async function readCephTask({ client }: ProjectedEngine, id: string): Promise<TaskState> {
  const { name, metadata } = JSON.parse(id) as { readonly name: string; readonly metadata: unknown }; // written by taskIdsOf
  const { status, body } = await client.send({ method: "GET", path: "/api/task", query: [["name", name]] });
  if (status !== 200 || !isJsonObject(body)) throw new ControlPlaneError("ServiceUnavailable", `The engine answered ${status} when asked for its task '${name}'. Try again.`);
  const wanted = JSON.stringify(metadata);
  const pick = (list: unknown): Json | undefined => (Array.isArray(list) ? list.filter(isJsonObject).find((task) => task["name"] === name && JSON.stringify(task["metadata"]) === wanted) : undefined);
  const running = pick(body["executing_tasks"]);
  if (running !== undefined) return { state: "running", percent: typeof running["progress"] === "number" ? running["progress"] : null, message: name };
  const ended = pick(body["finished_tasks"]);
  // It keeps ended tasks for a minute: one that is no longer told of went well, or its object will say so.
  if (ended === undefined) return { state: "partly", percent: 100, message: `${name}: the engine no longer tells how it ended` };
  const exception = isJsonObject(ended["exception"]) ? String(ended["exception"]["detail"] ?? "") : "";
  return ended["success"] === true ? { state: "done", percent: 100, message: name } : { state: "failed", percent: null, message: `${name}: ${exception.slice(0, MESSAGE_LENGTH_MAX)}` };
}
