// Refusals of engines as ARM errors.
import { describe, expect, it } from "vitest";
import { nativeError } from "./native-error.ts";

const operation = { method: "POST", path: "/views/" } as const;
const errorOf = (status: number, body: unknown, secrets?: readonly string[]) => nativeError("vast", operation, { status, body }, secrets);

describe("an engine's refusal", () => {
  it.each([
    ["a detail", 404, { detail: "Not found." }, "ResourceNotFound", "Not found."],
    ["a code and a detail", 409, { code: "in_use", detail: "It is used." }, "OperationNotAllowed", "in_use: It is used."],
    ["a bare text", 503, "Max allowed API tokens reached", "ServiceUnavailable", "Max allowed API tokens reached"],
    ["an error that was rehearsed", 400, { error: "no room", success: false }, "InvalidRequestContent", "no room"],
    ["a status nobody knows", 418, {}, "InvalidRequestContent", "answered 418 to POST /views/."],
    ["a failure", 500, "", "OperationFailed", "answered 500"],
  ])("as %s keeps its words", (_, status, body, code, told) => {
    const error = errorOf(status, body);
    expect(error.code).toBe(code);
    expect(error.message).toContain(told);
  });

  it("of fields names them all as targets", () => {
    const error = errorOf(400, { policy_id: ["This field is required."], size: ["Too small.", "Odd."] });
    expect(error.details.map(({ target, message }) => `${target ?? ""} ${message}`)).toEqual(["properties.policy_id This field is required.", "properties.size Too small.", "properties.size Odd."]);
    expect(error.target).toBe("properties.policy_id");
  });

  it("never repeats a secret that was sent, nor that the control plane's own sign-in was refused in the engine's words", () => {
    expect(errorOf(400, { password: ["'hunter22' is too common"] }, ["hunter22"]).message).not.toContain("hunter22");
    expect(errorOf(401, { detail: "Invalid token abc." }).message).not.toContain("abc");
  });
});
