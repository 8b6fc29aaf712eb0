// The shipped examples, each as a table and as JSON beside golden/: people review their diffs. UPDATE_GOLDEN=1 rewrites. Of the JSON the
// best option of a site is kept whole and of the others what ranks them. The day is fixed; the catalogue is the product's own.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { SizingAnswer } from "@cynosure/sdk";
import { describeAnswer } from "./describe-answer.ts";
import { sizeFile } from "./size-file.ts";

const TODAY = "2026-12-01";
const root = join(import.meta.dirname, "..", "..", "..", "..");
const golden = join(import.meta.dirname, "golden");
const catalogues: Readonly<Record<string, string>> = { "hypothetical-size": "what-if.yaml", "bare-metal-room": "room-servers.yaml" };
const names = readdirSync(join(root, "examples", "requirements")).filter((file) => file.endsWith(".yaml")).map((file) => file.replace(".yaml", ""));

const sized = (name: string): ReturnType<typeof sizeFile> => {
  const catalogue = catalogues[name];
  return sizeFile({ path: join(root, "examples", "requirements", `${name}.yaml`), cataloguePath: catalogue === undefined ? null : join(root, "examples", "catalogues", catalogue), pricesPath: null, today: TODAY });
};

function compare(file: string, text: string): void {
  const path = join(golden, file);
  if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(path, text);
  expect(text).toBe(readFileSync(path, "utf8"));
}

function forReview(answer: SizingAnswer): unknown {
  return { ...answer, sites: answer.sites.map((site) => ({ ...site, options: site.options.map((option) => (option.rank === 1 ? option : { rank: option.rank, location: option.location, hostSize: option.hostSize, hostCount: option.hostCount, hypothetical: option.hypothetical, binding: option.binding, undetermined: option.undetermined, usdPerMonth: option.cost.usdPerMonth })) })) };
}

describe("the examples", () => {
  it("are those that examples/README.md names, each with its command", () => {
    const page = readFileSync(join(root, "examples", "README.md"), "utf8");
    for (const name of names) expect(page).toContain(`npx cynosure size examples/requirements/${name}.yaml${catalogues[name] === undefined ? "" : ` --catalogue examples/catalogues/${catalogues[name]}`}`);
    for (const file of readdirSync(join(root, "examples", "catalogues"))) expect(page).toContain(file);
  });

  it.each(names)("%s is answered as before, in lines of at most 80 columns", async (name) => {
    const { answer, hypotheticalSizes } = await sized(name);
    const lines = describeAnswer(answer, { isAll: false, hypotheticalSizes });
    for (const line of [...lines, ...describeAnswer(answer, { isAll: true, hypotheticalSizes })]) expect(line.length).toBeLessThanOrEqual(80);
    compare(`${name}.txt`, `${lines.join("\n")}\n`);
    compare(`${name}.json`, `${JSON.stringify(forReview(answer), null, 1)}\n`);
  });

  it("research-centre has an option at each site in the customer's tenant, and prices writing at the same time", async () => {
    const { answer } = await sized("research-centre");
    expect(answer.sites.map((site) => site.siteName)).toEqual(["north", "south"]);
    for (const { options, clauses } of answer.sites) {
      expect(options[0]).toMatchObject({ rank: 1, deploymentMode: "customerTenant" });
      expect(options[0]?.undetermined).toContain("budget");
      expect(clauses.map((clause) => clause.statement).join("\n")).toMatch(/[Ww]riting at the same time as reading costs/);
    }
  });

  it("proof-of-concept-azure prefers 200 Gb/s beside the clients, then 40 Gb/s there, then another region", async () => {
    const { answer } = await sized("proof-of-concept-azure");
    const options = answer.sites[0]?.options ?? [];
    expect([options[0]?.hostSize, options[0]?.location, options[0]?.hostCount]).toEqual(["Standard_L160iaos_v5", "uksouth", 8]);
    expect(options[0]?.fallbackLadder.length).toBeGreaterThan(0);
  });

  it("hypothetical-size says of everything built on the wish that it is hypothetical", async () => {
    const { answer, hypotheticalSizes } = await sized("hypothetical-size");
    expect([answer.hypothetical, answer.sites[0]?.options[0]?.hypothetical]).toEqual([true, true]);
    const text = describeAnswer(answer, { isAll: false, hypotheticalSizes });
    for (const line of text.filter((each) => /^\S*\s?Site |Option 1|Sizing of|Risks/.test(each))) expect(line).toContain("HYPOTHETICAL");
  });

  it("bare-metal-room has a bill of materials with hosts, ports, switches, cables and power", async () => {
    const { answer } = await sized("bare-metal-room");
    const items = answer.sites[0]?.options[0]?.billOfMaterials.map(({ item, unit }) => `${item} ${unit}`).join("\n");
    for (const word of ["hosts", "ports", "switches", "cables", "kW"]) expect(items).toContain(word);
  });

  it("impossible names what contradicts and the least that would have to give", async () => {
    const { answer } = await sized("impossible");
    expect(answer.sites[0]).toMatchObject({ options: [], contradiction: { limits: ["clients' reads", "clients' writes"], relaxation: { target: expect.stringContaining("sites[0]") as string } } });
  });
});
