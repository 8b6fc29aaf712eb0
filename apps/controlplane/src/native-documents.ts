// The catalogues that clusters are served with: of the document that each engine hands out itself, so that a new version of an
// engine brings its new operations along; of the one this release holds while the engine's cannot be had.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { NativeClient } from "@cynosure/native-client";
import type { Catalogue } from "@cynosure/projection";
import { buildCatalogue, parityTotals } from "@cynosure/projection";
import type { Log } from "./log.ts";
import { describeError } from "./log.ts";

type Engine = Catalogue["engine"];

/** Clusters of one version share a catalogue; of more versions than this the oldest is read again when it is needed. */
const CATALOGUES_COUNT_MAX = 16;
const DOCUMENT_TIMEOUT_MS = 20_000;

export interface NativeDocuments {
  /** Of the document this release holds. */
  stored(engine: Engine): Catalogue;
  /** Of the document the engine hands out now. `path`: below the API's base, null where it hands out none. */
  live(engine: Engine, client: NativeClient, path: string | null): Promise<Catalogue>;
}

export function createNativeDocuments(log: Log): NativeDocuments {
  const held = new Map<Engine, Catalogue>();
  const read = new Map<string, Catalogue>();
  const stored = (engine: Engine): Catalogue => {
    const known = held.get(engine) ?? buildCatalogue(engine, JSON.parse(readFileSync(new URL(import.meta.resolve(`@cynosure/projection/documents/${engine}.json`)), "utf8")));
    held.set(engine, known);
    return known;
  };
  const keep = (key: string, catalogue: Catalogue): Catalogue => {
    const [oldest] = read.keys();
    if (oldest !== undefined && read.size >= CATALOGUES_COUNT_MAX) read.delete(oldest);
    read.set(key, catalogue);
    return catalogue;
  };
  return {
    stored,
    async live(engine, client, path) {
      if (path === null) return stored(engine);
      try {
        const { status, bytes } = await client.send({ method: "GET", path, timeoutMsMax: DOCUMENT_TIMEOUT_MS, isUnparsed: true });
        if (bytes === undefined) throw new Error(`the engine answered ${status} when asked for its document`);
        const key = `${engine} ${createHash("sha256").update(bytes).digest("hex")}`;
        const known = read.get(key);
        if (known !== undefined) return known;
        const catalogue = buildCatalogue(engine, JSON.parse(new TextDecoder().decode(bytes)));
        // The same facts in other words: one of them is enough.
        if (catalogue.documentHash === stored(engine).documentHash) return keep(key, stored(engine));
        const { operations, unmapped, fallback } = parityTotals(catalogue);
        log("engine's own document", { engine, documentHash: catalogue.documentHash, operations, unmapped, fallback });
        return keep(key, catalogue);
      } catch (error) {
        log("engine's own document could not be read; the one of this release is used", { engine, ...describeError(error) });
        return stored(engine);
      }
    },
  };
}
