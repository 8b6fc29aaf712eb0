// The event stream of what changes in a subscription, for people who look: names only, each asked of the roles of the
// moment, so that it tells nobody of what he may not read. Whoever hears of a change reads again.
import { routes } from "@cynosure/contract";
import type { RequestPrincipal } from "@cynosure/arm-protocol";
import type { Authorize, RouteRequest, ServedRoute } from "@cynosure/http-server";
import { ControlPlaneError } from "@cynosure/model";
import { EVERYWHERE, isWithin } from "./change.ts";
import type { Change } from "./change.ts";
import { COALESCE_MS, ChangeHub } from "./change-hub.ts";
import type { HubStore } from "./change-hub.ts";

export const STREAMS_MAX = 100;
export const STREAMS_OF_PRINCIPAL_MAX = 10;
const NAMESPACE = "Cynosure.Storage";
const READ = `${NAMESPACE}/clusters/read`;
/** Held for a client that does not read; one more ends its stream, and it reads all again when it comes back. */
const WAITING_MAX = 1_000;

export interface StreamTimes {
  readonly coalesceMs: number;
  /** A line of nothing, so that both sides notice when the other is gone; then it is also asked whether the caller may still be told. */
  readonly beatMs: number;
  readonly streamMsMax: number;
  /** When the browser comes back. */
  readonly retryMs: number;
}

const TIMES: StreamTimes = { coalesceMs: COALESCE_MS, beatMs: 15_000, streamMsMax: 600_000, retryMs: 1_000 };

export interface ChangesRouteOptions {
  readonly store: HubStore;
  readonly authorize: Authorize;
  readonly locations: readonly string[];
  readonly onError: (error: unknown) => void;
  /** Shorter in tests. */
  readonly times?: Partial<StreamTimes>;
}

export function changesRoute(options: ChangesRouteOptions): ServedRoute {
  const { store, authorize, locations, onError } = options;
  const times = { ...TIMES, ...options.times };
  const hub = new ChangeHub({ store, onError, coalesceMs: times.coalesceMs });
  const open = new Map<string, number>();
  const streamsOf = (principal: RequestPrincipal): number => open.get(principal.id) ?? 0;
  const isFull = (principal: RequestPrincipal): boolean => streamsOf(principal) >= STREAMS_OF_PRINCIPAL_MAX || [...open.values()].reduce((sum, count) => sum + count, 0) >= STREAMS_MAX;
  return {
    method: "GET",
    path: `/subscriptions/{subscriptionId}/providers/${NAMESPACE}/changes`,
    access: "bearer",
    takes: "nothing",
    apiVersion: { providerType: { namespace: NAMESPACE, type: "changes", locations }, supported: [...new Set(routes.filter((route) => route.namespace === NAMESPACE).flatMap((route) => route.apiVersions))] },
    // Whoever has a role around; what he is told of is asked for each change.
    permission: "Microsoft.Resources/subscriptions/read",
    answer: (request) => {
      const { principal } = request;
      if (principal === null) return Promise.reject(new ControlPlaneError("AuthenticationFailed", "The request carries no principal."));
      const full = new ControlPlaneError("TooManyRequests", `${STREAMS_OF_PRINCIPAL_MAX} streams of changes of one principal, or ${STREAMS_MAX} of all, are open here. Close one, or ask again later.`);
      if (isFull(principal)) return Promise.reject(full);
      const stream = async function* (signal: AbortSignal): AsyncGenerator<string> {
        // Others may have come between the answer and its first bit.
        if (isFull(principal)) return;
        open.set(principal.id, streamsOf(principal) + 1);
        try {
          yield* tellChanges({ hub, authorize, times, principal, request, signal });
        } finally {
          const left = streamsOf(principal) - 1;
          if (left > 0) open.set(principal.id, left);
          else open.delete(principal.id);
        }
      };
      return Promise.resolve({ status: 200, headers: { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-store" }, stream });
    },
  };
}

interface Telling {
  readonly hub: ChangeHub;
  readonly authorize: Authorize;
  readonly times: StreamTimes;
  readonly principal: RequestPrincipal;
  readonly request: RouteRequest;
  readonly signal: AbortSignal;
}

async function* tellChanges({ hub, authorize, times, principal, request, signal }: Telling): AsyncGenerator<string> {
  const waiting = new Waiting(request.params["subscriptionId"] ?? "");
  const stop = hub.listen((changes) => waiting.add(changes));
  const endsAtMs = performance.now() + times.streamMsMax;
  const mayRead = async (id: string): Promise<boolean> => (await authorize({ principal, permission: READ, isDataAction: false, scope: id })).allowed;
  try {
    yield `retry: ${times.retryMs}\n${HELLO}`;
    for (;;) {
      await waiting.some(Math.min(times.beatMs, endsAtMs - performance.now()), signal);
      if (signal.aborted || waiting.isOver || performance.now() >= endsAtMs || (await request.isCallerValid?.()) === false) return;
      const { changes, isHello } = waiting.take();
      const told: string[] = isHello ? [HELLO] : [];
      for (const { id, kind } of changes) if (await mayRead(id)) told.push(`event: change\ndata: ${JSON.stringify({ id, kind })}\n\n`);
      yield told.length === 0 ? BEAT : told.join("");
    }
  } finally {
    stop();
  }
}

/** From here on all changes are told; what was read before may be old. */
const HELLO = "event: hello\ndata: {}\n\n";
const BEAT = ":\n\n";

/** What one client has still to be told of its subscription: each change once, however often it happened. */
class Waiting {
  readonly #subscriptionId: string;
  readonly #changes = new Map<string, Pick<Change, "id" | "kind">>();
  #isHello = false;
  #wake: () => void = () => undefined;

  constructor(subscriptionId: string) {
    this.#subscriptionId = subscriptionId;
  }

  get isOver(): boolean {
    return this.#changes.size > WAITING_MAX;
  }

  add(changes: readonly Change[] | null): void {
    if (changes === null) this.#isHello = true;
    else if (!this.isOver) for (const each of changes) this.#addOne(each);
    if (this.#isHello || this.#changes.size > 0) this.#wake();
  }

  #addOne({ key, id, kind }: Change): void {
    if (!isWithin(key, this.#subscriptionId)) return;
    this.#changes.set(`${kind} ${key}`, { id: key === EVERYWHERE ? `/subscriptions/${this.#subscriptionId}` : id, kind });
  }

  take(): { readonly changes: readonly Pick<Change, "id" | "kind">[]; readonly isHello: boolean } {
    const taken = { changes: [...this.#changes.values()], isHello: this.#isHello };
    this.#changes.clear();
    this.#isHello = false;
    return taken;
  }

  /** Until there is something to tell, the time is over, or the client has gone. */
  async some(waitMsMax: number, signal: AbortSignal): Promise<void> {
    if (this.#isHello || this.#changes.size > 0 || signal.aborted || waitMsMax <= 0) return;
    await new Promise<void>((resolve) => {
      const finish = (): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", finish);
        this.#wake = () => undefined;
        resolve();
      };
      const timer = setTimeout(finish, waitMsMax);
      timer.unref();
      signal.addEventListener("abort", finish, { once: true });
      this.#wake = finish;
    });
  }
}
