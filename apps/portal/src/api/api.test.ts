// What the portal makes of the control plane's words: codes, changes, streams and errors. No browser, no network.
import { ArmError } from "@cynosure/sdk";
import { describe, expect, it } from "vitest";
import { armKey, isTouched, readChange } from "./changes.ts";
import { makeEventReader } from "./event-stream.ts";
import { explainError } from "./explain-error.ts";
import { shouldRetry } from "./retry.ts";
import { NotSignedIn } from "./session.ts";
import { readCode } from "./sign-in-code.ts";

const subscription = "/subscriptions/00000000-0000-4000-8000-000000000001";
const meadow = `${subscription}/resourceGroups/quickstart/providers/Cynosure.Storage/clusters/meadow`;

describe("the sign-in code", () => {
  it("is read from the fragment when it has the shape of one", () => {
    expect(readCode(`#code=${"a".repeat(43)}`)).toBe("a".repeat(43));
  });

  it.each(["", "#", "#code=", "#code=short", `#code=${"a".repeat(44)}`, `#code=${"<".repeat(43)}`, `#other=${"a".repeat(43)}`])("is none in %s", (fragment) => {
    expect(readCode(fragment)).toBeUndefined();
  });
});

describe("a change", () => {
  it("touches what is read about the resource, below it, and the lists above it, whatever the case", () => {
    const change = { id: meadow.toUpperCase(), kind: "cluster" };
    expect(isTouched(armKey(meadow, "cluster"), change)).toBe(true);
    expect(isTouched(armKey(`${meadow}/fileSystems/home`), change)).toBe(true);
    expect(isTouched(armKey(subscription, "clusters"), change)).toBe(true);
  });

  it("leaves alone what is about another resource, also one whose name begins the same", () => {
    const change = { id: meadow, kind: "cluster" };
    expect(isTouched(armKey(`${meadow}-two`, "cluster"), change)).toBe(false);
    expect(isTouched(["session"], change)).toBe(false);
  });

  it("is none when it is not JSON or names nothing", () => {
    expect(readChange(`{"id":"${meadow}","kind":"plan"}`)).toEqual({ id: meadow, kind: "plan" });
    expect([readChange("{"), readChange("null"), readChange(`{"kind":"plan"}`)]).toEqual([undefined, undefined, undefined]);
  });
});

describe("the stream of changes", () => {
  it("is cut into events wherever the pieces end", () => {
    const text = `event: hello\ndata: {}\n\n: still here\n\nevent: change\ndata: {"id":"a",\ndata: "kind":"plan"}\r\n\r\n`;
    for (let size = 1; size < text.length; size += 3) {
      const next = makeEventReader();
      const events = Array.from({ length: Math.ceil(text.length / size) }, (_, index) => next(text.slice(index * size, (index + 1) * size))).flat();
      expect(events).toEqual([{ event: "hello", data: "{}" }, { event: "change", data: `{"id":"a",\n"kind":"plan"}` }]);
    }
  });
});

describe("an error in words", () => {
  it("says the server's message, what the status means, and code, target and request", () => {
    const error = new ArmError({ code: "PreconditionFailed", message: "It was changed.", target: "properties", statusCode: 412, requestId: "r-1" });
    expect(explainError(error)).toMatchObject({ message: "It was changed.", remedy: expect.stringContaining("Somebody changed it"), facts: "Code PreconditionFailed · target properties · request r-1" });
  });

  it("is at the fields that caused it, the details before the whole", () => {
    const error = new ArmError({ code: "InvalidRequestContent", message: "The body is wrong.", target: "properties", details: [{ code: "x", message: "too small", target: "properties.hosts.count" }, { code: "x", message: "again", target: "properties.hosts.count" }], statusCode: 400 });
    expect(explainError(error).fields).toEqual({ "properties.hosts.count": "too small", properties: "The body is wrong." });
  });

  it("explains 409, 403 and 404 each in its own way, and adds nothing where there is nothing to add", () => {
    const remedies = [409, 403, 404].map((statusCode) => explainError(new ArmError({ code: "c", message: "m", statusCode })).remedy);
    expect(new Set(remedies).size).toBe(3);
    expect(explainError(new ArmError({ code: "c", message: "m", statusCode: 400 })).remedy).toBeUndefined();
    expect(explainError(new Error("plain"))).toEqual({ message: "plain", remedy: undefined, facts: "", fields: {} });
  });

  it("is worth another try only when nobody has refused", () => {
    const refused = new ArmError({ code: "c", message: "m", statusCode: 404 });
    const unreachable = new ArmError({ code: "c", message: "m" });
    expect([shouldRetry(0, refused), shouldRetry(0, new NotSignedIn()), shouldRetry(0, unreachable), shouldRetry(2, unreachable)]).toEqual([false, false, true, false]);
  });
});
