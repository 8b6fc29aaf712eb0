// Seals what was committed and anchors what was sealed, a little behind the requests and never in their way.
// Any number may run; the store lets one at a time have its turn. Killed anywhere, the next one goes on:
// the chain is committed before its anchor, the anchor before its line in the file, and the file is made whole first.
import type { AnchorFile } from "./anchor-file.ts";
import { isSignedBy } from "./anchors.ts";
import type { AnchorSigner } from "./anchors.ts";
import type { AuditAnchor, AuditChainEntry, AuditRow } from "./audit-types.ts";
import { linkRows } from "./chain.ts";

/** What the sealer needs of a store; `AuditStore` of resource-store has it. */
export interface SealStore {
  seal(limitMax: number, link: (last: AuditChainEntry | null, rows: readonly AuditRow[]) => readonly AuditChainEntry[]): Promise<{ readonly sealedCount: number; readonly hasTurn: boolean }>;
  chainHead(): Promise<AuditChainEntry | null>;
  listAnchors(request: { readonly afterPosition?: number; readonly limitMax: number }): Promise<readonly AuditAnchor[]>;
  lastAnchor(): Promise<AuditAnchor | null>;
  putAnchor(anchor: AuditAnchor): Promise<boolean>;
}

export interface SealerOptions {
  readonly store: SealStore;
  readonly file: AnchorFile;
  readonly signer: AnchorSigner;
  readonly installationId: string;
  readonly nowMs: () => number;
  /** An anchor after this many entries, … */
  readonly anchorEveryCountMax?: number;
  /** … or this long after the last one, when there is anything new. */
  readonly anchorEveryMs?: number;
  readonly batchMax?: number;
}

export interface AuditSealer {
  /** Seals all that waits and anchors when it is time. */
  round(signal?: AbortSignal): Promise<void>;
  /** Seals all that waits and anchors it: before the process ends. */
  finish(): Promise<void>;
}

const BATCH_MAX = 1_000;
const ANCHOR_EVERY_COUNT_MAX = 1_000;
const ANCHOR_EVERY_MS = 60_000;
const ANCHORS_PAGE_MAX = 1_000;

export function createAuditSealer(options: SealerOptions): AuditSealer {
  return new Sealer(options);
}

const identityOf = (anchor: AuditAnchor): string => `${anchor.position} ${anchor.sha256} ${anchor.signature}`;

class Sealer implements AuditSealer {
  readonly #options: SealerOptions;
  /** False until the file holds every anchor of the database, and after any trouble in between. */
  #isFileWhole = false;
  /** Position of the last anchor and when it was looked up or made; null: not known. */
  #last: { readonly position: number; readonly atMs: number } | null = null;
  #hasSealed = true;

  constructor(options: SealerOptions) {
    this.#options = options;
  }

  async round(signal?: AbortSignal): Promise<void> {
    await this.#sealAll(signal);
    if (!this.#hasSealed) return;
    if (await this.#anchor(false)) this.#hasSealed = false;
  }

  async finish(): Promise<void> {
    await this.#sealAll();
    await this.#anchor(true);
  }

  async #sealAll(signal?: AbortSignal): Promise<void> {
    const { store, batchMax = BATCH_MAX } = this.#options;
    while (signal?.aborted !== true) {
      const { sealedCount, hasTurn } = await store.seal(batchMax, linkRows);
      if (sealedCount > 0) {
        this.#hasSealed = true;
        await this.#anchor(false);
      }
      if (!hasTurn || sealedCount < batchMax) return;
    }
  }

  /** True when nothing is left to anchor. */
  async #anchor(isForced: boolean): Promise<boolean> {
    const { store, file, signer, installationId, nowMs, anchorEveryCountMax = ANCHOR_EVERY_COUNT_MAX, anchorEveryMs = ANCHOR_EVERY_MS } = this.#options;
    if (!this.#isFileWhole) await this.#makeFileWhole();
    const head = await store.chainHead();
    if (head === null) return true;
    this.#last ??= { position: (await store.lastAnchor())?.position ?? 0, atMs: -Infinity };
    const { position, atMs } = this.#last;
    if (head.position <= position) return true;
    if (!isForced && head.position - position < anchorEveryCountMax && nowMs() - atMs < anchorEveryMs) return false;
    const anchor = signer.sign({ installationId, position: head.position, sha256: head.sha256, count: head.position, atMs: nowMs() });
    this.#isFileWhole = false;
    // Not written: another sealer was first, and its anchor is one of those the file may lack.
    if (await store.putAnchor(anchor)) {
      file.append([anchor]);
      this.#isFileWhole = true;
    }
    this.#last = { position: anchor.position, atMs: anchor.atMs };
    return true;
  }

  /** What a crash between database and file left out. Only what we signed: the database may hold anything. */
  async #makeFileWhole(): Promise<void> {
    const { store, file, signer } = this.#options;
    const known = new Set(file.read().map(identityOf));
    for (let afterPosition = 0; ; ) {
      const page = await store.listAnchors({ afterPosition, limitMax: ANCHORS_PAGE_MAX });
      file.append(page.filter((anchor) => !known.has(identityOf(anchor)) && isSignedBy(anchor, signer.publicKey)));
      const last = page.at(-1);
      if (last === undefined || page.length < ANCHORS_PAGE_MAX) break;
      afterPosition = last.position;
    }
    this.#isFileWhole = true;
  }
}
