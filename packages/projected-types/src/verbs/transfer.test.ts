// Files to an engine that goes on with them: what their operation is of, and what of them must not come back in a message.
import { Buffer } from "node:buffer";
import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { clusterKey } from "@cynosure/model";
import type { NativeAnswer, NativeRequest } from "@cynosure/native-client";
import { buildCatalogue } from "@cynosure/projection";
import { createMemoryDatabase, openMemoryStore } from "@cynosure/resource-store/testkit";
import { createProjectedTypes } from "../create-projected-types.ts";

const catalogue = buildCatalogue("vast", JSON.parse(readFileSync(new URL(import.meta.resolve("@cynosure/projection/documents/vast.json")), "utf8")));
const json = (status: number, body: unknown): NativeAnswer => ({ status, headers: {}, body });

function open(uploaded: NativeAnswer) {
  const store = openMemoryStore(createMemoryDatabase({ clock: { now: () => 0, sleep: () => Promise.resolve() } }));
  const forms: string[] = [];
  const send = async ({ method, path, bytes }: NativeRequest): Promise<NativeAnswer> => {
    if (method === "POST" && bytes !== undefined && !(bytes instanceof Uint8Array)) {
      forms.push(`${path} ${await text(bytes)}`);
      return uploaded;
    }
    return json(200, path === "/clusters/3/" ? { id: 3, name: "west", guid: "g" } : [{ id: 3, name: "west", guid: "g" }]);
  };
  async function* openUrl(url: string): AsyncIterable<Uint8Array> {
    yield await Promise.resolve(Buffer.from(`bytes of ${url}`));
  }
  const types = createProjectedTypes({ names: store.nativeNames, operations: store.nativeOperations, newId: () => "o", nowMs: () => 0, openUrl: (url) => Promise.resolve(openUrl(url)) });
  const upload = (name: string, body: unknown) => types.answer({ catalogue, client: { send } }, { key: clusterKey("/c"), id: "/c", location: "local" }, { method: "POST", words: ["vastClusters", name, "uploadBundle"], query: {}, body });
  return { upload, forms, operation: () => store.nativeOperations.get("o") };
}

const sourceUri = "https://files.example/bundle.tar?sig=1";

describe("a file that an engine goes on with", () => {
  it.each(["west", "WEST", "id-3"])("is an operation of the object it was sent to: %s", async (name) => {
    const { upload, forms, operation } = open(json(202, { async_task: { id: 41 } }));
    expect(await upload(name, { sourceUri })).toEqual({ status: 202, operation: { id: "o", location: "local" } });
    expect(await operation()).toMatchObject({ resourceId: "/c/vastClusters/west", kind: "action", taskIds: ["41"] });
    expect(forms).toEqual([expect.stringMatching(/^\/clusters\/3\/upload_bundle\/ [^]*filename="bundle\.tar"[^]*bytes of https:\/\/files\.example\/bundle\.tar\?sig=1/)]);
  });

  it("is refused in words that hold no secret that went with it", async () => {
    const { upload } = open(json(400, { detail: "cannot use Hidden-word-17" }));
    await expect(upload("west", { sourceUri, password: "Hidden-word-17" })).rejects.toThrow("cannot use ***");
  });
});
