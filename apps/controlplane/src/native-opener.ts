// The engines' own APIs, opened once for each cluster: where the engine says it answers, the client that speaks to it, and the
// catalogue of the engine's own document.
import type { ClusterKey, EngineName } from "@cynosure/model";
import { ControlPlaneError } from "@cynosure/model";
import type { OpenedNative } from "@cynosure/native-gateway";
import { createNativeClient } from "@cynosure/native-client";
import type { NativeEndpoint } from "@cynosure/native-client";
import type { Catalogue } from "@cynosure/projection";
import { projectedEngines } from "@cynosure/projection";
import type { EngineAccess } from "./cluster-access.ts";
import { withEngine } from "./cluster-access.ts";
import type { Log } from "./log.ts";
import { createNativeDocuments } from "./native-documents.ts";

/** A cluster may be deleted, or its API move: asked again after this. */
const OPEN_FOR_MS = 10_000;
/** An upgrade brings a new document. */
const DOCUMENT_FOR_MS = 600_000;

type Opened = OpenedNative & { readonly engine: Catalogue["engine"]; readonly documentPath: string | null; readonly documentUntilMs: number };

interface Kept {
  readonly opened: Promise<Opened | null>;
  readonly untilMs: number;
}

export interface NativeOpener {
  open(cluster: ClusterKey): Promise<Opened | null>;
  /** Of the document this release holds: for what is said without a cluster. */
  catalogueOf(engine: Catalogue["engine"]): Catalogue;
  close(): Promise<void>;
}

export function createNativeOpener(access: EngineAccess, log: Log): NativeOpener {
  const kept = new Map<ClusterKey, Kept>();
  const documents = createNativeDocuments(log);
  const withDocument = async (opened: Omit<Opened, "catalogue" | "documentUntilMs">): Promise<Opened> => ({ ...opened, catalogue: await documents.live(opened.engine, opened.client, opened.documentPath), documentUntilMs: access.clock.now() + DOCUMENT_FOR_MS });
  const reopen = async (cluster: ClusterKey, before: Opened | null): Promise<Opened | null> => {
    const found = await endpointOf(access, cluster);
    if (before !== null && before.client.origin === found?.endpoint.origin) return before.documentUntilMs > access.clock.now() ? before : withDocument(before);
    await before?.client.close();
    const engine = projectedEngines.find((each) => each === found?.engine);
    if (found === null || engine === undefined) return null;
    const client = createNativeClient({ endpoint: found.endpoint, log: (event, facts) => log("native", { event, cluster, ...facts }) });
    return withDocument({ engine, client, documentPath: found.endpoint.documentPath ?? null });
  };
  return {
    catalogueOf: documents.stored,
    async open(cluster) {
      const now = access.clock.now();
      const last = kept.get(cluster);
      if (last !== undefined && last.untilMs > now) return last.opened;
      const before = await (last?.opened ?? Promise.resolve(null)).catch(() => null);
      // Somebody else may have opened it meanwhile.
      const other = kept.get(cluster);
      if (other !== undefined && other !== last) return other.opened;
      const opened = reopen(cluster, before);
      kept.set(cluster, { opened, untilMs: now + OPEN_FOR_MS });
      opened.then((result) => result === null && kept.delete(cluster), () => kept.delete(cluster));
      return opened;
    },
    async close() {
      for (const { opened } of kept.values()) await (await opened.catch(() => null))?.client.close();
      kept.clear();
    },
  };
}

async function endpointOf(access: EngineAccess, cluster: ClusterKey): Promise<{ readonly endpoint: NativeEndpoint; readonly engine: EngineName } | null> {
  try {
    return await withEngine(access, cluster, undefined, async (engine, call) => {
      const endpoint = await engine.nativeEndpoint(call);
      return endpoint === null ? null : { endpoint, engine: engine.name };
    });
  } catch (error) {
    // It has no plan yet: there is nothing to reach.
    if (error instanceof ControlPlaneError && error.code === "OperationNotAllowed") return null;
    throw error;
  }
}
