// clusters/getParity and clusters/invokeNative: what the engine of a cluster offers, and the way to what no document of it
// lists. A path is checked as the native gateway checks it, and what the catalogue knows of it is authorised as well.
import { clusterId, keyOf, notFound } from "@cynosure/arm-store";
import type { ClusterParams, OurHandlers } from "@cynosure/arm-store";
import type { InvokeNativeRequest, InvokeNativeResult, JsonValue } from "@cynosure/contract";
import { ControlPlaneError, clusterKey } from "@cynosure/model";
import type { NativeAnswer } from "@cynosure/native-client";
import { INVOKE_NATIVE, formatNativePath, parseNativePath, requiredRight } from "@cynosure/native-gateway";
import type { Catalogue } from "@cynosure/projection";
import type { StoredResource } from "@cynosure/resource-store";
import { jsonThatFits } from "./answer-size.ts";
import { engineOfRow, noApi, openEngine } from "./engine-of-cluster.ts";
import { parityToWire } from "./parity-to-wire.ts";
import type { ProjectedRoutesOptions } from "./options.ts";
import { recordWrite } from "./record-write.ts";
import { requireRights } from "./require-rights.ts";

export type NativeHandlers = Pick<OurHandlers, "Clusters_GetParity" | "Clusters_InvokeNative">;

export function nativeHandlers(options: ProjectedRoutesOptions): NativeHandlers {
  const readCluster = async (params: ClusterParams): Promise<StoredResource> => {
    const row = await options.store.resources.get(keyOf(clusterId(params)));
    if (row === null) throw notFound(clusterId(params));
    return row;
  };
  return {
    Clusters_GetParity: async ({ params }) => {
      const row = await readCluster(params);
      const engine = engineOfRow(row);
      if (engine === undefined) throw noApi(row);
      // Of a cluster that is not delivered yet: what this release knows of its engine.
      const opened = await options.native.open(clusterKey(row.key)).catch(() => null);
      return { status: 200, body: parityToWire(opened?.catalogue ?? options.native.catalogueOf(engine)) };
    },
    Clusters_InvokeNative: async ({ params, body, context }) => {
      const row = await readCluster(params);
      const { catalogue, client } = await openEngine(options, row);
      const { words, path, query } = checkedPath(catalogue.engine, body);
      const right = requiredRight(catalogue, body.method, words);
      if (right.kind !== "forward") {
        const why = right.kind === "refused" ? right.why : "it signs in at the engine, which Cynosure does itself";
        throw new ControlPlaneError("AuthorizationFailed", `${body.method} ${body.path.slice(0, 200)} is not sent for anybody, because ${why}.`, { target: "path" });
      }
      await requireRights(options, row, right.permissions.filter((permission) => permission !== INVOKE_NATIVE), context.principal, `besides '${INVOKE_NATIVE}'`);
      if (body.method === "GET" && body.body !== undefined) throw new ControlPlaneError("InvalidRequestContent", "A GET has no body. Leave 'body' out.", { target: "body" });
      if (!right.isRead) await recordWrite(options, { principalId: context.principal.id, correlationId: context.correlationId, action: INVOKE_NATIVE, resourceId: `${row.id}/native/${body.method}${path}`, body: body.body });
      const json = body.body === undefined ? {} : { json: body.body };
      return { status: 200, headers: { "cache-control": "no-store" }, body: resultOf(await client.send({ method: body.method, path, query, isRepeatable: right.isRead, ...json }), row) };
    },
  };
}

interface CheckedPath {
  /** As the gateway has them: from the API's base on. */
  readonly words: readonly string[];
  /** As it is sent. */
  readonly path: string;
  readonly query: readonly (readonly [string, string])[];
}

/** Before the document's paths of this engine; those of the other begin with it themselves. */
const BASES: Readonly<Record<Catalogue["engine"], readonly string[]>> = { vast: ["api", "latest"], ceph: [] };

function checkedPath(engine: Catalogue["engine"], body: InvokeNativeRequest): CheckedPath {
  if (body.path.includes("?")) throw new ControlPlaneError("InvalidParameter", "The path holds a '?'. Give the parameters under 'query'.", { target: "path" });
  const query = (body.query ?? []).map(({ name, value }) => [name, value] as const);
  const written = query.map((pair) => pair.map((text) => encodeURIComponent(text.toWellFormed())).join("=")).join("&");
  const { words, hasSlashAtEnd } = parseNativePath(written === "" ? body.path : `${body.path}?${written}`);
  const isBelowApi = words[0]?.toLowerCase() === "api";
  if (engine === "vast" && isBelowApi) throw new ControlPlaneError("InvalidParameter", "The path begins with '/api'. Write it as the engine's document does, without '/api' and version: '/views/'.", { target: "path" });
  if (engine === "ceph" && words[0] !== "api") throw new ControlPlaneError("InvalidParameter", "The path is not below '/api/'. Write it as the engine's document does: '/api/pool'.", { target: "path" });
  return { words: [...BASES[engine], ...words], path: formatNativePath(words, hasSlashAtEnd), query };
}

function resultOf({ status, headers, body }: NativeAnswer, row: StoredResource): InvokeNativeResult {
  const contentType = headers["content-type"];
  const result = {
    status,
    ...(contentType === undefined ? {} : { contentType }),
    ...(body === undefined || body === "" ? {} : { body: body as JsonValue }), // the client answers parsed JSON or text
  };
  jsonThatFits(result, row.id);
  return result;
}
