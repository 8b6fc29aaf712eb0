// Names that ARM gives to objects of an engine's own API, and writes that an engine goes on with by itself, as the store keeps
// them. An object is the engine's; what is kept here is only what the engine cannot tell: under which name it is known.
import type { ClusterKey } from "@cynosure/model";
import type { Transaction } from "./port.ts";

/** Where a name is unique: below one parent of one type. */
export interface NativeNameScope {
  readonly cluster: ClusterKey;
  /** `vastViews`, `vastUsers/accessKeys`: in the casing of the catalogue. */
  readonly armType: string;
  /** Native ids of the parents, outermost first, each percent-encoded and joined by `/`; empty at the cluster itself. */
  readonly parents: string;
}

export interface StoredNativeName {
  /** As its maker wrote it; found in any casing. */
  readonly name: string;
  readonly nativeId: string;
  /** The engine's own lasting identity, where it has one: an id may come again, a guid does not. */
  readonly guid: string | null;
}

/** More than this many names of one scope are not kept; the names of the others come from the engine's own. */
export const NATIVE_NAMES_COUNT_MAX = 100_000;

export interface NativeNameStore {
  /** By name, in any order. */
  list(scope: NativeNameScope): Promise<readonly StoredNativeName[]>;
  /** In any casing. */
  find(scope: NativeNameScope, name: string): Promise<StoredNativeName | null>;
  /** One name for an object and one object for a name: whatever else stood under either is gone. */
  put(scope: NativeNameScope, name: StoredNativeName, tx?: Transaction): Promise<void>;
  /** True when there was one. */
  remove(scope: NativeNameScope, name: string, tx?: Transaction): Promise<boolean>;
}

/** A write that the engine answered with a task of its own, followed as an ARM operation. Its state is the engine's until it is over. */
export interface StoredNativeOperation {
  /** Unguessable. */
  readonly id: string;
  readonly cluster: ClusterKey;
  readonly location: string;
  /** ARM id of what it is done to. */
  readonly resourceId: string;
  readonly kind: "create" | "update" | "delete" | "action";
  /** Tasks of the engine that must all end. */
  readonly taskIds: readonly string[];
  /** Taken when all tasks have ended well. */
  readonly name: { readonly scope: NativeNameScope; readonly name: string; readonly nativeName: string } | null;
  readonly startedAtMs: number;
  readonly finishedAtMs: number | null;
  readonly status: "Running" | "Succeeded" | "Failed";
  readonly error: { readonly code: string; readonly message: string } | null;
  /** What a success left undone. */
  readonly warnings: readonly string[];
}

export interface NativeOperationStore {
  add(operation: StoredNativeOperation, tx?: Transaction): Promise<void>;
  get(id: string): Promise<StoredNativeOperation | null>;
  /** The first end stands: false when it had ended before. */
  finish(id: string, end: Pick<StoredNativeOperation, "status" | "error" | "warnings"> & { readonly finishedAtMs: number }, tx?: Transaction): Promise<boolean>;
}
