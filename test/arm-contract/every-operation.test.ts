// Rows that hold for every operation, tested on every operation of the route table (18.1).
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Route, routes } from "@cynosure/contract";
import { type Exchange, SUBSCRIPTION, openExchange } from "./support/exchange.ts";

let arm: Exchange;
beforeAll(async () => {
  arm = await openExchange();
});
afterAll(() => arm.close());

/** A path of the operation at which nothing is. */
const pathOf = (route: Route): string => route.path.replace("{subscriptionId}", SUBSCRIPTION).replace("{scope}", `subscriptions/${SUBSCRIPTION}`).replace("{location}", "local").replace(/\{[^}]+\}/g, "nothing-here");
const versionOf = (route: Route): string => route.apiVersions[0] ?? "";
const cases = routes.map((route) => [route.operationId, route] as const);
/** What a client could hold two answers together by; the rest differs from request to request. */
const essence = (reply: { status: number; body: { error?: { code: string } } }): unknown => [reply.status, reply.body.error?.code ?? null];
const bodyOf = (route: Route): { body?: unknown } => (route.requestSchema === null ? {} : { body: {} });

describe("every operation", () => {
  it.each(cases)("18.1: %s needs an api-version (V2) that it knows (V3, V4)", async (_id, route) => {
    const ask = (query: string) => arm.served.send(`${pathOf(route)}${query}`, { method: route.method, ...bodyOf(route) });
    // A HEAD has no body to tell by.
    const code = (reply: { status: number; body: { error?: { code: string } } }): unknown => (route.method === "HEAD" ? reply.status : essence(reply));
    expect(code(await ask(""))).toEqual(route.method === "HEAD" ? 400 : [400, "MissingApiVersionParameter"]);
    const unknown = route.namespace === "Cynosure.Storage" ? "NoRegisteredProviderFound" : "InvalidApiVersionParameter";
    expect(code(await ask("?api-version=1999-01-01"))).toEqual(route.method === "HEAD" ? 400 : [400, unknown]);
  });

  it.each(cases)("18.1: %s answers alike to any casing of its words (U1), doubled slashes (T5) and unknown query parameters (H12)", async (_id, route) => {
    const ask = (path: string, more = "") => arm.served.send(`${path}?api-version=${versionOf(route)}${more}`, { method: route.method, ...bodyOf(route) });
    const plain = essence(await ask(pathOf(route)));
    expect(essence(await ask(pathOf(route).toUpperCase()))).toEqual(plain);
    expect(essence(await ask(pathOf(route).replaceAll("/", "//")))).toEqual(plain);
    expect(essence(await ask(pathOf(route), "&colour=blue"))).toEqual(plain);
  });

  it.each(cases)("18.1: %s answers with a request id of its own and a date (H4), never with a 5xx", async (_id, route) => {
    const ask = () => arm.served.send(`${pathOf(route)}?api-version=${versionOf(route)}`, { method: route.method, ...bodyOf(route), headers: { "x-ms-client-request-id": SUBSCRIPTION } });
    const [first, second] = [await ask(), await ask()];
    expect(first.status).toBeLessThan(500);
    const ids = [first.headers["x-ms-request-id"], second.headers["x-ms-request-id"], SUBSCRIPTION];
    expect([new Set(ids).size, Number.isNaN(Date.parse(String(first.headers.date)))]).toEqual([3, false]);
    if (first.text !== "") expect(first.headers["content-type"]).toMatch(/^application\/json/);
  });

  it.each(cases.filter(([, route]) => route.requestSchema !== null))("18.1: %s takes JSON and nothing else (H14)", async (_id, route) => {
    const reply = await arm.served.send(`${pathOf(route)}?api-version=${versionOf(route)}`, { method: route.method, body: "a: b", headers: { "content-type": "text/yaml" } });
    expect([reply.status, reply.body.error?.code]).toEqual([415, "UnsupportedMediaType"]);
  });

  it.each(cases)("18.1: %s asks for a token first (17)", async (_id, route) => {
    const reply = await arm.served.send(`${pathOf(route)}?api-version=${versionOf(route)}`, { method: route.method, ...bodyOf(route), headers: { authorization: "" } });
    expect([reply.status, String(reply.headers["www-authenticate"]).startsWith("Bearer ")]).toEqual([401, true]);
  });
});
