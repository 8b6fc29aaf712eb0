// `cynosure size` as people and programs meet it: exit codes, files, errors that name path, reason and remedy.
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { SizingAnswer } from "@cynosure/sdk";
import { runSize } from "./run-size.ts";

const root = join(import.meta.dirname, "..", "..", "..", "..");
const scratch = mkdtempSync(join(tmpdir(), "cynosure-size-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const example = (name: string): string => join(root, "examples", "requirements", `${name}.yaml`);

interface Said {
  json: unknown;
  lines: readonly string[];
  readonly notes: string[];
}

async function size(path: string, flags: Parameters<typeof runSize>[1] = {}): Promise<Said & { readonly exitCode: number }> {
  const said: Said = { json: null, lines: [], notes: [] };
  const output = { isJson: false, notes: process.stderr, note: (line: string) => void said.notes.push(line), result: (json: unknown, lines: readonly string[]) => void Object.assign(said, { json, lines }) };
  const exitCode = await runSize(path, flags, output, "2026-12-01");
  return { ...said, exitCode };
}

/** A file with the given site, and what is said of it. */
async function refusalOf(site: string, more = ""): Promise<string> {
  const path = join(scratch, "wrong.yaml");
  writeFileSync(path, `apiVersion: cynosure/v1\nkind: Requirement\nname: wrong\n${more}sites:\n  - ${site}\n`);
  const error: unknown = await size(path).then(() => null, (reason: unknown) => reason);
  expect(error).toMatchObject({ exitCode: 2 });
  return error instanceof Error ? error.message.replaceAll(scratch, "") : "";
}

const fileSystem = (change: string): string => `{ name: here, location: uksouth, fileSystems: [{ name: home, usableCapacityGB: 8000, protocols: [nfs], protection: { hostFailures: 1 }${change} }] }`;

describe("cynosure size", () => {
  it("ends with 0 when each site has an option, and answers in the shape of the ARM action", async () => {
    const { exitCode, json, lines } = await size(example("proof-of-concept-azure"));
    expect(exitCode).toBe(0);
    const answer = json as SizingAnswer; // the answer of the command
    expect(answer).toMatchObject({ requirementName: "proof-of-concept-azure", sites: [{ siteName: "trial" }], problems: [] });
    expect(answer.sites[0]?.options[0]).toMatchObject({ rank: 1, hostCount: 8, clusters: [{ cluster: { location: "uksouth", properties: { substrate: "azure", hosts: { size: "Standard_L160iaos_v5", count: 8 } } }, fileSystems: [{ name: "data" }], buckets: [{ name: "results" }] }] });
    expect(lines.join("\n")).toContain("Option 1: 8 x Standard_L160iaos_v5 in uksouth");
  });

  it("ends with 7 when a site has none, and shows what contradicts with the least that would have to give", async () => {
    const { exitCode, lines } = await size(example("impossible"));
    expect(exitCode).toBe(7);
    expect(lines.join("\n")).toMatch(/What contradicts: clients' reads[^]*The least that would have to give/);
  });

  it("shows every option with --all, and one site with --site", async () => {
    const every = await size(example("research-centre"), { all: true, site: "north" });
    expect(every.lines.join("\n")).toContain("Option 2:");
    expect((every.json as SizingAnswer).sites.map((site) => site.siteName)).toEqual(["north"]); // the answer of the command
    await expect(size(example("research-centre"), { site: "west" })).rejects.toMatchObject({ exitCode: 2, message: '--site is "west", which the requirement does not have; sites: north, south' });
  });

  it("writes the report where --html says, or says why it cannot", async () => {
    const path = join(scratch, "report.html");
    const { notes } = await size(example("proof-of-concept"), { html: path });
    expect(notes).toEqual([`Written: ${path}`]);
    expect(readFileSync(path, "utf8")).toMatch(/^<!doctype html>/);
    await expect(size(example("proof-of-concept"), { html: join(scratch, "nowhere", "report.html") })).rejects.toMatchObject({ exitCode: 2, message: expect.stringMatching(/--html .* cannot be written: ENOENT/) as string });
  });

  it("takes sizes and prices of the user's own", async () => {
    const prices = join(scratch, "prices.yaml");
    writeFileSync(prices, "source: a contract, fictional\nasOf: '2026-12-01'\nprices:\n  - { size: Wanted_800G_300TB, region: uksouth, term: payAsYouGo, usdPerHour: 100 }\n");
    const { json } = await size(example("hypothetical-size"), { catalogue: join(root, "examples", "catalogues", "what-if.yaml"), prices });
    const best = (json as SizingAnswer).sites[0]?.options[0];
    expect(best).toMatchObject({ hostSize: "Wanted_800G_300TB", hypothetical: true, cost: { verdict: "determined", usdPerMonth: (best?.hostCount ?? 0) * 100 * 730 } });
  });

  it("a shipped schema says the same of a file as the command: an editor may check it", () => {
    const schema = JSON.parse(readFileSync(join(root, "spec", "json-schema", "requirement.json"), "utf8")) as { additionalProperties: boolean; required: string[] };
    expect(schema).toMatchObject({ additionalProperties: false, required: ["apiVersion", "kind", "name", "sites"] });
  });
});

describe("what cannot be right", () => {
  it.each<[string, string, RegExp]>([
    ["a region that is misspelt", fileSystem("").replace("uksouth", "uksouht"), /^the requirement is not valid:\n\/wrong.yaml:5: sites\[0\].location is "uksouht", .*did you mean "uksouth"\?/],
    ["a region by its display name", fileSystem("").replace("uksouth", "UK South"), /did you mean "uksouth"\?/],
    ["ten exabytes", fileSystem("").replace("8000", "10000000000"), /usableCapacityGB is 10000000000; use 1 to 1000000000/],
    ["no capacity", fileSystem("").replace("8000", "0"), /usableCapacityGB is 0; use 1 to 1000000000/],
    ["a negative rate", fileSystem(", throughput: { readGBps: -1 }"), /readGBps is -1; it cannot be negative: use 0 to 1000000/],
    ["a misspelt key", fileSystem(", troughput: { readGBps: 1 }"), /troughput unknown key; did you mean "throughput"\?/],
    ["a misspelt value", fileSystem("").replace("[nfs]", "[nsf]"), /protocols\[0\] is "nsf"; did you mean "nfs"\?/],
    ["nothing", "{ name: here, location: uksouth }", /sites\[0\] Nothing is asked for here. Give fileSystems, buckets or hosts.count./],
    ["racks beyond hosts", fileSystem("").replace("hostFailures: 1", "hostFailures: 1, rackFailures: 2"), /wrong.yaml:5: sites\[0\].fileSystems\[0\].protection.rackFailures/],
    ["a fixed count for several clusters", fileSystem("").replace("location", "hosts: { count: 8 }, consolidation: { mayShare: [[home], [scratch]] }, location").replace("fileSystems: [", "fileSystems: [{ name: scratch, usableCapacityGB: 1, protocols: [nfs], protection: { hostFailures: 1 } }, "), /wrong.yaml:5: sites\[0\].hosts/],
  ])("%s is refused with line, path, reason and remedy", async (_name, site, message) => {
    expect(await refusalOf(site)).toMatch(message);
  });

  it("a file that is not there, and one that is empty", async () => {
    await expect(size(join(scratch, "none.yaml"))).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining("ENOENT") as string });
    const path = join(scratch, "empty.yaml");
    writeFileSync(path, "");
    await expect(size(path)).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining("the file is empty") as string });
  });
});

describe("the program", () => {
  const run = (args: readonly string[]): Promise<{ code: unknown; stdout: string; stderr: string }> =>
    new Promise((resolve) => {
      const env = { ...process.env, CYNOSURE_HOME: join(scratch, "home"), XDG_CONFIG_HOME: scratch };
      execFile(process.execPath, [join(root, "apps/cli/bin/cynosure.js"), ...args], { env, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => resolve({ code: error?.code ?? 0, stdout, stderr }));
    });

  it("gives a pipe the whole answer, needs no control plane and makes no data directory", async () => {
    const { code, stdout } = await run(["size", example("ai-training"), "--json"]);
    expect([code, stdout.length > 65_536, existsSync(join(scratch, "home"))]).toEqual([0, true, false]);
    expect((JSON.parse(stdout) as SizingAnswer).sites[0]?.options.length).toBeGreaterThan(0); // the answer of the command
  });

  it("ends with the documented codes, and says what is wrong as JSON where that is asked for", async () => {
    expect((await run(["size", example("impossible"), "--json"])).code).toBe(7);
    const { code, stderr } = await run(["size", join(scratch, "none.yaml"), "--json"]);
    expect([code, JSON.parse(stderr)]).toMatchObject([2, { error: { message: expect.stringContaining("none.yaml") as string } }]);
  });
});
