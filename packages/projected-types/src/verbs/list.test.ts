// Lists of engines that answer in ways the emulator does not: with secrets, without pages, with fewer pages than they counted.
import { Buffer } from "node:buffer";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { encodeSkipToken } from "@cynosure/arm-protocol";
import { clusterKey } from "@cynosure/model";
import type { NativeAnswer, NativeRequest } from "@cynosure/native-client";
import { buildCatalogue } from "@cynosure/projection";
import { createMemoryDatabase, openMemoryStore } from "@cynosure/resource-store/testkit";
import { createProjectedTypes } from "../create-projected-types.ts";
import { wholeList } from "../testkit/index.ts";

const catalogueOf = (engine: "vast" | "ceph") => buildCatalogue(engine, JSON.parse(readFileSync(new URL(import.meta.resolve(`@cynosure/projection/documents/${engine}.json`)), "utf8")));
const json = (body: unknown): NativeAnswer => ({ status: 200, headers: { "content-type": "application/json" }, body: null, bytes: Buffer.from(JSON.stringify(body)) });

interface Listed {
  readonly value: readonly { readonly id: string; readonly name: string; readonly type: string; readonly properties: Readonly<Record<string, unknown>> }[];
  readonly skipToken: string | undefined;
}

function open(engine: "vast" | "ceph", answer: (query: Readonly<Record<string, string>>) => NativeAnswer) {
  const asked: string[] = [];
  const client = {
    send: ({ query }: NativeRequest) => {
      const told = Object.fromEntries(query ?? []);
      asked.push(JSON.stringify(told));
      return Promise.resolve(answer(told));
    },
  };
  const store = openMemoryStore(createMemoryDatabase({ clock: { now: () => 0, sleep: () => Promise.resolve() } }));
  const types = createProjectedTypes({ names: store.nativeNames, operations: store.nativeOperations, newId: () => "o", nowMs: () => 0 });
  const [engineOf, cluster] = [{ catalogue: catalogueOf(engine), client }, { key: clusterKey("/c"), id: "/c", location: "local" }];
  const list = async (type: string, query: Readonly<Record<string, string>> = {}): Promise<Listed> => {
    const answer = await types.answer(engineOf, cluster, { method: "GET", words: [type], query, body: undefined });
    return (await wholeList(answer)) as Listed; // as the resources of a list are
  };
  return { list, asked, types, cluster, engine: engineOf };
}

const views = (from: number, count: number) => Array.from({ length: count }, (_, at) => ({ id: from + at, name: `v${from + at}`, tenant_id: 1 }));

describe("an object that Ceph's object gateway does not have", () => {
  it.each([
    [500, "RGW REST API failed request with status code 404\n(b'{\"Code\":\"NoSuchUser\"}')", "ResourceNotFound"],
    [500, "RGW REST API failed request with status code 500", "OperationFailed"],
  ])("is told as a failure of the dashboard: %d %j is %s", async (status, detail, code) => {
    const { types, cluster, engine } = open("ceph", () => ({ status, headers: {}, body: { detail } }));
    await expect(types.answer(engine, cluster, { method: "GET", words: ["cephRgwUser", "nobody"], query: {}, body: undefined })).rejects.toMatchObject({ code });
  });
});

describe("a list of an engine", () => {
  it("goes without text under a secret's name, wherever it stands, and is whole otherwise", async () => {
    const { list } = open("vast", () => json({ count: 2, next: null, results: [{ id: 1, name: "a", bindpw: "HIDDEN", more: [{ secret_key: "HIDDEN", left: 1 }] }, { id: 2, name: "b" }] }));
    const { value } = await list("vastLdaps");
    expect(JSON.stringify(value)).not.toContain("HIDDEN");
    expect(value.map(({ name, properties }) => [name, properties])).toEqual([["a", { id: 1, name: "a", more: [{ left: 1 }], nativeId: "1" }], ["b", { id: 2, name: "b", nativeId: "2" }]]);
  });

  it("is asked for in parts where a page is long, and one that has gone meanwhile is empty", async () => {
    const { list, asked } = open("vast", ({ page, page_size: size }) => {
      const number = Number(page);
      if (number === 5) return { status: 404, headers: {}, body: { detail: "Invalid page." } };
      return json({ count: 2_300, next: "more", previous: null, results: views((number - 1) * Number(size), Number(size)) });
    });
    const { value, skipToken } = await list("vastViews");
    expect(asked).toEqual([1, 2, 3, 4, 5].map((page) => `{"page":"${page}","page_size":"500"}`));
    expect(value.map(({ name }) => name)).toEqual(views(0, 2_000).map(({ name }) => name));
    expect(value[0]).toEqual({ id: "/c/vastViews/v0", name: "v0", type: "Cynosure.Storage/clusters/vastViews", properties: { id: 0, name: "v0", tenant_id: 1, nativeId: "0" } });
    expect(skipToken).toBeUndefined();
  });

  it("is asked for three parts ahead of its reader and no further", async () => {
    const { types, engine, cluster, asked } = open("vast", ({ page }) => json({ count: 3_000, next: Number(page) < 6 ? "more" : null, results: views((Number(page) - 1) * 500, 500) }));
    const { list } = await types.answer(engine, cluster, { method: "GET", words: ["vastViews"], query: {}, body: undefined });
    expect(asked).toHaveLength(4);
    await list?.rest?.next();
    expect(asked).toHaveLength(5);
    await list?.rest?.return(undefined);
    expect(asked).toHaveLength(5);
  });

  it("ends before a part that the engine fails, and whoever goes on is told why, or has the rest", async () => {
    let isBroken = true;
    const { list } = open("vast", ({ page }) => {
      if (page === "3" && isBroken) return { status: 500, headers: {}, body: { detail: "Out of order." } };
      return json({ count: 7_000, next: Number(page) < 14 ? "more" : null, results: views((Number(page) - 1) * 500, 500) });
    });
    const first = await list("vastViews");
    expect(first.value).toHaveLength(1_000);
    await expect(list("vastViews", { $skiptoken: first.skipToken ?? "" })).rejects.toMatchObject({ code: "OperationFailed", message: expect.stringContaining("Out of order.") });
    isBroken = false;
    const names = first.value.map(({ name }) => name);
    let pages = 0;
    for (let token = first.skipToken; token !== undefined && pages < 10; pages += 1) {
      const next = await list("vastViews", { $skiptoken: token });
      names.push(...next.value.map(({ name }) => name));
      token = next.skipToken;
    }
    expect(names).toEqual(views(0, 7_000).map(({ name }) => name));
    expect(pages).toBe(2);
  });

  it.each(["1/500/9/", "1/9999/1/", "0/500/6/", "1/500/0/", "2/1000", "x"])("takes no token that it did not give out: %j", async (token) => {
    const { list, asked } = open("vast", () => json([]));
    await expect(list("vastViews", { $skiptoken: encodeSkipToken(token) })).rejects.toMatchObject({ code: "InvalidSkipToken" });
    expect(asked).toEqual([]);
  });

  it("goes on where it stopped, also of an engine that knows no pages and answers bare names", async () => {
    const { list } = open("ceph", () => json(["a", "b", "c"]));
    const first = await list("cephRgwBucket", { $top: "2" });
    expect(first.value.map(({ name }) => name)).toEqual(["a", "b"]);
    expect((await list("cephRgwBucket", { $skiptoken: first.skipToken ?? "" })).value.map(({ name }) => name)).toEqual(["c"]);
  });

  it.each([
    ["with something said beside it", "cephRgwZone", { default_info: "x", zones: ["one", "two"] }, ["one", "two"]],
    ["of objects whose name is called otherwise than in their path", "cephCrushRule", [{ rule_id: 0, rule_name: "replicated_rule" }], ["replicated_rule"]],
  ])("is read %s", async (_, type, body, names) => {
    const { list } = open("ceph", () => json(body));
    expect((await list(type)).value.map(({ name }) => name)).toEqual(names);
  });

  it("gives no name twice: the second of two objects alike is known by its id", async () => {
    const { list } = open("vast", () => json([{ id: 1, name: "same" }, { id: 2, name: "SAME" }]));
    expect((await list("vastQospolicies")).value.map(({ name }) => name)).toEqual(["same", "id-2"]);
  });
});
