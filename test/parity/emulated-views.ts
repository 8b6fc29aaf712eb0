// Both views of one emulated engine: its own API by plain requests, and ARM's by projected types.
import { Buffer } from "node:buffer";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { ControlPlaneError, clusterKey } from "@cynosure/model";
import { createNativeClient } from "@cynosure/native-client";
import { createProjectedTypes } from "@cynosure/projected-types";
import type { ProjectedAnswer, ProjectedEngine, ProjectedMethod, ProjectedTypes } from "@cynosure/projected-types";
import { wholeList } from "@cynosure/projected-types/testkit";
import { buildCatalogue } from "@cynosure/projection";
import { openMemoryStore, createMemoryDatabase } from "@cynosure/resource-store/testkit";
import { startVmsEmulator } from "@cynosure/vms-emulator";
import type { EmulatorOptions } from "@cynosure/vms-emulator";

export type Json = Readonly<Record<string, unknown>>;

export interface ArmResource {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly properties: Json;
}

export interface EmulatedViews {
  /** Of the engine, for its control endpoint. */
  readonly origin: string;
  readonly types: ProjectedTypes;
  readonly engine: ProjectedEngine;
  /** Throws ControlPlaneError for a refusal. `path`: words below the cluster with slashes between. */
  arm(method: ProjectedMethod, path: string, body?: unknown, query?: Readonly<Record<string, string>>): Promise<ProjectedAnswer>;
  armRow(method: ProjectedMethod, path: string, body?: unknown): Promise<ArmResource>;
  /** All pages. */
  armList(path: string, top: number): Promise<readonly ArmResource[]>;
  native(method: string, path: string, body?: unknown): Promise<{ readonly status: number; readonly body: unknown }>;
  close(): Promise<void>;
}

export const CLUSTER_ID = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/g/providers/Cynosure.Storage/clusters/Sample";

export async function openEmulatedViews(options: EmulatorOptions = {}): Promise<EmulatedViews> {
  const emulator = await startVmsEmulator({ tls: false, seed: 7, ...options });
  const views = viewsOver(emulator.origin, "123456");
  return {
    ...views,
    async close() {
      await views.close();
      await emulator.close();
    },
  };
}

/** Of a server that is there, with its first user's password; closing them leaves it as it is. */
export function viewsOver(origin: string, password: string): EmulatedViews {
  const catalogue = buildCatalogue("vast", JSON.parse(readFileSync(new URL(import.meta.resolve("@cynosure/projection/documents/vast.json")), "utf8")));
  const authorization = `Basic ${Buffer.from(`admin:${password}`).toString("base64")}`;
  const client = createNativeClient({ endpoint: { origin, basePath: "/api/latest", caPem: null, headers: () => Promise.resolve({ authorization }) } });
  const store = openMemoryStore(createMemoryDatabase({ clock: { now: Date.now, sleep: (ms) => pause(ms) } }));
  const types = createProjectedTypes({ names: store.nativeNames, operations: store.nativeOperations, newId: randomUUID, nowMs: Date.now });
  const engine = { catalogue, client };
  const cluster = { key: clusterKey(CLUSTER_ID.toLowerCase()), id: CLUSTER_ID, location: "local" };
  const arm: EmulatedViews["arm"] = async (method, path, body, query = {}) => {
    const answer = await types.answer(engine, cluster, { method, words: path.split("/"), query, body });
    if (answer.list === undefined) return answer;
    const { value, skipToken } = await wholeList(answer);
    return { status: answer.status, body: { value }, ...(skipToken === undefined ? {} : { skipToken }) };
  };
  return {
    origin,
    types,
    engine,
    arm,
    armRow: async (method, path, body) => (await arm(method, path, body)).body as ArmResource, // a resource, which the caller looks at
    async armList(path, top) {
      const rows: ArmResource[] = [];
      for (let token: string | undefined, isFirst = true; isFirst || token !== undefined; isFirst = false) {
        const page = await arm("GET", path, undefined, { $top: String(top), ...(token === undefined ? {} : { $skiptoken: token }) });
        rows.push(...(page.body as { readonly value: readonly ArmResource[] }).value); // a list, which the caller looks at
        token = page.skipToken;
      }
      return rows;
    },
    async native(method, path, body) {
      const response = await fetch(`${origin}/api/latest/${path}`, { method, headers: { authorization, ...(body === undefined ? {} : { "content-type": "application/json" }) }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
      const text = await response.text();
      return { status: response.status, body: text === "" ? null : JSON.parse(text) };
    },
    close: () => client.close(),
  };
}

/** The ARM code a call is refused with. */
export async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof ControlPlaneError) return error.target === undefined ? error.code : `${error.code} ${error.target}`;
    throw error;
  }
  return "none";
}
