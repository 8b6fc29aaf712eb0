// Every operation of the engine vendor's document that ARM has, called once through its projected type or action before a server
// that only writes down what arrives. What must arrive is told by a reading of the document of this folder's own; from the
// product comes only under which words ARM has the operation.
import { Buffer } from "node:buffer";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clusterKey } from "@cynosure/model";
import { createNativeClient } from "@cynosure/native-client";
import { createProjectedTypes } from "@cynosure/projected-types";
import type { ProjectedMethod, ProjectedTypes } from "@cynosure/projected-types";
import { buildCatalogue } from "@cynosure/projection";
import type { CatalogueOperation } from "@cynosure/projection";
import { createMemoryDatabase, openMemoryStore } from "@cynosure/resource-store/testkit";
import { CLUSTER_ID } from "./emulated-views.ts";
import { valueOf, wordOf } from "./one-request.ts";
import { readVendorDocument } from "./vendor-document.ts";
import type { VendorField, VendorOperation } from "./vendor-document.ts";

const facts: unknown = JSON.parse(readFileSync(new URL("../../packages/projection/documents/vast.json", import.meta.url), "utf8"));
const named = process.env["CYNOSURE_VAST_DOCUMENT"];
const operations = readVendorDocument(named === undefined ? facts : JSON.parse(readFileSync(named, "utf8")));
const catalogue = buildCatalogue("vast", facts);

/** Signing in and out is the gateway's alone. */
const GATEWAY_ALONE = ["GET /login/", "GET /vms/{id}/login_banner/", "PATCH /managers/password", "POST /logout/", "POST /token/", "POST /token/refresh/"];
/** ARM says where to fetch it; the bytes are the gateway's to stream. */
const DOWNLOADS = ["GET /supportbundles/{id}/download/"];
/** Its document gives it no body, and ARM names what is removed: the name goes along rather than removing all. */
const NAMED_ALONG = ["DELETE /injections/"];

interface Arrived {
  readonly method: string;
  readonly path: string;
  readonly query: readonly string[];
  readonly body: unknown;
}

let server: http.Server;
let types: ProjectedTypes;
const arrived: Arrived[] = [];
let reply: { readonly status: number; readonly body: unknown } = { status: 200, body: {} };

function readBody(contentType: string, text: string): unknown {
  if (text === "") return null;
  const boundary = /boundary=(.+)$/.exec(contentType)?.[1];
  if (boundary === undefined) return JSON.parse(text);
  const parts = text.split(`--${boundary}`).slice(1, -1).map((part) => /name="([^"]+)"[\s\S]*?\r\n\r\n([\s\S]*)\r\n$/.exec(part));
  return Object.fromEntries(parts.map((part) => [part?.[1], part?.[2]]));
}

beforeAll(async () => {
  server = http.createServer((request, response) => {
    void buffer(request).then((body) => {
      const [path = "", query = ""] = (request.url ?? "").split("?");
      arrived.push({ method: request.method ?? "", path: path.replace("/api/latest", ""), query: query.split("&").filter((each) => each !== "" && !/^page(?:_size)?=/.test(each)).toSorted(), body: readBody(request.headers["content-type"] ?? "", body.toString("utf8")) });
      response.writeHead(reply.status, { "content-type": "application/json" }).end(JSON.stringify(reply.body));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = createNativeClient({ endpoint: { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, basePath: "/api/latest", caPem: null, headers: () => Promise.resolve({ authorization: "Basic x" }) } }); // listens on TCP
  const store = openMemoryStore(createMemoryDatabase({ clock: { now: Date.now, sleep: (ms) => pause(ms) } }));
  types = createProjectedTypes({ names: store.nativeNames, operations: store.nativeOperations, newId: () => "operation", nowMs: Date.now });
  call = async (method, words, body, query) => {
    const cluster = { key: clusterKey(CLUSTER_ID.toLowerCase()), id: CLUSTER_ID, location: "local" };
    await types.answer({ catalogue, client }, cluster, { method, words, body, query }).catch(() => undefined);
  };
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

let call: (method: ProjectedMethod, words: readonly string[], body: unknown, query: Readonly<Record<string, string>>) => Promise<void>;

const nameOf = ({ method, path }: { readonly method: string; readonly path: string }): string => `${method} ${path}`;
/** Bytes that URLs leave alone, and the others by their hex digits: how ARM names are written. */
const armName = (text: string): string => [...Buffer.from(text)].map((byte) => (/[A-Za-z0-9._-]/.test(String.fromCharCode(byte)) ? String.fromCharCode(byte) : `~${byte.toString(16).toUpperCase().padStart(2, "0")}`)).join("");
/** Ids that the engine gives stand behind `id-`; what people choose stands for itself. */
const idWord = (parameter: string): string => `${/(?:^|_)(?:id|guid)$/.test(parameter) ? "id-" : ""}${armName(decodeURIComponent(wordOf(parameter)))}`;

const valuesOf = (fields: readonly VendorField[]): Readonly<Record<string, unknown>> => Object.fromEntries(fields.map((field) => [field.name, valueOf(field)]));
const textOf = (value: unknown): string => (typeof value === "object" ? JSON.stringify(value) : String(value));

/** A list is repeated; where ARM's own GET carries it, it stands in one value with commas, as one of the vendor's clients writes it. */
function expected({ method, path, query, body }: VendorOperation, isOneValue: boolean): Arrived {
  const filled = path.replaceAll(/\{([^}]+)\}/g, (_, name: string) => wordOf(name));
  const asked = query.filter(({ name }) => !/^page(?:_size)?$/.test(name)).flatMap((field) => {
    const values = [valueOf(field)].flat().map(textOf);
    return (isOneValue ? [values.join(",")] : values).map((value) => `${encodeURIComponent(field.name)}=${encodeURIComponent(value)}`);
  });
  const sent = body === null ? null : body.kind === "multipart" ? Object.fromEntries(body.fields.map((field) => [field.name, textOf(valueOf(field))])) : valuesOf(body.fields);
  return { method, path: filled, query: asked.toSorted(), body: sent };
}

/** The same request as ARM has it. */
async function callThroughArm(operation: VendorOperation, place: CatalogueOperation): Promise<void> {
  const body = valuesOf(operation.body?.fields ?? []);
  const query = valuesOf(operation.query);
  const levels = (place.armType ?? "").split("/").filter((each) => each !== "");
  const parameters = place.pathParameters.map(idWord);
  const own = { ...query, ...body };
  // Objects without an id in their path are named by what they are told apart by.
  const keyName = place.key === null ? null : place.key.parts.filter((part) => own[part] !== undefined).map((part) => `${part}=${armName(textOf(own[part]))}`).join(",") || `${place.key.parts[0] ?? ""}=any`;
  const isCollection = place.armVerb === "list" || (place.armVerb === "action" && place.actionOn === "collection");
  const isSetting = catalogue.types.some(({ armType, naming }) => armType === place.armType && naming === "singleton");
  const words = levels.flatMap((level, at) => {
    if (at < levels.length - 1) return [level, parameters[at] ?? ""];
    if (isCollection || place.armVerb === "create") return [level];
    return [level, keyName ?? (isSetting ? "default" : (parameters.slice(levels.length - 1).join(",") || "default"))];
  });
  const queryTexts = Object.fromEntries(operation.query.map((field) => [field.name, [valueOf(field)].flat().map(textOf).join(",")]));
  // An object is there when it must be, so that it can be changed, and not when it is to be made.
  const type = catalogue.types.find(({ armType }) => armType === place.armType);
  const object = { id: 17, ...own, ...Object.fromEntries(place.pathParameters.map((name) => [name, decodeURIComponent(wordOf(name))])) };
  reply = type !== undefined && type.paths.get === undefined ? { status: 200, body: place.armVerb === "create" ? [] : [object] } : place.armVerb === "create" ? { status: 404, body: { detail: "Not found." } } : { status: 200, body: {} };
  switch (place.armVerb) {
    case "list":
    case "get":
      return call("GET", words, undefined, queryTexts);
    case "create":
      return place.key === null ? call("POST", [...words, "create"], own, {}) : call("PUT", [...words, keyName ?? ""], { properties: own }, {});
    case "update":
      return call("PATCH", words, { properties: own }, {});
    case "replace": {
      const hasUpdate = catalogue.operations.some(({ armType, armVerb }) => armType === place.armType && armVerb === "update");
      return hasUpdate ? call("POST", [...words, "replace"], own, {}) : call("PUT", words, { properties: own }, {});
    }
    case "delete":
      return call("POST", [...words, "deleteWithOptions"], own, {});
    default:
      return call("POST", [...words, place.action ?? ""], own, {});
  }
}

/** The document lists some operations twice, with a slash at the end and without: either way the one with it is meant. */
const isTwin = ({ method, path }: VendorOperation): boolean => !path.endsWith("/") && operations.some((each) => each.method === method && each.path === `${path}/`);

async function differenceOf(operation: VendorOperation): Promise<string | null> {
  const place = catalogue.operations.find(({ method, path }) => method === operation.method && path === operation.path);
  if (place === undefined) return `${nameOf(operation)}: not in the catalogue`;
  const meant = expected(isTwin(operation) ? { ...operation, path: `${operation.path}/` } : operation, place.armVerb === "list");
  arrived.length = 0;
  await callThroughArm(operation, place);
  const wanted = JSON.stringify(sorted(meant));
  // Looking the object up comes before, and reading it anew after; the order itself must come once.
  const same = arrived.filter((each) => JSON.stringify(sorted(each)) === wanted).length;
  if (same === 1 || (same > 0 && operation.method === "GET")) return null;
  return `${nameOf(operation)} (${place.armType ?? "cluster"} ${place.armVerb ?? ""} ${place.action ?? ""}): ${arrived.map((each) => JSON.stringify(each)).join(" ; ") || "nothing"} instead of ${JSON.stringify(meant)}`;
}

const sorted = (value: unknown): unknown =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, each]) => [name, sorted(each)])) : value;

describe("every operation of the engine's document, through ARM", () => {
  it("is one of 772, of which six are at the gateway alone", () => {
    expect(operations).toHaveLength(772);
    expect(catalogue.operations.filter((each) => each.class === "gatewayOnly").map(nameOf).toSorted()).toEqual(GATEWAY_ALONE);
  });

  it("arrives once, as the document has it", { timeout: 120_000 }, async () => {
    const differences: string[] = [];
    for (const operation of operations) {
      if ([...GATEWAY_ALONE, ...DOWNLOADS, ...NAMED_ALONG].includes(nameOf(operation))) continue;
      const difference = await differenceOf(operation);
      if (difference !== null) differences.push(difference);
    }
    expect(differences).toEqual([]);
  });
});
