// Enough of an engine for real clients: one collection that can be made, listed with pages and without, changed and removed, and
// one answer of measurements. What it says of itself in links is its own address, as an engine does.
import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

interface Item {
  readonly id: number;
  readonly [field: string]: unknown;
}

export interface SmallEngine {
  readonly origin: string;
  /** `METHOD path` of each request. */
  readonly asked: string[];
  close(): Promise<void>;
}

export async function openSmallEngine(): Promise<SmallEngine> {
  const items = new Map<number, Item>();
  const asked: string[] = [];
  let lastId = 0;
  let origin = "";
  const answer = (method: string, url: URL, body: Readonly<Record<string, unknown>>): { status: number; body?: unknown } => {
    const [, , , collection, id] = url.pathname.split("/");
    if (collection === "monitors") return { status: 200, body: { prop_list: ["timestamp", "object_id"], object_ids: [1], data: [] } };
    if (collection !== "views") return { status: 404, body: { detail: "Not found." } };
    if (id === undefined || id === "") {
      if (method === "GET") return { status: 200, body: listed(url, [...items.values()], origin) };
      lastId += 1;
      items.set(lastId, { ...body, id: lastId, url: `${origin}/api/latest/views/${lastId}/` });
      return { status: 201, body: items.get(lastId) };
    }
    const item = items.get(Number(id));
    if (item === undefined) return { status: 404, body: { detail: "Not found." } };
    if (method === "DELETE") return items.delete(item.id), { status: 204 };
    if (method === "PATCH") items.set(item.id, { ...item, ...body, id: item.id });
    return { status: 200, body: items.get(item.id) };
  };
  const server = http.createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    void text(request).then((sent) => {
      const result = answer(request.method ?? "", new URL(request.url ?? "/", origin), sent === "" ? {} : (JSON.parse(sent) as Record<string, unknown>)); // clients send objects
      response.writeHead(result.status, { "content-type": "application/json" }).end(result.body === undefined ? "" : JSON.stringify(result.body));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // listens on TCP
  return {
    origin,
    asked,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Bare without paging parameters, in an envelope with them. */
function listed(url: URL, all: readonly Item[], origin: string): unknown {
  const [page, size] = [Number(url.searchParams.get("page") ?? "1"), Number(url.searchParams.get("page_size") ?? "100")];
  if (!url.searchParams.has("page") && !url.searchParams.has("page_size")) return all;
  const link = (at: number): string => `${origin}${url.pathname}?page=${at}&page_size=${size}`;
  return { count: all.length, next: page * size < all.length ? link(page + 1) : null, previous: page > 1 ? link(page - 1) : null, results: all.slice((page - 1) * size, page * size) };
}
