// What the projection makes of an engine's own API document: every operation with where it is reachable, and the
// resource types they add up to. Data only, safe to send and to store; how it is computed is in `rules`.

export type NativeMethod = "GET" | "PUT" | "PATCH" | "POST" | "DELETE";

/** `unmapped` must never be left: a catalogue that holds one fails the parity check. */
export type OperationClass = "typed" | "action" | "keyed" | "transfer" | "gatewayOnly" | "unmapped";

export type ArmVerb = "list" | "get" | "create" | "update" | "replace" | "delete" | "action";

/** `internal`: of the engine's own works; `destructive`: ends data or service. Both need a role of their own. */
export type Danger = "none" | "internal" | "destructive";

export type FieldType = "string" | "integer" | "number" | "boolean" | "array" | "object" | "any";

/** One property of a body or of an answer, or one query parameter, as far as the document says. */
export interface ApiField {
  readonly name: string;
  readonly type: FieldType;
  /** Of the members of an array. */
  readonly itemType?: FieldType;
  readonly enum?: readonly (string | number)[];
  readonly isRequired: boolean;
  readonly isNullable?: boolean;
  /** Never returned, never logged, kept as a hash at most. */
  readonly isSecret?: boolean;
}

/** How one object is named when the document has no id in its path: the parts its identity is put together from, in order. */
export interface KeySpec {
  readonly parts: readonly string[];
  readonly sentIn: "body" | "query";
}

export interface CatalogueOperation {
  readonly method: NativeMethod;
  /** As the document writes it, with its own slash at the end or without. */
  readonly path: string;
  readonly class: OperationClass;
  /** Id of the rule that put it there, `R04` or `O-keyed`: listed in docs/reference/projection.md. */
  readonly rule: string;
  /** True when no rule said anything of its own and the last resort decided. Must be false everywhere. */
  readonly isFallback: boolean;
  /** `vastViews`, `vastDatabases/schemas`; null where ARM has no such thing (gatewayOnly), or the action hangs on the cluster itself. */
  readonly armType: string | null;
  readonly armVerb: ArmVerb | null;
  /** Name of the POST action: unique for its type and for what it is on. */
  readonly action: string | null;
  readonly actionOn: "item" | "collection" | "cluster" | null;
  /** Names in the path, in order. */
  readonly pathParameters: readonly string[];
  readonly queryParameters: readonly ApiField[];
  readonly bodyKind: "json" | "multipart" | "binary" | null;
  readonly bodyFields: readonly ApiField[];
  /** Properties of the object, or of a list's member, that is answered. */
  readonly answerFields: readonly ApiField[];
  readonly answersList: boolean;
  readonly key: KeySpec | null;
  /** Answers with a task of the engine that goes on. */
  readonly isAsynchronous: boolean;
  /** A GET that changes something or hands out secrets: never cached, repeated or given to readers. */
  readonly hasSideEffects: boolean;
  readonly danger: Danger;
  /** What a caller must be allowed to do, for example `Cynosure.Storage/clusters/vastViews/read`. */
  readonly permission: string;
}

/** `name`: by its own name · `alias`: it has none, the client gives one · `id`: found by the engine, `id-<n>` · `singleton`: `default` · `key`: by the parts of `key`. */
export type Naming = "name" | "alias" | "id" | "singleton" | "key";

export interface ProjectedType {
  /** `vastViews`; nested `vastComputeclusters/tenants`. */
  readonly armType: string;
  readonly parentType: string | null;
  readonly naming: Naming;
  /** Property whose value is the native id in paths, usually `id`. */
  readonly idField: string;
  /** Property the ARM name is taken from; null for aliases, ids and singletons. */
  readonly nameField: string | null;
  readonly isTenantScoped: boolean;
  /** Native path by verb; absent where the engine has no such operation. */
  readonly paths: Readonly<Partial<Record<Exclude<ArmVerb, "action">, { readonly method: NativeMethod; readonly path: string }>>>;
  readonly fields: readonly ApiField[];
  /** Taken at creation only: changing one answers 409. */
  readonly createOnlyFields: readonly string[];
  readonly patchOnlyFields: readonly string[];
  /** Sent but never answered: not compared, never returned. */
  readonly writeOnlyFields: readonly string[];
  readonly secretFields: readonly string[];
  /** Fields that are orders and no state (`replace`, `power_off`): a PUT never sends them. */
  readonly commandFields: readonly string[];
  readonly key: KeySpec | null;
  /** Names of actions by what they are on. */
  readonly actions: readonly { readonly name: string; readonly on: "item" | "collection"; readonly method: NativeMethod; readonly path: string }[];
}

export interface Catalogue {
  readonly engine: "vast" | "ceph";
  /** SHA-256 of the facts the document states, in canonical order: the same facts, the same hash. */
  readonly documentHash: string;
  readonly operations: readonly CatalogueOperation[];
  readonly types: readonly ProjectedType[];
}

export interface ParityTotals {
  readonly operations: number;
  readonly unmapped: number;
  readonly fallback: number;
  readonly classes: Readonly<Record<OperationClass, number>>;
  readonly types: number;
  readonly actions: number;
}
