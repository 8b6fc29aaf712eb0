// The API of one engine that records what it is sent and answers what the test says, under the engine's real document.
import { readFileSync } from "node:fs";
import type { NativeAnswer, NativeRequest } from "@cynosure/native-client";
import { buildCatalogue } from "@cynosure/projection";
import type { Catalogue } from "@cynosure/projection";
import type { NativeApis } from "../options.ts";

export interface FakeNativeApis extends NativeApis {
  readonly sent: readonly NativeRequest[];
  /** Null: no cluster has an API that answers. */
  isOpen: boolean;
  answer: NativeAnswer;
}

const catalogues = new Map<string, Catalogue>();

export function fakeNativeApis(engine: Catalogue["engine"]): FakeNativeApis {
  const sent: NativeRequest[] = [];
  const catalogueOf = (of: Catalogue["engine"]): Catalogue => {
    const known = catalogues.get(of) ?? buildCatalogue(of, JSON.parse(readFileSync(new URL(import.meta.resolve(`@cynosure/projection/documents/${of}.json`)), "utf8")));
    catalogues.set(of, known);
    return known;
  };
  const apis: FakeNativeApis = {
    sent,
    isOpen: true,
    answer: { status: 200, headers: { "content-type": "application/json" }, body: { ok: true } },
    catalogueOf,
    open: () =>
      Promise.resolve(
        apis.isOpen
          ? {
              catalogue: catalogueOf(engine),
              client: {
                send: (request) => {
                  sent.push(request);
                  return Promise.resolve(apis.answer);
                },
              },
            }
          : null,
      ),
  };
  return apis;
}
