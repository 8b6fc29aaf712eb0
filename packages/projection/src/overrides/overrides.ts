// What a document does not say in a form that rules can read, per engine, as data. Keys are those of rules/paths.ts;
// `GET views/{}` names one operation.
import type { Danger, KeySpec } from "../catalogue.ts";

/** Objects whose identity is in body or query: all operations at `root`, and one word below it, are about them. */
export interface KeyedRoot extends KeySpec {
  readonly root: string;
  /** What a word below the root means, where it is not `show`, `delete` or `remove`. `""` is the root itself. */
  readonly verbs?: Readonly<Record<string, "get" | "list" | "create" | "update" | "delete">>;
}

export interface EngineOverrides {
  readonly engine: "vast" | "ceph";
  readonly basePath: string;
  /** Signing in and out: meaningless where somebody else has signed the caller in. */
  readonly gatewayOnly: readonly string[];
  readonly keyed: readonly KeyedRoot[];
  /** Keys of settings that the rule (read and changed at one path) does not find. */
  readonly singletons: readonly string[];
  readonly downloads: readonly string[];
  /** Names of actions the rules cannot find one for, or would name twice. */
  readonly actions: Readonly<Record<string, string>>;
  readonly danger: Readonly<Record<string, Danger>>;
  /** GETs that start something. */
  readonly sideEffects: readonly string[];
  /** GETs that hand out secrets. */
  readonly secretReads: readonly string[];
  /** Operations that start a task although the document's answer does not show it. */
  readonly tasks: readonly string[];
  /** By type, where the identity in the answer is called neither as the path's parameter nor `id`. */
  readonly idFields: Readonly<Record<string, string>>;
  /** Properties of a change that are orders and no state. */
  readonly commandFields: readonly string[];
}
