import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { catalogue, knownPrices } from "@cynosure/sizing";
import { readCatalogueFile, readPriceFile } from "./user-files.ts";

const scratch = mkdtempSync(join(tmpdir(), "cynosure-user-files-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const file = (text: string | Buffer): string => {
  const path = join(scratch, "file.yaml");
  writeFileSync(path, text);
  return path;
};
const refusal = (text: string | Buffer): string => {
  try {
    readCatalogueFile(file(text), catalogue);
  } catch (error) {
    expect(error).toMatchObject({ exitCode: 2 });
    return error instanceof Error ? error.message.replaceAll(`${scratch}/`, "") : "";
  }
  return "accepted";
};

const yaml = `# What if there were such a size?
sizes:
  - name: what-if-800
    hypothetical: true
    substrate: azure
    source: our wish
    asOf: 2026-11-01
    vcpus: 192
    drives: { count: 12, driveGB: 25600, isEphemeral: true }
    egressMbps: 800000
    regions: [uksouth]
`;

describe("a file of one's own sizes", () => {
  it("is YAML or JSON and stands beside the public sizes", () => {
    const own = readCatalogueFile(file(yaml), catalogue).sizes.at(-1);
    expect(own).toMatchObject({ name: "what-if-800", hypothetical: true, egressMbps: { value: 800_000, source: "our wish", asOf: "2026-11-01" }, availability: [{ regions: ["uksouth"], isComplete: false }] });
    const json = JSON.stringify({ sizes: [{ name: "x", hypothetical: true, substrate: "bareMetal", source: "our wish", asOf: "2026-11-01" }] });
    expect(readCatalogueFile(file(json), catalogue).sizes.at(-1)).toMatchObject({ name: "x", substrate: "bareMetal" });
    expect(readCatalogueFile(file("{ sizes: [] }"), catalogue).sizes).toHaveLength(catalogue.sizes.length);
  });

  it("is refused with line, path and what is allowed, all at once", () => {
    expect(refusal(yaml.replace("vcpus: 192", "vcpu: 192").replace("800000", "-1")).split("\n")).toEqual([
      expect.stringMatching(/^file\.yaml:8: sizes\[0\]\.vcpu unknown key; allowed here: name, /),
      expect.stringMatching(/^file\.yaml:10: sizes\[0\]\.egressMbps is -1; use a number from 0/),
    ]);
    expect(refusal(yaml.replace("    hypothetical: true\n", ""))).toBe("file.yaml:3: sizes[0].hypothetical is missing; add it");
    expect(refusal(yaml.replace("what-if-800", "Standard_L8s_v3"))).toMatch(/^file\.yaml:3: sizes\[0\]\.name is Standard_L8s_v3, which is a public size/);
  });

  it.each([
    ["nothing", "", /^file\.yaml: it is empty; docs\/reference\/catalogue\.md has the shape/],
    ["no map", "- 1\n", /^file\.yaml:1: the file is \[1\]; it must be a map of keys and values: sizes/],
    ["two documents", "sizes: []\n---\nsizes: []\n", /holds more than one document/],
    ["a key twice", "sizes: []\nsizes: []\n", /^file\.yaml:2: Map keys must be unique/],
    ["no YAML", "sizes: [\n", /^file\.yaml:\d: /],
    ["no text", Buffer.from([0x73, 0xff, 0xfe]), /it is not UTF-8 text/],
    ["a bomb of aliases", `a: &a [1,1,1,1,1,1,1,1,1,1]\nb: &b [${"*a,".repeat(10)}]\nc: &c [${"*b,".repeat(10)}]\nsizes: [${"*c,".repeat(10)}]\n`, /nests or repeats too much/],
    ["a thousand lists in lists", "[".repeat(100_000), /nests deeper than 64 levels/],
    ["too much YAML", `# ${"x".repeat(600_000)}`, /is over 524288 bytes of YAML; split it or write it as JSON/],
  ])("that is %s is refused", (_name, text, message) => {
    expect(refusal(text)).toMatch(message);
  });

  it("that is not there or no file is refused without waiting", () => {
    expect(() => readCatalogueFile(join(scratch, "missing"), catalogue)).toThrow(/cannot be opened \(ENOENT.*give the path of a file that is there/);
    mkdirSync(join(scratch, "folder"));
    expect(() => readCatalogueFile(join(scratch, "folder"), catalogue)).toThrow(/is not a regular file|EISDIR/);
  });
});

describe("a file of one's own prices", () => {
  it("goes over the known prices, in YAML or JSON, with the line of what is wrong", () => {
    const text = "source: our contract\nasOf: 2026-11-01\nprices:\n  - { size: Standard_L8aos_v5, region: eastus, term: payAsYouGo, usdPerHour: 0.9 }\n";
    const book = readPriceFile(file(text), knownPrices);
    expect(book.prices).toHaveLength(knownPrices.prices.length);
    expect(book.prices.find((price) => price.size === "Standard_L8aos_v5")).toMatchObject({ usdPerHour: 0.9, source: "our contract" });
    expect(() => readPriceFile(file(text.replace("payAsYouGo", "spot")), knownPrices)).toThrow(/file\.yaml:4: prices\[0\]\.term is "spot"; allowed: payAsYouGo, reserved1Year, reserved3Years/);
  });
});

describe("the files that docs/reference/catalogue.md shows", () => {
  const page = readFileSync(new URL("../../../../docs/reference/catalogue.md", import.meta.url), "utf8");
  const [sizes = "", prices = "", ...more] = [...page.matchAll(/```yaml\n([^]*?)```/g)].map(([, text]) => text);

  it("are read as they stand", () => {
    expect(more).toEqual([]);
    expect(readCatalogueFile(file(sizes), catalogue).sizes.at(-1)).toMatchObject({ name: "what-if-800", hypothetical: true });
    expect(readPriceFile(file(prices), knownPrices).prices.slice(-2)).toMatchObject([{ source: "our enterprise agreement", asOf: "2026-11-22" }, { source: "quotation 4711", asOf: "2026-11-01" }]);
  });
});
