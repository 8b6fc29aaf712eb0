import { afterEach, describe, expect, it, vi } from "vitest";
import { catalogue, knownPrices } from "@cynosure/sizing";
import { buildProgram } from "../program.ts";
import { describeEngines } from "./engines-view.ts";
import { describeCapabilities, describePrices, describeRegions } from "./lists-view.ts";
import { describeSize, describeSizes } from "./sizes-view.ts";

afterEach(() => vi.restoreAllMocks());

async function run(...words: string[]): Promise<string> {
  const printed: string[] = [];
  vi.spyOn(process.stdout, "write").mockImplementation((text) => printed.push(String(text)) > 0);
  await buildProgram(new AbortController().signal).command.parseAsync(["node", "cynosure", "catalogue", ...words]);
  return printed.join("");
}

describe("the catalogue in a terminal", () => {
  it("fits into 80 columns, whatever is shown", () => {
    const views = { sizes: describeSizes(catalogue.sizes), engines: describeEngines(catalogue), regions: describeRegions(catalogue), capabilities: describeCapabilities(catalogue.capabilities), prices: describePrices(knownPrices), ...Object.fromEntries(catalogue.sizes.map((size) => [size.name, describeSize(size)])) };
    for (const [name, lines] of Object.entries(views)) {
      expect(lines.length, name).toBeGreaterThan(5);
      expect(lines.filter((line) => line.length > 80), name).toEqual([]);
    }
  });

  it("marks what is unknown, contradicted and hypothetical in the table of sizes", () => {
    const lines = describeSizes(catalogue.sizes.map((size) => (size.name === "Standard_L8s_v3" ? { ...size, hypothetical: true } : size)));
    expect(lines.find((line) => line.startsWith("L8s_v3"))).toMatch(/^L8s_v3 \(!\) +8 +64 +1 x 1\.92 +2 +- +12\.5 +32$/);
    expect(lines.find((line) => line.startsWith("L96aos_v5"))).toMatch(/6 x 11\.52\* +58\.5 +27 +150 +6$/);
    expect(lines.join(" ")).toContain("(!) does not exist");
    expect(describeSizes(catalogue.sizes).join(" ")).not.toContain("(!)");
  });

  it("gives every value of a size with the number of its source, and each source once", () => {
    const text = describeSize(catalogue.sizes.find((size) => size.name === "Standard_L96aos_v5") ?? catalogue.sizes[0]!).join("\n");
    expect(text).toContain("drives                    6 [1]");
    expect(text).toContain("Another source says 9 [1].");
    expect(text.match(/laosv5-series\.md/g)).toHaveLength(1);
  });
});

describe("the commands of the catalogue", () => {
  it("print JSON with every value's source with --json", async () => {
    expect(JSON.parse(await run("sizes", "L160iaos_v5", "--json"))).toMatchObject({ name: "Standard_L160iaos_v5", egressMbps: { value: 200_000, asOf: "2026-08-18" } });
    expect(JSON.parse(await run("sizes", "--role", "client", "--json"))).toHaveLength(8);
    expect(JSON.parse(await run("engines", "--json"))).toMatchObject({ engines: [{ engine: "ceph" }, { engine: "vast" }], assumptions: { spareHosts: { value: 1 } } });
    expect(JSON.parse(await run("regions", "--json"))).toHaveLength(catalogue.regions.length);
    expect(JSON.parse(await run("capabilities", "--json"))).toEqual(catalogue.capabilities);
    expect(JSON.parse(await run("prices", "--size", "L8aos_v5", "--region", "eastus", "--json"))).toMatchObject({ prices: [{ usdPerHour: 1.219 }] });
  });

  it("print tables without", async () => {
    expect(await run("sizes", "--role", "management")).toMatch(/^size .*\nD16s_v5 +16 +64 +none/);
    expect(await run("regions")).toMatch(/^uksouth +UK South +GB +yes +\d+ +1$/m);
    expect(await run("capabilities")).toMatch(/^NOT OFFERED {2}\S+live-migration|^NOT OFFERED +live-migration: L-series$/m);
    expect(await run("prices", "--region", "nowhere")).toMatch(/^No price is known/);
  });

  it("refuse an unknown size or role with what was meant or is allowed", async () => {
    await expect(run("sizes", "L160iaos_v6")).rejects.toMatchObject({ exitCode: 3, message: expect.stringMatching(/did you mean Standard_L160iaos_v5\?/) as string });
    await expect(run("sizes", "--role", "storages")).rejects.toMatchObject({ exitCode: 2, message: '--role is "storages"; allowed: storage, client, management' });
    await expect(run("prices", "--size", "zzzzzzzz")).rejects.toMatchObject({ exitCode: 3, message: expect.stringMatching(/`cynosure catalogue sizes` lists them/) as string });
    await expect(run("sizes", "--catalogue", "/nowhere/at/all.yaml")).rejects.toMatchObject({ exitCode: 2 });
  });
});
