// The judge of recorded exchanges is itself judged: it reads every operation of our documents, lets a true session
// pass, and reports each fault that is planted into an exchange of that session.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CynosureClient, createClientSecretCredential } from "@cynosure/sdk";
import { checkExchanges, countLoaded, openValidator } from "./support/check-exchanges.ts";
import type { ExchangeReport } from "./support/check-exchanges.ts";
import { described, listDocuments } from "./support/openapi-operations.ts";
import { startProduct } from "./support/product.ts";
import type { Product } from "./support/product.ts";
import type { Exchange } from "./support/record-exchanges.ts";

let product: Product;
let session: readonly Exchange[];
let report: ExchangeReport;

beforeAll(async () => {
  product = await startProduct();
  const { url: endpoint, clientId, clientSecret, subscriptionId, caPem } = product;
  const tlsOptions = { ca: caPem };
  const credential = createClientSecretCredential({ endpoint, clientId, clientSecret, tlsOptions });
  const client = new CynosureClient({ endpoint, subscriptionId, credential, credentialScopes: `${endpoint}/.default`, tlsOptions, pollingIntervalMs: 50, retryOptions: { maxRetries: 0 } });
  const wish = { location: "local", properties: { engine: "simulated" as const, substrate: "simulated" as const, hosts: { size: "local-small", count: 3 }, protection: { hostFailures: 1 } } };
  await client.clusters.createOrUpdateAndWait("quickstart", "meadow", wish);
  await client.clusters.get("quickstart", "meadow");
  for await (const page of client.hosts.listByCluster("quickstart", "meadow", { pageSizeMax: 1 }).byPage()) expect(page).toHaveLength(1);
  await client.clusters.get("quickstart", "nowhere").catch(() => undefined);
  await client.clusters.deleteAndWait("quickstart", "meadow");
  session = product.exchanges();
  report = await checkExchanges(session);
});
afterAll(() => product.close());

function find(method: string, url: RegExp, status: number): Exchange {
  const found = session.find((each) => each.method === method && url.test(each.url) && each.status === status);
  if (found === undefined) throw new Error(`the session has no ${method} ${url.source} -> ${status}`);
  return found;
}
const without = (exchange: Exchange, name: string): Exchange => ({ ...exchange, answerHeaders: Object.fromEntries(Object.entries(exchange.answerHeaders).filter(([each]) => each !== name)) });
/** The answer's body, changed; each one planted into is an object. */
const saying = (exchange: Exchange, change: (body: Record<string, unknown>) => unknown): Exchange => ({ ...exchange, answerBody: JSON.stringify(change(JSON.parse(exchange.answerBody) as Record<string, unknown>)) });
const cluster = /\/clusters\/meadow\?/;

const planted: readonly (readonly [string, () => Exchange, RegExp])[] = [
  ["a wrong type in an answer", () => saying(find("GET", cluster, 200), (body) => ({ ...body, name: 7 })), /answer: INVALID_TYPE/],
  ["a property that no document knows", () => saying(find("GET", cluster, 200), (body) => ({ ...body, properties: { ...(body["properties"] as object), inner: 1 } })), /answer: OBJECT_ADDITIONAL_PROPERTIES/],
  ["a missing property", () => saying(find("GET", cluster, 200), (body) => ({ ...body, location: undefined })), /answer: OBJECT_MISSING_REQUIRED_PROPERTY/],
  ["a request that breaks the document and is accepted", () => ({ ...find("PUT", cluster, 201), requestBody: '{"location":"local"}' }), /request: OBJECT_MISSING_REQUIRED_PROPERTY/],
  ["a status that is not documented", () => ({ ...find("GET", cluster, 200), status: 206 }), /answers 206/],
  ["a 202 without Location", () => without(find("DELETE", cluster, 202), "location"), /202 without an absolute Location/],
  ["a Location on another host", () => ({ ...find("DELETE", cluster, 202), answerHeaders: { ...find("DELETE", cluster, 202).answerHeaders, location: "https://inner:1/x?api-version=2026-12-01" } }), /absolute Location on the public host/],
  ["a PUT that goes on without a place to poll", () => without(find("PUT", cluster, 201), "azure-asyncoperation"), /absolute Azure-AsyncOperation/],
  ["a running operation that does not say when to ask again", () => without(find("PUT", cluster, 201), "retry-after"), /Retry-After/],
  ["an ETag that is not the body's", () => ({ ...find("GET", cluster, 200), answerHeaders: { ...find("GET", cluster, 200).answerHeaders, etag: '"other"' } }), /ETag header/],
  ["an empty nextLink", () => saying(find("GET", /\/hosts\?/, 200), (body) => ({ ...body, nextLink: "" })), /nextLink that cannot be followed/],
  ["a list with a count", () => saying(find("GET", /\/hosts\?/, 200), (body) => ({ ...body, count: 3 })), /more than value and nextLink/],
  ["an error outside its envelope", () => saying(find("GET", /nowhere/, 404), () => ({ message: "gone" })), /without the error envelope/],
  ["a server error", () => ({ ...find("GET", /nowhere/, 404), status: 500 }), /500 is no refusal/],
  ["a 429 without Retry-After", () => ({ ...find("GET", /nowhere/, 404), status: 429 }), /Retry-After/],
  ["a deletion with a body", () => ({ ...find("DELETE", cluster, 202), answerBody: "{}" }), /202 with a body/],
  ["an answer without a request id", () => without(find("GET", cluster, 200), "x-ms-request-id"), /x-ms-request-id/],
];

describe("the judge of exchanges", () => {
  it("reads every operation of every document: a document that cannot be read is dropped without a word", async () => {
    expect(listDocuments()).toHaveLength(2);
    expect(described.length).toBeGreaterThan(50);
    expect(countLoaded(await openValidator())).toBe(described.length);
  });

  it("lets a true session pass, and recognises each operation that was asked for", () => {
    expect(report.faults).toEqual([]);
    expect([...report.exercised].toSorted()).toEqual(["Clusters_CreateOrUpdate", "Clusters_Delete", "Clusters_Get", "Hosts_ListByCluster", "OperationStatuses_Get"]);
    expect(report.validated).toEqual(report.exercised);
    expect(report.undescribed).toEqual(new Set());
    expect(JSON.stringify(session)).not.toContain("Bearer");
  });

  it.each(planted)("reports %s", async (_name, plant, fault) => {
    const { faults } = await checkExchanges([plant()]);
    expect(faults.join("\n")).toMatch(fault);
  });
});
