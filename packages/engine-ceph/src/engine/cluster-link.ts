// The engine's way to its cluster: requests to the agents of monitors and gateways, with the answer's shape
// checked once. A monitor that does not answer is passed over for the next; the one that answered last is
// asked first.
import { setTimeout as pause } from "node:timers/promises";
import type { EngineCall } from "@cynosure/engine";
import type { DaemonSpec, HostId, StepResult } from "@cynosure/model";
import { failed, retry, waiting } from "@cynosure/model";

export interface MonCommand {
  readonly target?: "mon" | "mgr";
  readonly command: Readonly<Record<string, unknown>>;
}

export interface MonResult {
  readonly rc: number;
  readonly out: string;
  readonly status: string;
}

export type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly code: string; readonly message: string };

const MON_REQUEST_TIMEOUT_MS = 8_000;
const preferred = new Map<string, HostId>();

export function hostsRunning(call: EngineCall, kind: string): HostId[] {
  // Keys of `daemons` are host ids by its type.
  return (Object.entries(call.layout.daemons) as [HostId, readonly DaemonSpec[]][]).filter(([, daemons]) => daemons.some((daemon) => daemon.kind === kind)).map(([host]) => host);
}

/** The one that answered last comes first. */
function inOrder(call: EngineCall, kind: string, key: string): HostId[] {
  const hosts = hostsRunning(call, kind);
  const first = preferred.get(key);
  return first !== undefined && hosts.includes(first) ? hosts.sort((a, b) => Number(b === first) - Number(a === first)) : hosts;
}

/** Asks hosts that run `kind` one after another until one answers; what it answers is final, also a refusal. */
export async function ask(call: EngineCall, kind: string, request: string, payload: unknown, timeoutMsMax: number): Promise<Answer<unknown>> {
  const key = `${call.clusterKey} ${kind}`;
  const hosts = inOrder(call, kind, key);
  let last: Answer<unknown> = { ok: false, code: "HostUnreachable", message: `no host of this cluster runs a ${kind}` };
  for (const host of hosts) {
    call.signal?.throwIfAborted();
    const response = await call.channel.request(host, request, payload, timeoutMsMax);
    if (response.ok) {
      preferred.set(key, host);
      return response;
    }
    last = { ok: false, code: response.error.code, message: response.error.message };
    if (!isAway(response.error.code)) return last;
  }
  return last;
}

/** How a look at the cluster is spread over its monitors. */
export interface Look {
  /** A host silent for so long has the next one asked beside it. */
  readonly hedgeMs: number;
  /** The host that is asked first: each look begins at the next one. */
  readonly turn: number;
  /** False for an answer that is known to be out of date: the next host is asked. */
  readonly accept: (value: unknown) => boolean;
}

/**
 * For looks: as `ask`, but no host is preferred, a silent one has the next asked beside it, and the first answer that
 * is accepted counts. What a host answered last is final only when it is no word of absence.
 */
async function askBeside(call: EngineCall, kind: string, request: string, payload: unknown, timeoutMsMax: number, { hedgeMs, turn, accept }: Look): Promise<Answer<unknown>> {
  const all = hostsRunning(call, kind);
  const hosts = all.map((_, index) => all[(index + turn) % all.length] as HostId); // the index is below the length
  let last: Answer<unknown> = { ok: false, code: "HostUnreachable", message: `no host of this cluster runs a ${kind}` };
  const asked = new Set<Promise<void>>();
  let found: Answer<unknown> | null = null;
  for (const host of hosts) {
    call.signal?.throwIfAborted();
    const hear = (answer: Answer<unknown>): void => {
      if (answer.ok && !accept(answer.value)) last = { ok: false, code: "CephUnreachable", message: `the monitor of ${host} answers for a quorum that is no more` };
      else if (answer.ok || !isAway(answer.code)) found ??= answer;
      else last = answer;
    };
    const one: Promise<void> = call.channel
      .request(host, request, payload, timeoutMsMax)
      .then((response) => (response.ok ? response : { ok: false as const, code: response.error.code, message: response.error.message }))
      .catch((error: unknown) => ({ ok: false as const, code: "HostUnreachable", message: error instanceof Error ? error.message : String(error) }))
      .then(hear)
      .finally(() => asked.delete(one));
    asked.add(one);
    await Promise.race([one, pause(hedgeMs, undefined, { ref: false })]);
    if (found !== null) return found;
  }
  while (found === null && asked.size > 0) await Promise.race(asked);
  call.signal?.throwIfAborted();
  return found ?? last;
}

/** Nobody there to ask: the next host may be, or the same one later. */
export const isAway = (code: string): boolean => code === "HostUnreachable" || code === "TimedOut" || code === "CephUnreachable" || code === "HostFileMissing";

/** `look`, for commands that only read. */
export async function monCommands(call: EngineCall, commands: readonly MonCommand[], look?: Look): Promise<Answer<readonly MonResult[]>> {
  const answer =
    look === undefined
      ? await ask(call, "monitor", "ceph.monCommands", { commands }, MON_REQUEST_TIMEOUT_MS)
      : await askBeside(call, "monitor", "ceph.monCommands", { commands }, MON_REQUEST_TIMEOUT_MS, look);
  if (!answer.ok) return answer;
  const value = answer.value as { results?: unknown } | null; // checked on the next line
  if (!Array.isArray(value?.results)) return { ok: false, code: "BadHostAnswer", message: "ceph.monCommands answered without results" };
  // The handler of this package fills exactly these fields; fewer results mean that one failed and the rest was not run.
  return { ok: true, value: value.results as MonResult[] };
}

/**
 * Turns an answer that is not there into a step result. An agent that has seen a newer executor refuses for
 * good: asking again under the same epoch would use up the step's attempts and fail a plan that goes on.
 */
export function awaitAnswer(answer: { readonly code: string; readonly message: string }, waitingOn: string): StepResult<never> {
  if (answer.code === "StaleExecutor") return failed(answer.code, answer.message);
  return isAway(answer.code) ? waiting(waitingOn, 250) : retry(answer.code, answer.message, 1_000);
}

const EAGAIN = -11;
const ETIMEDOUT = -110;

/** The first command that failed, as a step result; null when all went well. */
export function commandFailure(commands: readonly MonCommand[], results: readonly MonResult[]): StepResult<never> | null {
  const index = results.findIndex((result) => result.rc < 0);
  if (index < 0) return results.length === commands.length ? null : retry("CephCommandFailed", "not all commands were answered", 500);
  const result = results[index];
  const prefix = String(commands[index]?.command["prefix"] ?? "?");
  const message = `Ceph refused "${prefix}" with ${result?.rc ?? 0}: ${result?.status ?? ""}`;
  if (result?.rc === EAGAIN || result?.rc === ETIMEDOUT) return retry("CephCommandFailed", message, 500);
  return failed("CephCommandFailed", message);
}

/** JSON a monitor printed; null when it is not JSON. */
export function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return null;
  }
}
