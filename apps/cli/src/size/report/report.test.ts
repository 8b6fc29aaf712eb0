// The report stands alone and cannot be broken by what is put into it.
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SizingAnswer } from "@cynosure/sdk";
import { sizeFile } from "../size-file.ts";
import { linearScale, roundStep } from "./axis.ts";
import { barChart } from "./bar-chart.ts";
import { escapeText, html } from "./markup.ts";
import { renderReport } from "./report.ts";

const root = join(import.meta.dirname, "..", "..", "..", "..", "..");
const sized = (name: string, catalogue: string | null = null): ReturnType<typeof sizeFile> =>
  sizeFile({ path: join(root, "examples", "requirements", `${name}.yaml`), cataloguePath: catalogue === null ? null : join(root, "examples", "catalogues", catalogue), pricesPath: null, today: "2026-12-01" });
const page = async (name: string, catalogue: string | null = null): Promise<string> => renderReport({ ...(await sized(name, catalogue)), today: "2026-12-01" });

/** Every element that is opened is closed, in order; void ones are not opened. */
function unclosed(text: string): string[] {
  const open: string[] = [];
  for (const [, slash, name = "", selfClosing] of text.replace(/<style>[^]*?<\/style>/, "").matchAll(/<(\/?)([a-z][a-z0-9]*)(?:\s[^<>]*?)?(\/?)>/gi)) {
    if (selfClosing === "/" || ["meta", "br"].includes(name)) continue;
    if (slash === "") open.push(name);
    else if (open.pop() !== name) return [`</${name}>`];
  }
  return open;
}

describe("the report", () => {
  it.each([["research-centre", null], ["bare-metal-room", "room-servers.yaml"], ["impossible", null], ["proof-of-concept", null]] as const)("of %s needs nothing from anywhere, runs nothing and is well formed", async (name, catalogue) => {
    const text = await page(name, catalogue);
    expect(text).not.toMatch(/<script|<link|<img|<iframe|<object|<embed|@import|url\(|\son[a-z]+=|javascript:/i);
    expect([...text.matchAll(/\b(?:src|href|action|poster|srcset|xlink:href)\s*=/gi)]).toEqual([]);
    expect(text).toContain(`http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"`);
    expect(unclosed(text)).toEqual([]);
  });

  it("has a title and a description for every chart, and a table with its numbers", async () => {
    const text = await page("ai-training");
    const charts = [...text.matchAll(/<svg [^>]*role="img" aria-label="[^"]+"><title>[^<]+<\/title><desc>[^<]+<\/desc>/g)];
    expect(charts.length).toBe([...text.matchAll(/<svg /g)].length);
    for (const title of ["Usable capacity of cluster", "Throughput of cluster", "Slack by limit", "Cost a month by option"]) expect(text).toContain(`<title>${title}`);
    for (const caption of ["What so many hosts hold", "Limits of cluster", "Options, best first"]) expect(text).toContain(`<caption>${caption}`);
    expect([...text.matchAll(/<table>/g)].length).toBe([...text.matchAll(/<caption>/g)].length);
  });

  it("draws hosts where no cost is known, and says that it is not known", async () => {
    const text = await page("research-centre");
    expect(text).toContain("<title>Hosts by option</title>");
    expect(text).toContain("there is no cost to compare");
  });

  it("marks what is hypothetical or simulated wherever it shows a result", async () => {
    const all = await sized("hypothetical-size", "what-if.yaml");
    const text = renderReport({ ...all, today: "2026-12-01" });
    for (const heading of ["<h1>", "<h3>", '<dd>']) expect(text).toContain(`${heading}<span class="mark">HYPOTHETICAL</span>`);
    expect(text).not.toContain("SIMULATED");
    expect(renderReport({ ...all, answer: { ...all.answer, isSimulated: true }, today: "2026-12-01" })).toContain('<span class="mark">SIMULATED HYPOTHETICAL</span>');
  });

  it("escapes every word of an answer, wherever it stands", async () => {
    const all = await sized("bare-metal-room", "room-servers.yaml");
    const evil = `"><script>alert('1')</script><!--&amp;\u0007`;
    const poisoned = JSON.parse(JSON.stringify(all.answer), (_key, value: unknown) => (typeof value === "string" ? value + evil : value)) as SizingAnswer;
    const text = renderReport({ answer: poisoned, today: evil, hypotheticalSizes: new Set([evil]), frontierOf: () => [{ clusterName: evil, hostSize: evil, chosenHosts: 4, askedTB: 1, askedGBps: 1, points: [{ hosts: 4, capacityTB: 2, throughputGBps: 2, throughputLimit: evil }] }] });
    expect(text).not.toMatch(/<script|<!--|\u0007/);
    expect(text).toContain("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;");
    expect(unclosed(text)).toEqual([]);
  });
});

describe("its parts", () => {
  it("markup takes any text as text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const { markup } = html`<p title="${text}">${text}</p>`;
        expect(markup.match(/[<>"]/g)?.join("")).toBe(`<"">` + `<>`);
        expect(escapeText(text)).not.toMatch(/[<>"']/);
      }),
    );
  });

  it("scales have round ticks that hold every value", () => {
    expect([roundStep(10, 5), roundStep(11, 5), roundStep(0.3, 5), roundStep(0, 5)]).toEqual([2, 5, 0.1, 1]);
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e12, noNaN: true }), (to) => {
        const scale = linearScale({ from: 0, to }, { from: 0, to: 100 }, 5);
        expect(scale.ticks.at(-1) ?? 0).toBeGreaterThanOrEqual(to * (1 - 1e-9));
        expect(scale.ticks.length).toBeLessThanOrEqual(7);
        expect(scale.at(to)).toBeLessThanOrEqual(100 + 1e-6);
      }),
    );
  });

  it("bars without a number say why, and bars beyond the scale say that they are cut", () => {
    const { markup } = barChart([{ label: "a", value: null, text: "undetermined", emphasis: "none" }, { label: "b", value: 9, text: "900 %", emphasis: "none" }], { title: "t", description: "d", tickText: String, valueMax: 3 });
    expect([...markup.matchAll(/<rect/g)]).toHaveLength(1);
    expect(markup).toContain(">undetermined<");
    expect(markup).toContain("→ 900 %");
  });
});
