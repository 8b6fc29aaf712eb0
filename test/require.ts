// What a test needs of the machine. A missing need skips with its reason in the name; where everything is
// required (REQUIRE_ALL=1, as in CI) the same miss is a failure, so a green run there skipped nothing.
import { describe, it } from "vitest";

/** `missing` is the reason the tests cannot run here, or null when they can. */
export function describeWhen(missing: string | null, name: string, body: () => void): void {
  if (missing === null) {
    describe(name, body);
    return;
  }
  if (process.env["REQUIRE_ALL"] === "1") {
    describe(name, () => {
      it("has what it needs on this machine", () => {
        throw new Error(`${missing}. REQUIRE_ALL=1 turns this skip into a failure: provide it or unset REQUIRE_ALL.`);
      });
    });
    return;
  }
  describe.skip(`${name} [skipped: ${missing}]`, body);
}
