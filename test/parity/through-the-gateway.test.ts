// Every operation of the engine vendor's document, called once through the native gateway before a server that only writes
// down what arrives. What must arrive is told by a reading of the document of this folder's own. CYNOSURE_VAST_DOCUMENT
// names the vendor's document; without it the facts of it that the repository keeps are read.
import { readFileSync } from "node:fs";
import { Buffer } from "node:buffer";
import http from "node:http";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openGatewayRig, openRecordingEngine } from "@cynosure/native-gateway/testkit";
import type { GatewayRig, RecordingEngine } from "@cynosure/native-gateway/testkit";
import { oneRequest } from "./one-request.ts";
import type { OneRequest } from "./one-request.ts";
import { readVendorDocument } from "./vendor-document.ts";
import type { VendorOperation } from "./vendor-document.ts";

const kept = readVendorDocument(JSON.parse(readFileSync(new URL("../../packages/projection/documents/vast.json", import.meta.url), "utf8")));
const named = process.env["CYNOSURE_VAST_DOCUMENT"];
const operations = named === undefined ? kept : readVendorDocument(JSON.parse(readFileSync(named, "utf8")));
/** Signing in and out: the gateway's own, so that no caller ever sees a credential of the engine. */
const OWN = ["GET /login/", "POST /logout/", "POST /token/", "POST /token/refresh/"];
/** Sets the password of whoever is signed in, and at the engine that is the gateway itself. */
const REFUSED = "PATCH /managers/password";

const nameOf = ({ method, path }: Pick<VendorOperation, "method" | "path">): string => `${method} ${path}`;

const forwarded = operations.filter((each) => !OWN.includes(nameOf(each)) && nameOf(each) !== REFUSED);

let engine: RecordingEngine;
let rig: GatewayRig;
beforeAll(async () => {
  engine = await openRecordingEngine();
  rig = await openGatewayRig({ origin: engine.origin, basePath: "/api/latest" });
});
afterAll(async () => {
  await rig.close();
  await engine.close();
});

function call({ method, target, contentType, body }: OneRequest): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const headers = { authorization: "Bearer ours", ...(contentType === null ? {} : { "content-type": contentType }), ...(body === null ? {} : { "content-length": Buffer.byteLength(body) }) };
  const request = http.request({ host: "127.0.0.1", port: rig.port, path: `/clusters/${rig.gatewayId}/api/latest${target}`, method, headers }, (response) => {
    text(response).then(() => resolve(response.statusCode ?? 0), reject);
  });
  request.on("error", reject).end(body ?? undefined);
  return promise;
}

/** The document lists some operations twice, with a slash at the end and without: either way the one with it is meant. */
const isTwin = ({ method, path }: VendorOperation): boolean => !path.endsWith("/") && operations.some((each) => each.method === method && each.path === `${path}/`);

/** What differs from what must arrive, in words; null when nothing does. */
async function differenceOf(operation: VendorOperation): Promise<string | null> {
  const sent = oneRequest(operation);
  const url = oneRequest(isTwin(operation) ? { ...operation, path: `${operation.path}/` } : operation).target;
  engine.requests.length = 0;
  const status = await call(sent);
  const [arrived] = engine.requests;
  if (arrived === undefined || engine.requests.length > 1) return `${nameOf(operation)}: ${engine.requests.length} requests arrived, answered ${status}`;
  const wanted = { status: 200, method: sent.method, url: `/api/latest${url}`, body: sent.body ?? "", type: sent.contentType ?? undefined, credential: "Basic ENGINE-SECRET" };
  const found = { status, method: arrived.method, url: arrived.url, body: arrived.body, type: arrived.headers["content-type"], credential: arrived.headers.authorization };
  return JSON.stringify(found) === JSON.stringify(wanted) ? null : `${nameOf(operation)}: ${JSON.stringify(found)} instead of ${JSON.stringify(wanted)}`;
}

describe("every operation of the engine's document, through the gateway", () => {
  it("is one of 772, of which four are about signing in", () => {
    expect(operations).toHaveLength(772);
    expect(operations.map(nameOf).filter((name) => OWN.includes(name)).toSorted()).toEqual(OWN);
    expect(forwarded).toHaveLength(767);
  });

  it("does not arrive, nor does anything else, for a caller without a right", async () => {
    rig.granted.clear();
    for (const operation of forwarded) expect([nameOf(operation), await call(oneRequest(operation))]).toEqual([nameOf(operation), 403]);
    expect(engine.requests).toEqual([]);
  });

  it("arrives as it was sent, once, with the engine's credential in place of the caller's", async () => {
    rig.granted.has = () => true;
    const differences: string[] = [];
    for (const operation of forwarded) {
      const difference = await differenceOf(operation);
      if (difference !== null) differences.push(difference);
    }
    expect(differences).toEqual([]);
  });

  it("is refused to everybody where it would change the gateway's own credential at the engine", async () => {
    engine.requests.length = 0;
    const [password] = operations.filter((each) => nameOf(each) === REFUSED);
    if (password === undefined) throw new Error(`the document does not list ${REFUSED}`);
    expect([await call(oneRequest(password)), engine.requests]).toEqual([403, []]);
  });

  it("stays with the gateway where it is about signing in", async () => {
    engine.requests.length = 0;
    for (const operation of operations.filter((each) => OWN.includes(nameOf(each)))) expect(await call(oneRequest(operation))).not.toBe(404);
    expect(engine.requests).toEqual([]);
  });
});

describe("the facts that the repository keeps", () => {
  it("name the operations, parameters and fields of the document that is read, and no others", () => {
    const told = (all: readonly VendorOperation[]) => all.map((each) => `${nameOf(each)} ?${each.query.map(({ name }) => name).toSorted().join()} ${each.body === null ? "" : `${each.body.kind} ${each.body.fields.map(({ name }) => name).toSorted().join()}`}`).toSorted();
    expect(told(kept)).toEqual(told(operations));
  });
});
