// What the tests of the contract's rows share: one served front door per file, clusters with names of their own,
// and short words for requests of the provider's types.
import { GROUP, PROVIDER_VERSION, SUBSCRIPTION, clusterBody, clusterPath, openServedFrontDoor } from "../../../packages/front-door/src/testkit/served-front-door.ts";
import type { Reply, Sent, ServedFrontDoor } from "../../../packages/front-door/src/testkit/served-front-door.ts";
import { fileSystemBody } from "@cynosure/resource-providers/testkit";

export { SUBSCRIPTION, clusterBody, fileSystemBody };
export type { Reply };

const GROUP_NAME = GROUP.resourceGroupName;
export const GROUP_PATH = `/subscriptions/${SUBSCRIPTION}/resourceGroups/${GROUP_NAME}`;
export const COLLECTION = `${GROUP_PATH}/providers/Cynosure.Storage/clusters`;

export interface Exchange {
  readonly served: ServedFrontDoor;
  /** Path below the listener; the provider's api-version is added where the path names none. */
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply>;
  /** A name that no other test of the file has, and its path. */
  fresh(): { readonly name: string; readonly path: string };
  /** Made and delivered. */
  delivered(tags?: Record<string, string>): Promise<{ readonly name: string; readonly path: string }>;
  finish(name: string): Promise<void>;
  fail(name: string): Promise<void>;
  close(): Promise<void>;
}

export async function openExchange(): Promise<Exchange> {
  const served = await openServedFrontDoor();
  let count = 0;
  const fresh = () => {
    const name = `row-${String((count += 1)).padStart(3, "0")}`;
    return { name, path: clusterPath(GROUP_NAME, name) };
  };
  const send = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Reply> => {
    const versioned = path.includes("api-version=") ? path : `${path}${path.includes("?") ? "&" : "?"}${PROVIDER_VERSION}`;
    const request: Sent = { method, headers, ...(body === undefined ? {} : { body }) };
    return served.send(versioned, request);
  };
  return {
    served,
    send,
    fresh,
    delivered: async (tags) => {
      const made = fresh();
      await served.deliver(GROUP_NAME, made.name, tags);
      return made;
    },
    finish: (name) => served.finishPlan(GROUP_NAME, name),
    fail: (name) => served.failPlan(GROUP_NAME, name),
    close: () => served.close(),
  };
}

export const propertiesOf = (reply: Reply): Record<string, unknown> => reply.body["properties"] as Record<string, unknown>; // every resource has them
export const refusal = (reply: Reply): readonly unknown[] => [reply.status, reply.body.error?.code, reply.body.error?.target];
