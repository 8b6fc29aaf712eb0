// Which document a cluster is served with.
import { describe, expect, it } from "vitest";
import { ControlPlaneError } from "@cynosure/model";
import type { NativeAnswer, NativeClient } from "@cynosure/native-client";
import { createNativeDocuments } from "./native-documents.ts";

function engineWith(answer: () => NativeAnswer): { readonly client: NativeClient; readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    client: {
      send: ({ path }) => {
        asked.push(path);
        return Promise.resolve().then(answer);
      },
    },
  };
}

const json = (body: unknown): NativeAnswer => ({ status: 200, headers: {}, body: null, bytes: Buffer.from(JSON.stringify(body)) });
const documentOf = (...paths: readonly string[]): NativeAnswer => json({ openapi: "3.0.3", paths: Object.fromEntries(paths.map((path) => [path, { get: { responses: { 200: {} } } }])) });

describe("the document of a cluster", () => {
  it("is its engine's own, and clusters of one version share what is made of it", async () => {
    const documents = createNativeDocuments(() => undefined);
    const { client, asked } = engineWith(() => documentOf("/views/", "/novelties/", "/novelties/{id}/"));
    const first = await documents.live("vast", client, "/?format=openapi");
    expect(first.types.map(({ armType }) => armType)).toContain("vastNovelties");
    expect(await documents.live("vast", client, "/?format=openapi")).toBe(first);
    expect(asked).toEqual(["/?format=openapi", "/?format=openapi"]);
    expect(documents.stored("vast").types.map(({ armType }) => armType)).not.toContain("vastNovelties");
  });

  it.each([
    ["does not answer", (): NativeAnswer => { throw new ControlPlaneError("ServiceUnavailable", "away"); }],
    ["refuses", (): NativeAnswer => ({ status: 404, headers: {}, body: { detail: "Not found." } })],
    ["answers something else", (): NativeAnswer => json({ detail: "hello" })],
  ])("is the one of this release while the engine %s, and that is told", async (_, answer) => {
    const told: string[] = [];
    const documents = createNativeDocuments((event) => void told.push(event));
    expect(await documents.live("ceph", engineWith(answer).client, "/docs/openapi.json")).toBe(documents.stored("ceph"));
    expect(told).toHaveLength(1);
  });

  it("is the one of this release where the engine hands out none", async () => {
    const documents = createNativeDocuments(() => undefined);
    const { client, asked } = engineWith(() => documentOf("/x/"));
    expect(await documents.live("ceph", client, null)).toBe(documents.stored("ceph"));
    expect(asked).toEqual([]);
  });
});
