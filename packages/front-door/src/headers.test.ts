// Headers, limits and transport rules of the contract (H and T rows), each over the wire.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RESERVED_HEADERS } from "@cynosure/http-server";
import type { RouteRequest, ServedRoute } from "@cynosure/http-server";
import { frontDoorRoute } from "./front-door-route.ts";
import { PROVIDER_VERSION, SUBSCRIPTION, VERSION, clusterBody, clusterPath, groupPath, openServedFrontDoor } from "./testkit/served-front-door.ts";
import type { Reply, ServedFrontDoor } from "./testkit/served-front-door.ts";

const CLIENT_ID = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";
const CORRELATION = "11111111-2222-4333-8444-555555555555";
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const HANDLER_MS_MAX = 1_500;
const MEGABYTE = 1024 * 1024;

let door: ServedFrontDoor;
/** The requests that probes got, in order. */
const seen: RouteRequest[] = [];

/** Routes that show what a handler gets, and how one that misbehaves is answered. */
const probes: readonly ServedRoute[] = [
  frontDoorRoute({ method: "GET", path: "/probe", permission: "Probe/read", answer: (request) => { seen.push(request); return { status: 200, body: { ok: true } }; } }),
  frontDoorRoute({ method: "POST", path: "/probe/act", permission: "Probe/act/action", answer: (request) => { seen.push(request); return { status: 204 }; } }),
  frontDoorRoute({ method: "GET", path: "/probe/silent", permission: "Probe/read", answer: () => new Promise(() => undefined) }),
  frontDoorRoute({ method: "GET", path: "/probe/size/{megabytes}", permission: "Probe/read", answer: ({ params }) => ({ status: 200, body: "x".repeat(Number(params["megabytes"]) * MEGABYTE - 2) }) }),
  frontDoorRoute({ method: "GET", path: "/probe/broken", permission: "Probe/read", answer: () => { throw new Error("inside"); } }),
];

beforeAll(async () => {
  door = await openServedFrontDoor({ routes: probes, handlerTimeoutMsMax: HANDLER_MS_MAX });
});
afterAll(() => door.close());

const everyKind: readonly (readonly [string, number, () => Promise<Reply>])[] = [
  ["a 200", 200, () => door.send(`/subscriptions?${VERSION}`)],
  ["a 201", 201, () => door.send(`${groupPath(`g-${crypto.randomUUID().slice(0, 8)}`)}?${VERSION}`, { method: "PUT", body: { location: "local" } })],
  ["a 204", 204, () => door.send(`${groupPath("quickstart")}?${VERSION}`, { method: "HEAD" })],
  ["a 400", 400, () => door.send("/subscriptions")],
  ["a 401", 401, () => door.send(`/subscriptions?${VERSION}`, { headers: { authorization: "" } })],
  ["a 404", 404, () => door.send(`${groupPath("nowhere")}?${VERSION}`)],
  ["a 405", 405, () => door.send(`/subscriptions?${VERSION}`, { method: "PATCH", body: {} })],
  ["a 415", 415, () => door.send(`${groupPath("quickstart")}?${VERSION}`, { method: "PUT", body: "a", headers: { "content-type": "text/plain" } })],
  ["a 500", 500, () => door.send(`/probe/broken?${VERSION}`)],
  ["a poll URL", 404, () => door.send(`/subscriptions/${SUBSCRIPTION}/operationresults/none?${VERSION}`)],
];

describe("ids of a request", () => {
  it("H1: the client's request id is logged, twice the same is no trouble, and text that is no GUID is not", async () => {
    door.logged.length = 0;
    for (const id of [CLIENT_ID, CLIENT_ID, "no guid\tbut text"]) await door.send(`/probe?${VERSION}`, { headers: { "x-ms-client-request-id": id } });
    expect(door.logged.map(({ clientRequestId }) => clientRequestId)).toEqual([CLIENT_ID, CLIENT_ID, null]);
  });

  it.each([["true", true], ["TRUE", true], ["True", true], ["false", false], ["1", false], ["", false]])("H2: x-ms-return-client-request-id: %s echoes the client's id: %s", async (value, echoes) => {
    const reply = await door.send(`/probe?${VERSION}`, { headers: { "x-ms-client-request-id": CLIENT_ID, "x-ms-return-client-request-id": value } });
    expect(reply.headers["x-ms-client-request-id"]).toBe(echoes ? CLIENT_ID : undefined);
  });

  it("H3: a correlation id is taken, logged and handed on; where there is none a new GUID is made", async () => {
    door.logged.length = 0;
    await door.send(`/probe?${VERSION}`, { headers: { "x-ms-correlation-request-id": CORRELATION } });
    expect([door.logged[0]?.correlationId, seen.at(-1)?.correlation.correlationId]).toEqual([CORRELATION, CORRELATION]);
    const made = [await door.send(`/probe?${VERSION}`), await door.send(`/probe?${VERSION}`)].map(({ headers }) => String(headers["x-ms-correlation-request-id"]));
    expect(new Set(made).size).toBe(2);
    for (const id of made) expect(id).toMatch(GUID);
  });

  it.each(everyKind)("H4: %s carries a request id of its own, a date and JSON where there is a body", async (_name, status, ask) => {
    const [first, second] = [await ask(), await ask()];
    for (const reply of [first, second]) {
      expect(reply.status).toBe(status);
      expect(reply.headers["x-ms-request-id"]).toMatch(GUID);
      expect(new Date(reply.headers.date ?? "").toUTCString()).toBe(reply.headers.date);
      if (reply.text !== "") expect(reply.headers["content-type"]).toMatch(/^application\/json/);
    }
    expect(first.headers["x-ms-request-id"]).not.toBe(second.headers["x-ms-request-id"]);
  });

  it.each(everyKind)("H5: %s carries a routing id and the correlation id, and the routing id is not the request id", async (_name, _status, ask) => {
    const { headers } = await ask();
    expect(headers["x-ms-routing-request-id"]).toMatch(/^LOCAL:\d{8}T\d{6}Z:[0-9a-f-]{36}$/);
    expect(headers["x-ms-correlation-request-id"]).toMatch(GUID);
    expect(String(headers["x-ms-routing-request-id"])).not.toContain(String(headers["x-ms-request-id"]));
  });

  it.each(["de-DE", "fr;q=0.9, en;q=0.1", "x-nonsense", ""])("H6: asked for the language '%s' a refusal is in en-US and says so, its code is the same", async (language) => {
    const reply = await door.send(`${groupPath("nowhere")}?${VERSION}`, { headers: { "accept-language": language } });
    expect([reply.headers["content-language"], reply.body.error?.code]).toEqual(["en-US", "ResourceGroupNotFound"]);
  });
});

describe("headers of a front door", () => {
  it.each(RESERVED_HEADERS.filter((name) => name !== "authorization"))("H8: %s of a client is dropped before anything reads it", async (name) => {
    seen.length = 0;
    const reply = await door.send(`/probe?${VERSION}`, { headers: { [name]: "https://elsewhere.example/forged" } });
    expect(reply.status).toBe(200);
    expect(seen.at(-1)?.headers).not.toHaveProperty(name);
    expect(seen.at(-1)?.principal?.id).toBe("tester");
  });

  it("H8: the token itself goes no further than the authenticator", async () => {
    await door.send(`/probe?${VERSION}`);
    expect(seen.at(-1)?.headers).not.toHaveProperty("authorization");
  });

  it("H7, H8: links are built on the configured public URL, never on a referer or host of the client's choice", async () => {
    for (const name of ["link-a", "link-b"]) await door.send(`${groupPath(name)}?${VERSION}`, { method: "PUT", body: { location: "local" } });
    const reply = await door.send(`/subscriptions/${SUBSCRIPTION}/resourcegroups?${VERSION}&$top=1`, { headers: { referer: "https://elsewhere.example/x", host: "elsewhere.example" } });
    expect(reply.body.nextLink).toMatch(new RegExp(`^${door.baseUrl}/subscriptions/`));
  });

  it("H8: a forged systemData or principal name does not reach what is stored", async () => {
    await door.deliver("quickstart", "honest");
    const forged = { "x-ms-arm-resource-system-data": JSON.stringify({ createdBy: "mallory", lastModifiedBy: "mallory" }), "x-ms-client-principal-name": "mallory" };
    const reply = await door.send(`${clusterPath("quickstart", "honest")}?${PROVIDER_VERSION}`, { method: "PUT", body: clusterBody({ tags: { a: "b" } }), headers: forged });
    expect(reply.status).toBe(200);
    expect(reply.body["systemData"]).toMatchObject({ createdBy: "tester", lastModifiedBy: "tester" });
    expect(reply.text).not.toContain("mallory");
  });

  it("H12: unknown headers and query parameters are passed on and change nothing", async () => {
    const reply = await door.send(`/probe?${VERSION}&colour=blue&$odd=1`, { headers: { "x-odd": "one", commandname: "az rest" } });
    expect(reply.status).toBe(200);
    expect(seen.at(-1)?.query).toMatchObject({ colour: "blue", "$odd": "1" });
    expect(seen.at(-1)?.headers).toMatchObject({ "x-odd": "one", commandname: "az rest" });
  });

  it("H13: traceparent reaches the handler as it came, and its trace is in the log", async () => {
    door.logged.length = 0;
    const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    await door.send(`/probe?${VERSION}`, { headers: { traceparent } });
    await door.send(`/probe?${VERSION}`, { headers: { traceparent: "nonsense" } });
    expect(seen.at(-1)?.headers["traceparent"]).toBe("nonsense");
    expect(door.logged.map(({ traceId }) => traceId)).toEqual(["4bf92f3577b34da6a3ce929d0e0e4736", null]);
  });
});

describe("media types and bodies", () => {
  it.each(["text/plain", "application/xml", "application/x-www-form-urlencoded", "application/problem+json", "multipart/form-data"])("H14: a PUT, PATCH or POST of %s is 415", async (type) => {
    for (const [method, path] of [["PUT", groupPath("quickstart")], ["PATCH", groupPath("quickstart")], ["POST", `${groupPath("quickstart")}/moveResources`], ["POST", "/probe/act"]] as const) {
      const reply = await door.send(`${path}?${VERSION}`, { method, body: '{"location":"local"}', headers: { "content-type": type } });
      expect([method, reply.status, reply.body.error?.code, reply.body.error?.target]).toEqual([method, 415, "UnsupportedMediaType", "Content-Type"]);
    }
  });

  it.each(["application/json", "application/json; charset=utf-8", "APPLICATION/JSON"])("H14: %s is JSON, and an action without a body needs no type", async (type) => {
    const reply = await door.send(`${groupPath("typed")}?${VERSION}`, { method: "PUT", body: '{"location":"local"}', headers: { "content-type": type } });
    expect([200, 201]).toContain(reply.status);
    expect((await door.send(`/probe/act?${VERSION}`, { method: "POST" })).status).toBe(204);
    expect((await door.send(`/probe/act?${VERSION}`, { method: "POST", headers: { "content-type": "application/x-www-form-urlencoded", "content-length": "0" } })).status).toBe(204);
  });

  it("H14: a body on GET and DELETE is ignored, whatever it is", async () => {
    expect((await door.send(`/probe?${VERSION}`, { body: "{broken", headers: { "content-type": "text/plain" } })).status).toBe(200);
    await door.send(`${groupPath("bodied")}?${VERSION}`, { method: "PUT", body: { location: "local" } });
    expect((await door.send(`${groupPath("bodied")}?${VERSION}`, { method: "DELETE", body: "not json", headers: { "content-type": "text/plain" } })).status).toBe(200);
  });
});

describe("limits and transport", () => {
  it("T1: a request whose answer does not come in time is 504, and may be sent again", async () => {
    const reply = await door.send(`/probe/silent?${VERSION}`);
    expect([reply.status, reply.body.error?.code]).toEqual([504, "GatewayTimeout"]);
    expect(Number(reply.headers["retry-after"])).toBeGreaterThan(0);
  });

  it("T2: an answer of 8 MB goes out, a larger one never does", async () => {
    const whole = await door.send(`/probe/size/8?${VERSION}`);
    expect([whole.status, Buffer.byteLength(whole.text)]).toEqual([200, 8 * MEGABYTE]);
    const over = await door.send(`/probe/size/9?${VERSION}`);
    expect([over.status, over.body.error?.code]).toEqual([500, "InternalServerError"]);
  });

  it("T3: a body may come in chunks, and nothing is answered with a redirect", async () => {
    const reply = await door.send(`${groupPath("chunked")}?${VERSION}`, { method: "PUT", body: { location: "local" }, chunked: true });
    expect(reply.status).toBe(201);
    for (const path of ["/subscriptions/", "//subscriptions", "/SUBSCRIPTIONS"]) expect((await door.send(`${path}?${VERSION}`)).status).toBe(200);
  });

  it("T4: an answer that may be asked for again says when, one that will stay the same does not", async () => {
    expect((await door.send(`/probe/silent?${VERSION}`)).headers["retry-after"]).toMatch(/^\d+$/);
    expect((await door.send(`${groupPath("nowhere")}?${VERSION}`)).headers["retry-after"]).toBeUndefined();
  });

  it("T5: // counts as / everywhere in the path, and a trailing slash does not count", async () => {
    await door.deliver("quickstart", "slashed");
    const path = clusterPath("quickstart", "slashed").replace("Cynosure.Storage/", "Cynosure.Storage//");
    for (const written of [path, `${path}/`, path.replace("/subscriptions/", "//subscriptions//")]) {
      const reply = await door.send(`${written}?${PROVIDER_VERSION}`);
      expect([reply.status, reply.body["name"]]).toEqual([200, "slashed"]);
    }
  });
});
