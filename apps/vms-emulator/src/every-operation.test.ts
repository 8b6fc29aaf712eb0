// Every operation of the document, called with bodies made of what the document says: nothing may break the emulator, and
// nothing may be unknown to it.
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ApiField, ApiOperation } from "@cynosure/projection";
import { buildCatalogue, documentHash, factsOf } from "@cynosure/projection";
import { loadDocument } from "./serve/document.ts";
import { startVmsEmulator } from "./start.ts";
import type { VmsEmulator } from "./start.ts";

const ADMIN = `Basic ${Buffer.from("admin:123456").toString("base64")}`;
const RUNS = 3;
const NOT_THERE = "99999";
/** A page that is not there is not found. */
const PAGING = new Set(["page", "page_size"]);
const logged: string[] = [];
let emulator: VmsEmulator;

beforeAll(async () => {
  emulator = await startVmsEmulator({ tls: false, delays: { taskMs: 1 }, installedCluster: "one", log: (line) => logged.push(line) });
});

afterAll(async () => {
  await emulator.close();
});

/** What the document calls valid. Paths begin with a slash, since the text says so and not the type. */
function valueOf(field: ApiField): fc.Arbitrary<unknown> {
  if (field.enum !== undefined && field.enum.length > 0) return field.type === "array" ? fc.subarray([...field.enum]) : fc.constantFrom(...field.enum);
  switch (field.type) {
    case "boolean":
      return fc.boolean();
    case "integer":
      return fc.integer({ min: 0, max: 5 });
    case "number":
      return fc.integer({ min: 0, max: 30 });
    case "array":
      return field.itemType === "integer" ? fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 3 }) : fc.array(fc.string({ maxLength: 8 }), { maxLength: 3 });
    case "object":
      return fc.dictionary(fc.string({ maxLength: 5 }), fc.string({ maxLength: 5 }), { maxKeys: 2 });
    default:
      return field.name === "path" ? fc.stringMatching(/^\/[a-z]{1,8}$/) : fc.string({ maxLength: 12 });
  }
}

const objectOf = (fields: readonly ApiField[]): fc.Arbitrary<Record<string, unknown>> => fc.record(Object.fromEntries(fields.map((field) => [field.name, valueOf(field)])), { requiredKeys: fields.filter(({ isRequired }) => isRequired).map(({ name }) => name) });

/** What would end the sign-in of the test itself. */
const ENDS_SIGN_IN = new Set(["PATCH /managers/password", "PATCH /managers/{id}/", "PATCH /managers/{id}/unlock/"]);

/** One that is there, when there is one; else one that is not. */
async function idIn(root: string): Promise<string> {
  const response = await fetch(`${emulator.origin}/api/latest/${root}/?fields=id`, { headers: { authorization: ADMIN } });
  const rows: unknown = response.status === 200 ? await response.json() : [];
  const last: unknown = Array.isArray(rows) ? rows.at(-1) : undefined;
  return typeof last === "object" && last !== null && "id" in last ? String(last.id) : NOT_THERE;
}

async function call({ method, path, body }: ApiOperation, sent: Record<string, unknown>, query: Record<string, unknown>): Promise<number> {
  const id = path.includes("{") ? await idIn(path.split("/")[1] ?? "") : NOT_THERE;
  const target = `${path.replaceAll(/\{[^}]+\}/g, id)}?${new URLSearchParams(Object.fromEntries(Object.entries(query).map(([name, value]) => [name, String(value)])))}`;
  const response = await fetch(`${emulator.origin}/api/latest${target}`, {
    method,
    headers: { authorization: ADMIN, "content-type": body?.kind === "binary" ? "application/octet-stream" : "application/json" },
    ...(method === "GET" ? {} : { body: JSON.stringify(sent) }),
  });
  await response.arrayBuffer();
  expect(response.headers.get("x-emulated")).toBe("vms");
  return response.status;
}

test("every operation of the document, called with valid bodies, is known and never answers 5xx", { timeout: 120_000 }, async () => {
  const { operations: all } = loadDocument().facts;
  // Removals last: what they remove is what the others are called on.
  const operations = [...all.filter(({ method }) => method !== "DELETE"), ...all.filter(({ method }) => method === "DELETE")];
  const counts = new Map<number, number>();
  for (const operation of operations) {
    if (ENDS_SIGN_IN.has(`${operation.method} ${operation.path}`)) continue;
    const property = fc.asyncProperty(objectOf(operation.body?.fields ?? []), objectOf(operation.query.filter(({ name }) => !PAGING.has(name))), async (body, query) => {
      const status = await call(operation, body, query);
      counts.set(status, (counts.get(status) ?? 0) + 1);
      // A system that has as many tokens as it may hands out no more, and a failed one says so: both are documented as 503.
      if (!["/apitokens/", "/health/"].includes(operation.path)) expect(status, `${operation.method} ${operation.path} ${JSON.stringify(body)}`).toBeLessThan(500);
      expect(status, `${operation.method} ${operation.path}`).not.toBe(405);
    });
    await fc.assert(property, { numRuns: RUNS, seed: 7 });
  }
  expect(logged).toEqual([]);
  // Most of what is valid must also be taken: a server that refuses everything would pass the rest.
  const good = [...counts].filter(([status]) => status < 300).reduce((sum, [, count]) => sum + count, 0);
  const asked = [...counts.values()].reduce((sum, count) => sum + count, 0);
  expect(good / asked).toBeGreaterThan(0.7);
});

test("the document it serves is the document it is made of", async () => {
  const response = await fetch(`${emulator.origin}/api/v5/?format=openapi`, { headers: { authorization: ADMIN } });
  const served: unknown = await response.json();
  const { facts, catalogue } = loadDocument();
  expect(factsOf(served).operations.length).toBe(facts.operations.length);
  expect(documentHash(factsOf(served))).toBe(catalogue.documentHash);
  expect(buildCatalogue("vast", served).types.length).toBe(catalogue.types.length);
});
