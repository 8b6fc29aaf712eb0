// Requests to agents through the store: the gateway hands them out and brings the answers back, so the
// control plane that asks need not be the one the agent is connected to.
import { randomUUID } from "node:crypto";
import type { Clock, ClusterKey, HostId, HostResponse } from "@cynosure/model";
import type { HostChannel } from "@cynosure/engine";
import type { Store } from "@cynosure/resource-store";

export interface HostChannelOptions {
  readonly store: Pick<Store, "hosts" | "watchChanges">;
  readonly clock: Clock;
  readonly clusterKey: ClusterKey;
  readonly executorEpoch: number;
  readonly signal?: AbortSignal;
  readonly createId?: () => string;
}

export function createHostChannel(options: HostChannelOptions): HostChannel {
  const { store, clock, clusterKey, executorEpoch, signal } = options;
  const createId = options.createId ?? randomUUID;
  return {
    async request(hostId: HostId, kind: string, payload: unknown, timeoutMsMax: number): Promise<HostResponse> {
      const id = createId();
      const deadlineMs = clock.now() + timeoutMsMax;
      const watch = store.watchChanges(`request:${id}`);
      try {
        await store.hosts.putRequest({ id, clusterKey, hostId, executorEpoch, kind, payload, timeoutMsMax });
        for (;;) {
          const response = await store.hosts.readResponse(id);
          if (response !== null) return response;
          signal?.throwIfAborted();
          const leftMs = deadlineMs - clock.now();
          if (leftMs <= 0) {
            const message = `The agent of ${hostId} did not answer ${kind} within ${timeoutMsMax} ms: check that the host runs and reaches the control plane.`;
            return { ok: false, error: { code: "HostUnreachable", message } };
          }
          await watch.wait(leftMs, signal);
        }
      } finally {
        watch.close();
      }
    },
  };
}
