// The stored facts are those of the published document, and hold none of its sentences.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { factsOf } from "@cynosure/projection";
import { describeWhen } from "../../test/require.ts";
import { storedPath, storedText } from "./main.ts";

const published = join(import.meta.dirname, "..", "..", "..", "shared", "data", "vast", "openapi.json");

describeWhen(existsSync(published) ? null : "the vendor's published document is not beside the checkout", "the stored facts of VAST", () => {
  it("are exactly what the tool makes of the published document", () => {
    expect(readFileSync(storedPath("vast"), "utf8") === storedText(factsOf(JSON.parse(readFileSync(published, "utf8"))))).toBe(true);
  });

  it("hold no sentence of it", () => {
    expect(readFileSync(storedPath("vast"), "utf8")).not.toMatch(/"(?:description|summary|title|example)":/);
  });
});
