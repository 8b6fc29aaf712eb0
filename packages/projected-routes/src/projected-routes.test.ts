// The ARM endpoint's side of projected types, over a listener: who may, what is recorded, and how an answer looks on the wire.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ControlPlaneError } from "@cynosure/model";
import { BASE, clusterIdOf, serve } from "./testkit/served.ts";
import type { Served } from "./testkit/served.ts";

let served: Served;
beforeEach(async () => {
  served = await serve();
});
afterEach(() => served.close());

describe("what is asked", () => {
  it("has the words, the query and the body as they were sent, and the cluster as its owner wrote it", async () => {
    await served.send("PUT", "VASTViews/Home%20Dir?$top=5", { location: "local", properties: { path: "/a" } }, { "if-none-match": "*" });
    expect(served.projected.asked).toEqual([
      {
        cluster: { key: expect.stringContaining("/clusters/harbour") as string, id: clusterIdOf("Harbour"), location: "local" },
        request: { method: "PUT", words: ["VASTViews", "Home Dir"], query: { $top: "5", "api-version": "2026-12-01" }, body: { properties: { path: "/a" } }, mustBe: "absent" },
      },
    ]);
  });

  it("is a GET where the head is asked for, and the head has no body", async () => {
    served.projected.next = { status: 200, body: { name: "home" } };
    const { status, text } = await served.send("HEAD", "vastViews/home");
    expect([status, text, served.projected.asked[0]?.request.method]).toEqual([204, "", "GET"]);
  });

  it("knows conditions without an etag alone", async () => {
    await served.send("PATCH", "vastViews/home", {}, { "if-match": "*" });
    expect(served.projected.asked[0]?.request.mustBe).toBe("present");
    for (const headers of [{ "if-match": '"1"' }, { "if-none-match": '"1"' }]) {
      const { status, body } = await served.send("PUT", "vastViews/home", {}, headers);
      expect([status, body.error?.code, body.error?.target?.toLowerCase()]).toEqual([400, "InvalidParameter", Object.keys(headers)[0]]);
    }
    expect(served.projected.asked).toHaveLength(1);
  });

  it.each([
    ["PUT", "[1]", {}, 400, "InvalidRequestContent"],
    ["PUT", "", {}, 400, "InvalidRequestContent"],
    ["PATCH", "{", {}, 400, "InvalidRequestContent"],
    ["POST", "x=1", { "content-type": "application/x-www-form-urlencoded" }, 415, "UnsupportedMediaType"],
  ] as const)("%s with the body '%s' is refused", async (method, body, headers, status, code) => {
    const answer = await served.send(method, "vastViews/home", body, headers);
    expect([answer.status, answer.body.error?.code, served.projected.asked]).toEqual([status, code, []]);
  });

  it("may be a POST without a body, and a PATCH under the name of its rule", async () => {
    expect((await served.send("POST", "vastViews/home/reset")).status).toBe(200);
    expect((await served.send("PATCH", "vastViews/home", {}, { "content-type": "application/merge-patch+json" })).status).toBe(200);
    expect(served.projected.asked.map(({ request }) => request.body)).toEqual([undefined, {}]);
  });
});

describe("which paths there are", () => {
  it("are those whose first word is an engine's; everything else answers as before", async () => {
    for (const [method, path, status, code] of [
      ["GET", "views", 404, "InvalidResourceType"],
      ["GET", "xvastViews/a", 404, "InvalidResourceType"],
      ["GET", "vastViews/a/providers/Microsoft.Insights/x", 404, "InvalidResourceNamespace"],
      ["PUT", "vastViews", 405, "MethodNotAllowed"],
      ["DELETE", "vastViews", 405, "MethodNotAllowed"],
    ] as const) {
      const answer = await served.send(method, path, method === "PUT" ? {} : undefined);
      expect([path, answer.status, answer.body.error?.code]).toEqual([path, status, code]);
    }
    expect((await served.send("PUT", "vastViews", {})).headers["allow"]).toBe("GET, POST");
  });

  it("need a version of the cluster's", async () => {
    expect((await served.send("GET", "vastViews?api-version=2020-01-01")).status).toBe(400);
  });
});

describe("who may", () => {
  it("is asked for by the words, before anybody looks whether the cluster or the object is there", async () => {
    served.refuses = () => true;
    const there = await served.send("GET", "vastViews/home");
    const nowhere = await served.send("GET", "vastViews/home", undefined, {}, "Nowhere");
    expect([there.status, there.body.error?.code, nowhere.status]).toEqual([403, "AuthorizationFailed", 403]);
    expect(served.asked.map(({ permission, scope, isDataAction }) => [permission, scope, isDataAction])).toEqual([
      ["Cynosure.Storage/clusters/vastViews/read", `${clusterIdOf("Harbour")}/vastViews/home`, false],
      ["Cynosure.Storage/clusters/vastViews/read", `${clusterIdOf("Nowhere")}/vastViews/home`, false],
    ]);
    expect(served.projected.asked).toEqual([]);
  });

  it("an engine's internals are a data action", async () => {
    served.refuses = ({ isDataAction }) => isDataAction;
    const { status, body } = await served.send("GET", "vastEnvs");
    expect([status, body.error?.message]).toEqual([403, expect.stringContaining("engineInternals/vastEnvs")]);
  });
});

describe("what is recorded", () => {
  it("is every write before it is sent, with a digest of its body, also when the engine refuses it", async () => {
    served.projected.next = new ControlPlaneError("OperationFailed", "The engine says no.");
    expect((await served.send("PUT", "vastViews/Home", { properties: { b: 1, a: 2 } })).status).toBe(409);
    expect(await served.audited()).toMatchObject([{ action: "Cynosure.Storage/clusters/vastViews/write", principal: "p1", resourceId: `${clusterIdOf("Harbour")}/vastViews/Home`, beforeSha256: null, afterSha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string }]);
  });

  it("is also a read that hands out secrets, and no other", async () => {
    await served.send("GET", "vastViews");
    const secrets = await served.send("GET", "vastEnvs");
    expect((await served.audited()).map(({ action, afterSha256 }) => [action, afterSha256])).toEqual([["Cynosure.Storage/clusters/engineInternals/vastEnvs/read/action", null]]);
    expect(secrets.headers["cache-control"]).toBe("no-store");
  });

  it("and what cannot be recorded is not sent", async () => {
    Object.assign(served.store, { appendAudit: () => Promise.reject(new ControlPlaneError("ServiceUnavailable", "The store is away.")) });
    expect((await served.send("DELETE", "vastViews/home")).status).toBe(503);
    expect(served.projected.asked).toEqual([]);
  });
});

describe("the cluster", () => {
  it("must be there, delivered, and of the engine that the word names", async () => {
    for (const [cluster, path, status, code] of [
      ["Nowhere", "vastViews", 404, "ParentResourceNotFound"],
      ["Reef", "vastViews", 404, "InvalidResourceType"],
      ["Model", "vastViews", 409, "OperationNotAllowed"],
    ] as const) {
      const answer = await served.send("GET", path, undefined, {}, cluster);
      expect([cluster, answer.status, answer.body.error?.code]).toEqual([cluster, status, code]);
    }
    served.native.isOpen = false;
    const young = await served.send("GET", "vastViews", undefined, {}, "Young");
    const away = await served.send("GET", "vastViews");
    expect([young.status, young.body.error?.code, away.status, away.body.error?.code]).toEqual([409, "OperationNotAllowed", 503, "ServiceUnavailable"]);
  });
});

describe("the answer", () => {
  it("of a list leads on by the client's own URL", async () => {
    served.projected.next = { status: 200, body: { value: [{ name: "a" }] }, skipToken: "abc" };
    const { body, headers } = await served.send("GET", "vastViews?$top=1");
    expect(body).toEqual({ value: [{ name: "a" }], nextLink: `${BASE}${clusterIdOf("Harbour")}/vastViews?$top=1&api-version=2026-12-01&$skipToken=abc` });
    expect([headers["content-type"], headers["cache-control"]]).toEqual(["application/json; charset=utf-8", "no-cache"]);
  });

  it.each([
    ["PUT", "vastViews/home", 201, false],
    ["PATCH", "vastViews/home", 202, true],
    ["DELETE", "vastViews/home", 202, true],
    ["POST", "vastViews/home/reset", 202, true],
  ] as const)("of a %s that the engine goes on with says where to follow it", async (method, path, status, hasLocation) => {
    served.projected.next = { status, ...(status === 201 ? { body: { name: "home" } } : {}), operation: { id: "op-1", location: "local" } };
    const { headers, status: answered } = await served.send(method, path, method === "DELETE" ? undefined : {});
    const place = `${BASE}/subscriptions/00000000-0000-4000-8000-000000000001/providers/Cynosure.Storage/locations/local`;
    expect([answered, headers["azure-asyncoperation"], headers["retry-after"], headers["cache-control"]]).toEqual([status, `${place}/operationStatuses/op-1?api-version=2026-12-01`, "1", "no-store"]);
    expect(headers["location"]).toBe(hasLocation ? `${place}/operationResults/op-1?api-version=2026-12-01` : undefined);
  });

  it("that is no JSON comes as it is, and never as a page of this origin", async () => {
    served.projected.next = { status: 200, text: { contentType: "text/html", text: "<script>" } };
    const text = await served.send("POST", "vastViews/home/show", {});
    expect([text.text, text.headers["content-type"], text.headers["content-disposition"], text.headers["content-security-policy"]]).toEqual(["<script>", "text/html", "attachment", "sandbox; default-src 'none'"]);
  });

  it("that is larger than ARM carries says so, and how to have it", async () => {
    served.projected.next = { status: 200, body: { value: ["x".repeat(9_000_000)] } };
    const { status, body } = await served.send("GET", "vastViews");
    expect([status, body.error?.code, body.error?.message]).toEqual([409, "OperationNotAllowed", expect.stringContaining("$top")]);
  });

  it("without a body has none", async () => {
    served.projected.next = { status: 204 };
    expect(await served.send("DELETE", "vastViews/home")).toMatchObject({ status: 204, text: "" });
  });
});
