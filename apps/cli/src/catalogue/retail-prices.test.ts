// `catalogue refresh` against a service of the shape of the Azure Retail Prices API on loopback: paging, throttling,
// broken pages, and what must be left behind when it fails: nothing.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { catalogue, knownPrices, parsePriceFile } from "@cynosure/sizing";
import type { Output } from "../output.ts";
import { refreshPrices, type RefreshOptions } from "./refresh.ts";
import { checkEndpoint } from "./retail-http.ts";
import { readPriceFile } from "./user-files.ts";

type Answer = (request: IncomingMessage, response: ServerResponse, url: URL) => void;

let scratch: string;
let server: Server;
let origin: string;
let answer: Answer;
const asked: URL[] = [];
const notes: string[] = [];
const results: unknown[] = [];
const output: Output = { isJson: true, notes: process.stderr, note: () => {}, result: (json) => void results.push(json) };

beforeEach(async () => {
  scratch = mkdtempSync(join(tmpdir(), "cynosure-prices-"));
  for (const list of [asked, notes, results]) list.length = 0;
  vi.spyOn(process.stderr, "write").mockImplementation((text) => notes.push(String(text)) > 0);
  server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", origin);
    asked.push(url);
    answer(request, response, url);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // a TCP server's address is an object
});
afterEach(async () => {
  vi.restoreAllMocks();
  server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  rmSync(scratch, { recursive: true, force: true });
});

const item = (change: Record<string, unknown> = {}): Record<string, unknown> => ({
  currencyCode: "USD", tierMinimumUnits: 0, retailPrice: 1.219, unitPrice: 1.219, armRegionName: "uksouth", location: "UK South", effectiveStartDate: "2026-09-29T00:00:00Z", meterId: "7b2d2f6e-0000-4000-8000-000000000001",
  meterName: "L8aos v5", productId: "DZH318Z0XXXX", skuId: "DZH318Z0XXXX/0001", productName: "Virtual Machines Laosv5 Series", skuName: "Standard_L8aos_v5", serviceName: "Virtual Machines", serviceId: "DZH313Z7MMC8",
  serviceFamily: "Compute", unitOfMeasure: "1 Hour", type: "Consumption", isPrimaryMeterRegion: true, armSkuName: "Standard_L8aos_v5", ...change,
});
const pageOf = (items: readonly unknown[], next: string | null = null): string => JSON.stringify({ BillingCurrency: "USD", CustomerEntityId: "Default", CustomerEntityType: "Retail", Items: items, NextPageLink: next, Count: items.length });
const hasSize = (url: URL, size: string): boolean => url.searchParams.get("$filter")?.includes(`'${size}'`) ?? false;
const send = (response: ServerResponse, body: string, status = 200, headers: Record<string, string> = {}): void => void response.writeHead(status, { "content-type": "application/json", ...headers }).end(body);
/** The items where L8aos_v5 is asked for, nothing elsewhere. */
const onlyFor = (items: readonly unknown[]): Answer => (_request, response, url) => send(response, pageOf(hasSize(url, "Standard_L8aos_v5") ? items : []));

const out = (): string => join(scratch, "prices.json");
const refresh = (options: Partial<RefreshOptions> = {}, signal: AbortSignal = new AbortController().signal): Promise<void> => refreshPrices(catalogue, { regions: undefined, out: out(), endpoint: `${origin}/api/retail/prices`, timeoutMs: 20_000, retryDelayMs: 1, ...options }, output, signal);
const written = (): unknown => JSON.parse(readFileSync(out(), "utf8"));

describe("refreshing prices", () => {
  it("asks for all sizes, follows pages, and writes a dated file that --prices reads", async () => {
    answer = (_request, response, url) => {
      if (url.searchParams.get("$skip") === "2") return send(response, pageOf([item({ type: "Reservation", reservationTerm: "1 Year", retailPrice: 8_760, skuName: "L8aos v5" }), item({ type: "Reservation", reservationTerm: "3 Years", retailPrice: 13_140 })]));
      if (!hasSize(url, "Standard_L8aos_v5")) return send(response, pageOf([]));
      send(response, pageOf([item(), item({ armRegionName: "eastus", retailPrice: 1.5 })], `${origin}/api/retail/prices?$filter=whatever&$skip=2`));
    };
    await refresh();
    const today = new Date().toISOString().slice(0, 10);
    expect(written()).toEqual({
      asOf: today, source: expect.stringContaining("Azure Retail Prices API (127.0.0.1:") as string,
      prices: [
        { size: "Standard_L8aos_v5", region: "eastus", term: "payAsYouGo", usdPerHour: 1.5 },
        { size: "Standard_L8aos_v5", region: "uksouth", term: "payAsYouGo", usdPerHour: 1.219 },
        { size: "Standard_L8aos_v5", region: "uksouth", term: "reserved1Year", usdPerHour: 1 },
        { size: "Standard_L8aos_v5", region: "uksouth", term: "reserved3Years", usdPerHour: 0.5 },
      ],
    });
    expect(parsePriceFile(written())).toMatchObject({ ok: true, prices: { asOf: today } });
    expect(readPriceFile(out(), knownPrices).prices.find((price) => price.region === "eastus" && price.size === "Standard_L8aos_v5")?.usdPerHour).toBe(1.5);
    expect(results).toEqual([{ file: out(), asOf: today, prices: 4, sizes: 1, regions: 2, pages: 10, sizesWithoutPrice: expect.arrayContaining(["Standard_L160iaos_v5"]) as string[] }]);
    expect(asked[0]?.searchParams.get("api-version")).toBe("2023-01-01-preview");
    const sizes = new Set(asked.flatMap((url) => [...(url.searchParams.get("$filter") ?? "").matchAll(/armSkuName eq '([^']+)'/g)].map(([, name]) => name)));
    expect(sizes.size).toBe(69);
    expect(notes.at(-1)).toMatch(/^sizes 65 to 69 of 69: 4 prices on 10 pages so far/);
    expect(readdirSync(scratch)).toEqual(["prices.json"]);
  });

  it("leaves out Windows, Spot, Low Priority, Cloud Services, DevTest, other units, tiers, what has ended and what is free", async () => {
    const left = [
      { productName: "Virtual Machines Laosv5 Series Windows" }, { skuName: "Standard_L8aos_v5 Spot", meterName: "L8aos v5 Spot" }, { skuName: "Standard_L8aos_v5 Low Priority" }, { productName: "Laosv5 Series Cloud Services" },
      { type: "DevTestConsumption" }, { unitOfMeasure: "1/Month" }, { tierMinimumUnits: 100 }, { effectiveEndDate: "2020-01-01T00:00:00Z" }, { retailPrice: 0 }, { type: "Reservation", reservationTerm: "5 Years" }, { armSkuName: "" }, { armSkuName: "Standard_D2s_v5" },
    ];
    answer = onlyFor([...left.map((change) => item({ retailPrice: 99, ...change })), item()]);
    await refresh();
    expect(written()).toMatchObject({ prices: [{ size: "Standard_L8aos_v5", usdPerHour: 1.219 }] });
  });

  it("takes the primary meter of several, and of several of those the dearest", async () => {
    answer = onlyFor([item({ retailPrice: 9, isPrimaryMeterRegion: false }), item({ retailPrice: 1 }), item({ retailPrice: 2 }), item({ retailPrice: 8, isPrimaryMeterRegion: false })]);
    await refresh();
    expect(written()).toMatchObject({ prices: [{ usdPerHour: 2 }] });
  });

  it("asks only for the regions named, and refuses names that are none", async () => {
    answer = onlyFor([item()]);
    await refresh({ regions: "uksouth, northeurope,uksouth" });
    expect(asked[0]?.searchParams.get("$filter")).toContain("(armRegionName eq 'uksouth' or armRegionName eq 'northeurope')");
    for (const regions of ["", "UK South", "uksouth'", "a,,b"]) await expect(refresh({ regions })).rejects.toMatchObject({ exitCode: 2, message: expect.stringMatching(/--regions has .*write regions as Azure names them/) as string });
  });

  it("waits as the service says after 429, tries again after 503 and a cut connection, and says so", async () => {
    let calls = 0;
    answer = (request, response, url) => {
      calls += 1;
      if (calls === 1) return send(response, "{}", 429, { "retry-after": "0" });
      if (calls === 2) return send(response, "busy", 503);
      if (calls === 3) return void request.socket.destroy();
      onlyFor([item()])(request, response, url);
    };
    await refresh();
    expect(written()).toMatchObject({ prices: [{ usdPerHour: 1.219 }] });
    expect(notes.slice(0, 3)).toEqual([expect.stringMatching(/answers 429; again in 0\.0 s/), expect.stringMatching(/answers 503; again in/), expect.stringMatching(/cannot be reached \(.+\); again in/)]);
  });
});

describe("a refresh that fails", () => {
  beforeEach(() => writeFileSync(out(), "what was there before"));
  const fails = async (options: Partial<RefreshOptions> = {}, signal?: AbortSignal): Promise<{ exitCode?: number; message: string }> => {
    const error = await refresh(options, signal).then(() => null, (reason: unknown) => reason);
    expect(error).toBeInstanceOf(Error);
    expect(readdirSync(scratch)).toEqual(["prices.json"]);
    expect(readFileSync(out(), "utf8")).toBe("what was there before");
    return error as Error; // checked just above
  };

  it.each([
    ["no JSON", "<html>sorry</html>", /cannot be read: Unexpected token/],
    ["half a page", pageOf([item()]).slice(0, 200), /cannot be read: /],
    ["no items", "{}", /it has no list of Items/],
    ["an item that is none", pageOf([7]), /Items\[0\] is no object/],
    ["an item without its size", pageOf([item({ armSkuName: null })]), /Items\[0\]\.armSkuName is not text/],
    ["a price that is none", pageOf([item({ retailPrice: "1.2" })]), /Items\[0\]\.retailPrice is no price/],
    ["another currency", pageOf([item({ currencyCode: "EUR" })]), /Items\[0\] is priced in EUR, not in USD/],
    ["a link that is no text", JSON.stringify({ Items: [], NextPageLink: 7 }), /NextPageLink is neither text nor null/],
  ])("because of %s says so and leaves the old file and nothing else", async (_name, body, message) => {
    answer = (_request, response) => send(response, body);
    expect(await fails()).toMatchObject({ exitCode: 1, message: expect.stringMatching(message) as string });
    expect(asked).toHaveLength(1);
  });

  it.each([
    ["another host", (): string => "https://prices.example.com/api/retail/prices?$skip=100", /sends us on to "https:\/\/prices\.example\.com"/],
    ["another port of this one", (): string => "http://127.0.0.1:1/api/retail/prices?$skip=100", /sends us on to "http:\/\/127\.0\.0\.1:1"/],
    ["another path", (): string => `${origin}/admin`, /sends us on to/],
    ["credentials in it", (): string => `${origin.replace("//", "//a:b@")}/api/retail/prices`, /sends us on to/],
    ["the same page again", (): string => asked[0]?.href ?? "", /a page that was read already/],
  ])("because the next page has %s goes nowhere", async (_name, link, message) => {
    answer = (_request, response) => send(response, pageOf([item()], link()));
    expect(await fails()).toMatchObject({ exitCode: 1, message: expect.stringMatching(message) as string });
    expect(asked).toHaveLength(1);
  });

  it("because of a redirect does not follow it", async () => {
    answer = (_request, response) => send(response, "", 302, { location: "https://prices.example.com/" });
    expect(await fails()).toMatchObject({ exitCode: 5, message: expect.stringMatching(/answers 302, a redirect, which is not followed/) as string });
  });

  it("because it is refused, throttled for ever or asked to wait for an hour says what to do", async () => {
    answer = (_request, response) => send(response, "{}", 400);
    expect(await fails()).toMatchObject({ exitCode: 5, message: expect.stringMatching(/answers 400; check --endpoint and --regions/) as string });
    answer = (_request, response) => send(response, "{}", 429, { "retry-after": "0" });
    expect(await fails()).toMatchObject({ exitCode: 5, message: expect.stringMatching(/answers 429, 6 times in a row; try again later/) as string });
    answer = (_request, response) => send(response, "{}", 429, { "retry-after": "3600" });
    expect(await fails()).toMatchObject({ exitCode: 5, message: expect.stringMatching(/asks to wait 3600 s, more than the 300 s/) as string });
  });

  it("because nothing answers in time or nobody listens says so", async () => {
    answer = () => {};
    expect(await fails({ timeoutMs: 20 })).toMatchObject({ exitCode: 5, message: expect.stringMatching(/does not answer within 0\.02 s, 6 times in a row/) as string });
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, "127.0.0.1", resolve));
    const port = (closed.address() as AddressInfo).port; // a TCP server's address is an object
    await new Promise<void>((resolve) => closed.close(() => resolve()));
    expect(await fails({ endpoint: `http://127.0.0.1:${port}/` })).toMatchObject({ exitCode: 5, message: expect.stringMatching(/cannot be reached \(.*ECONNREFUSED/) as string });
  });

  it("because it is interrupted, in a request or in a wait, ends with that", async () => {
    const interrupted = new Error("interrupted");
    for (const [status, headers] of [[200, {}], [429, { "retry-after": "200" }]] as const) {
      const controller = new AbortController();
      answer = (_request, response) => {
        if (status === 429) send(response, "{}", status, headers);
        else response.writeHead(200);
        setImmediate(() => controller.abort(interrupted));
      };
      await fails({}, controller.signal);
    }
  });

  it("because the service knows no such price writes nothing", async () => {
    answer = (_request, response) => send(response, pageOf([]));
    expect(await fails({ regions: "atlantis" })).toMatchObject({ exitCode: 1, message: expect.stringMatching(/has no price for any of the 69 sizes in atlantis; check --regions/) as string });
  });

  it("because its file cannot be written asks nobody", async () => {
    await expect(refresh({ out: join(scratch, "no", "such", "folder.json") })).rejects.toMatchObject({ exitCode: 2, message: expect.stringMatching(/cannot be written .*name another with --out/) as string });
    expect(asked).toEqual([]);
  });
});

describe("the endpoint", () => {
  it("is https, or http on this machine, and bare", () => {
    for (const good of ["https://prices.azure.com/api/retail/prices", "http://127.0.0.1:8080/x", "http://[::1]/", "http://localhost/"]) expect(checkEndpoint(good).href).toBe(good);
    for (const bad of ["http://prices.azure.com/", "http://127.0.0.1.example.com/", "ftp://localhost/", "file:///etc/passwd", "prices", "https://a:b@prices.azure.com/", "https://prices.azure.com/?x=1"]) expect(() => checkEndpoint(bad)).toThrow(/--endpoint/);
  });
});
