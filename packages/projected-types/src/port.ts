// What the ARM endpoint asks of projected types. Everything about HTTP, callers, rights and audit is on the other side of this port.
import type { ClusterKey } from "@cynosure/model";
import type { NativeClient } from "@cynosure/native-client";
import type { Catalogue } from "@cynosure/projection";
import type { StoredNativeOperation } from "@cynosure/resource-store";

/** The engine's own API of one cluster, and what it holds. */
export interface ProjectedEngine {
  readonly catalogue: Catalogue;
  readonly client: NativeClient;
}

export interface ProjectedCluster {
  readonly key: ClusterKey;
  /** As its owner wrote it: ids of answers begin with it. */
  readonly id: string;
  readonly location: string;
}

/** `HEAD` is asked as GET by the endpoint. */
export type ProjectedMethod = "GET" | "PUT" | "PATCH" | "DELETE" | "POST";

export interface ProjectedRequest {
  readonly method: ProjectedMethod;
  /** Below the cluster, decoded once, without empty words: `["vastViews", "home"]`. */
  readonly words: readonly string[];
  /** Names as the endpoint has them; `api-version` is passed over. */
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** `If-None-Match: *` and `If-Match: *`; projected objects have no etags. */
  readonly mustBe?: "absent" | "present";
}

/** What a request is about to do, told without asking the engine: for rights, audit and the choice of a status. */
export interface ProjectedIntent {
  /** All of them are needed. The words decide even where the catalogue has no such thing, so that a stranger learns nothing of it. */
  readonly permissions: readonly string[];
  /** Changes something, or hands out secrets: recorded before it is sent. */
  readonly isWrite: boolean;
}

/** Some of a list's objects: text of its `value` as UTF-8, with commas between them and without brackets around. */
export interface ListText {
  /** Its bytes are not more than these, and hardly fewer. */
  readonly bytesMax: number;
  /** Its bytes in turn, each good until the next is asked for: most lie in `buffer`, which is filled again and again. */
  pieces(buffer: Uint8Array): Iterable<Uint8Array>;
}

export interface ListPart {
  readonly text: ListText;
  /** Goes on with this part, for whoever cannot take it any more. */
  readonly skipToken: string;
}

/** One page of a list, as the engine tells it. */
export interface AnsweredList {
  /** Good until `rest` is asked. */
  readonly first: ListText;
  /** What is still on its way; the text of each part is good until the next is asked for. Never throws: what the engine refuses ends the page, and is told to whoever goes on. Returns how to go on
   *  after the page. Null: `first` is all of it. */
  readonly rest: AsyncGenerator<ListPart, string | undefined> | null;
}

export interface ProjectedAnswer {
  readonly status: 200 | 201 | 202 | 204;
  readonly body?: unknown;
  /** In place of `body`. */
  readonly list?: AnsweredList;
  /** An answer of the engine that is no JSON, as its own content type. */
  readonly text?: { readonly contentType: string; readonly text: string };
  /** To go on a list; of one that is still on its way, its `rest` tells. */
  readonly skipToken?: string;
  /** The engine goes on by itself: the endpoint adds the headers of a long-running operation. */
  readonly operation?: { readonly id: string; readonly location: string };
}

/** State of a native operation as it is now; the engine is asked while it runs. */
export interface NativeOperationState {
  readonly operation: StoredNativeOperation;
  /** 0 to 100, as far as the engine tells. */
  readonly percentComplete: number;
  /** What the write itself would have answered; null for nothing. */
  readonly result: unknown;
}

export interface ProjectedTypes {
  intentOf(catalogue: Catalogue | null, request: Pick<ProjectedRequest, "method" | "words">): ProjectedIntent;
  /** Throws ControlPlaneError with an ARM code for whatever is refused here or by the engine. */
  answer(engine: ProjectedEngine, cluster: ProjectedCluster, request: ProjectedRequest): Promise<ProjectedAnswer>;
  /** Null: there is no such operation. `engineOf` is asked while the operation runs, and for its result. */
  readOperation(id: string, engineOf: (cluster: ClusterKey) => Promise<ProjectedEngine | null>): Promise<NativeOperationState | null>;
}

/** True for words that name a projected type or an action of the engine below a cluster, whether there is one or not: `vastViews`. */
export const isProjectedWord = (word: string): boolean => /^(?:vast|ceph)[A-Z0-9]/i.test(word);
