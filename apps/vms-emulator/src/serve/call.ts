// One call as the operations see it: what was found in the document, who asks, and what came with it.
import type { ApiOperation, CatalogueOperation } from "@cynosure/projection";
import type { Row, Store } from "../state/store.ts";
import type { Tasks } from "../state/tasks.ts";
import type { Settings } from "../options.ts";
import type { Document } from "./document.ts";

export interface Principal {
  readonly username: string;
  readonly userType: string;
  readonly permissions: readonly string[];
}

/** What stays the same for every call. */
export interface System {
  readonly store: Store;
  readonly tasks: Tasks;
  readonly settings: Settings;
  readonly document: Document;
}

export interface Call extends System {
  readonly method: string;
  /** Below the prefix, decoded, without empty words. */
  readonly words: readonly string[];
  readonly query: URLSearchParams;
  readonly body: Row;
  /** `https://host:port/api/latest`: what `url`, `next` and `previous` begin with. */
  readonly base: string;
  readonly principal: Principal;
  /** Of `X-Tenant-Name`. */
  readonly tenant: { readonly id: number; readonly name: string } | null;
}

export interface DocumentedCall extends Call {
  readonly operation: CatalogueOperation;
  readonly facts: ApiOperation;
  readonly params: Readonly<Record<string, string>>;
}

export const nowIso = ({ settings }: Pick<System, "settings">): string => new Date(settings.nowMs()).toISOString();
