// Rules L1-L6, S1, G4, G5, H1-H3, H7 and the error envelope.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatErrorBody } from "./error-body.ts";
import { firstStatus, formatOperationStatus, longRunningHeaders, operationStatusId, retryAfterSeconds } from "./long-running.ts";
import { buildNextLink, decodeSkipToken, encodeSkipToken, parseTop } from "./paging.ts";
import { isTerminalState } from "./provisioning-state.ts";
import { correlationHeaders, publicRequestUrl, readCorrelation } from "./request-headers.ts";

const place = { baseUrl: "https://127.0.0.1:8443", subscriptionId: "s", namespace: "Cynosure.Storage", location: "local", operationId: "op1", apiVersion: "2026-12-01" };

describe("long-running operations", () => {
  it("L1, L2: both URLs are absolute, at subscription scope, with the api-version", () => {
    const headers = longRunningHeaders("DELETE", place, 10);
    expect(headers["azure-asyncoperation"]).toBe("https://127.0.0.1:8443/subscriptions/s/providers/Cynosure.Storage/locations/local/operationStatuses/op1?api-version=2026-12-01");
    expect(headers["location"]).toBe("https://127.0.0.1:8443/subscriptions/s/providers/Cynosure.Storage/locations/local/operationResults/op1?api-version=2026-12-01");
  });

  it.each([
    ["PUT", true, 201, false],
    ["PUT", false, 200, false],
    ["PATCH", false, 202, true],
    ["DELETE", false, 202, true],
    ["POST", false, 202, true],
  ] as const)("L6: %s (created: %s) answers %i, Location: %s", (method, created, status, hasLocation) => {
    expect(firstStatus(method, created)).toBe(status);
    const headers = longRunningHeaders(method, place, 10);
    expect("location" in headers).toBe(hasLocation);
    expect(headers["retry-after"]).toBe("10");
  });

  it("L3: Retry-After is a whole number of seconds in the contract's range", () => {
    expect([0.2, 10.5, 9999].map((s) => retryAfterSeconds(s))).toEqual([10, 11, 600]);
    expect(retryAfterSeconds(0.2, 1)).toBe(1);
  });

  const base = { id: operationStatusId(place), name: "op1", startedAt: "2026-12-01T00:00:00Z", percentComplete: 40, resourceId: "/x" };
  it("L4: a running operation shows neither properties nor error nor end", () => {
    expect(formatOperationStatus({ ...base, status: "Running", finishedAt: null, properties: {}, error: null })).toEqual({
      id: base.id, name: "op1", status: "Running", startTime: base.startedAt, percentComplete: 40, resourceId: "/x",
    });
  });
  it("L4: Failed and Canceled always carry an error, Succeeded carries properties", () => {
    for (const status of ["Failed", "Canceled"]) {
      const body = formatOperationStatus({ ...base, status, finishedAt: "2026-12-01T00:01:00Z", properties: {}, error: null });
      expect(body.error?.code).toBe(`Operation${status}`);
      expect(body.properties).toBeUndefined();
    }
    expect(formatOperationStatus({ ...base, status: "Succeeded", finishedAt: "2026-12-01T00:01:00Z", properties: { a: 1 }, error: null })).toMatchObject({ endTime: "2026-12-01T00:01:00Z", properties: { a: 1 } });
  });
  it("S1: exactly three states are terminal, an absent one counts as Succeeded", () => {
    expect(["Succeeded", "Failed", "Canceled", undefined].every(isTerminalState)).toBe(true);
    expect(["Accepted", "Updating", "Cancelled", "succeeded"].some(isTerminalState)).toBe(false);
  });
});

describe("paging", () => {
  it("G5: a token comes back as it went out", () => {
    fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 200 }).filter((s) => s.isWellFormed() && !/\p{Cc}/u.test(s)), (key) => void expect(decodeSkipToken(encodeSkipToken(key))).toEqual({ ok: true, value: key })));
  });
  it("G5: a token with a right checksum around a control character is refused: no resource has such a key, and no store takes it", () => {
    for (const key of ["a\u0000b", "\n", "\u007f"]) expect(decodeSkipToken(encodeSkipToken(key))).toMatchObject({ ok: false, problem: { code: "InvalidSkipToken", target: "$skipToken" } });
  });
  it("G5: changing any one character of a token makes it invalid", () => {
    const token = encodeSkipToken("/subscriptions/s/resourcegroups/g");
    for (let i = 0; i < token.length; i += 1) {
      const tampered = `${token.slice(0, i)}${token[i] === "A" ? "B" : "A"}${token.slice(i + 1)}`;
      expect(decodeSkipToken(tampered)).toMatchObject({ ok: false, problem: { code: "InvalidSkipToken" } });
    }
  });
  it.each(["", "%%%", "é", "x".repeat(5000), btoa("1.00000000.x")])("G5: '%s' is refused", (token) => {
    expect(decodeSkipToken(token)).toMatchObject({ ok: false, problem: { code: "InvalidSkipToken" } });
  });
  it("G4: the next link keeps the client's parameters and replaces an earlier token", () => {
    expect(buildNextLink("https://h/x?api-version=1&$top=2&%24skiptoken=old", "new")).toBe("https://h/x?api-version=1&$top=2&$skipToken=new");
  });
  it("G4: $top is a whole number with a maximum", () => {
    expect([undefined, "5", "999999"].map((v) => parseTop(v))).toEqual([{ ok: true, value: 100 }, { ok: true, value: 5 }, { ok: true, value: 1000 }]);
    for (const bad of ["0", "-1", "1.5", "1e9", "x"]) expect(parseTop(bad)).toMatchObject({ ok: false, problem: { code: "InvalidParameter", target: "$top" } });
  });
});

describe("request headers", () => {
  const guid = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";
  it("H2: the client's request id is echoed only when asked for, in any case of 'true'", () => {
    const asked = readCorrelation({ "x-ms-client-request-id": guid, "x-ms-return-client-request-id": "True" }, "f");
    expect(correlationHeaders(asked, "r")).toEqual({ "x-ms-request-id": "r", "x-ms-correlation-request-id": "f", "x-ms-client-request-id": guid });
    expect(correlationHeaders(readCorrelation({ "x-ms-client-request-id": guid }, "f"), "r")).not.toHaveProperty("x-ms-client-request-id");
  });
  it("H3: a correlation id is taken over, text that is no GUID is not", () => {
    expect(readCorrelation({ "x-ms-correlation-request-id": guid }, "f").correlationId).toBe(guid);
    expect(readCorrelation({ "x-ms-correlation-request-id": "x\r\nset-cookie: a" }, "f").correlationId).toBe("f");
  });
  it("H7: links are built on the public base unless a trusted front door says otherwise", () => {
    expect(publicRequestUrl({ trustedReferer: null, baseUrl: "https://h", pathAndQuery: "/A?b" })).toBe("https://h/A?b");
    expect(publicRequestUrl({ trustedReferer: "https://front/A?b", baseUrl: "https://h", pathAndQuery: "/A?b" })).toBe("https://front/A?b");
  });
});

describe("error envelope", () => {
  it("§11: holds only what is known", () => {
    expect(formatErrorBody({ code: "C", message: "m", target: undefined, details: [] })).toEqual({ error: { code: "C", message: "m" } });
    expect(formatErrorBody({ code: "C", message: "m", target: "t", details: [{ code: "D", message: "d" }] })).toEqual({ error: { code: "C", message: "m", target: "t", details: [{ code: "D", message: "d" }] } });
  });
});
