// The allow-list of suppressions is complete in both directions.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkSuppressions } from "./suppressions.ts";

const entry = { rule: "lib/rule", place: "service/main.tsp: model Thing {}", reason: "Because." };

describe("suppressions", () => {
  let dir = "";
  beforeEach(async () => {
    dir = await mkdtemp(path.join(tmpdir(), "cynosure-suppressions-"));
    await mkdir(path.join(dir, "service"));
  });
  afterEach(async () => {
    await rm(dir, { recursive: true, force: true });
  });
  const write = async (source: string, list: unknown[]): Promise<void> => {
    await writeFile(path.join(dir, "service/main.tsp"), source);
    await writeFile(path.join(dir, "suppressions.json"), JSON.stringify({ suppressions: list }));
  };

  it("pass when sources and list agree", async () => {
    await write('#suppress "lib/rule" "Because."\nmodel Thing {}\n', [entry]);
    await expect(checkSuppressions(dir)).resolves.toBeUndefined();
  });

  it("fail when a source suppresses what the list does not allow", async () => {
    await write('#suppress "lib/rule" "Because."\nmodel Thing {}\n', []);
    await expect(checkSuppressions(dir)).rejects.toThrow("not in spec/suppressions.json: lib/rule");
  });

  it("fail when the list allows what no source needs any more", async () => {
    await write("model Thing {}\n", [entry]);
    await expect(checkSuppressions(dir)).rejects.toThrow("but not in the sources: lib/rule");
  });

  it("fail when the reasons differ or one is empty", async () => {
    await write('#suppress "lib/rule" "Another."\nmodel Thing {}\n', [entry]);
    await expect(checkSuppressions(dir)).rejects.toThrow("because Another.");
    await write('#suppress "lib/rule" ""\nmodel Thing {}\n', [entry]);
    await expect(checkSuppressions(dir)).rejects.toThrow("without a rule and a reason");
  });
});
