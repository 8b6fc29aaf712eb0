import { describe, expect, it } from "vitest";
import type { Price } from "@cynosure/model";
import { knownPrices, mergePrices, parsePriceFile } from "./index.ts";

const price: Price = { size: "Standard_L8aos_v5", region: "uksouth", term: "payAsYouGo", usdPerHour: 1.3, source: "our contract", asOf: "2026-11-01" };
const problemsOf = (value: unknown): string[] => {
  const result = parsePriceFile(value);
  return result.ok ? [] : result.problems.map(({ target, message }) => `${target} ${message}`);
};

describe("a price file", () => {
  it("gives prices with their own source and date, or with those of the whole file", () => {
    const bare = { size: price.size, region: price.region, term: price.term, usdPerHour: price.usdPerHour };
    expect(parsePriceFile({ prices: [price] })).toEqual({ ok: true, prices: { asOf: "2026-11-01", prices: [price] } });
    expect(parsePriceFile({ source: "our contract", asOf: "2026-11-01", prices: [bare] })).toEqual({ ok: true, prices: { asOf: "2026-11-01", prices: [price] } });
    expect(problemsOf({ prices: [bare] })).toEqual(["prices[0].source is missing; add it", "prices[0].asOf is missing; add it"]);
  });

  it.each([
    ["a misspelt key", { prices: [{ ...price, usd: 1 }] }, /^prices\[0\]\.usd unknown key; allowed here: size, region, term, usdPerHour/],
    ["another term", { prices: [{ ...price, term: "spot" }] }, /^prices\[0\]\.term is "spot"; allowed: payAsYouGo, reserved1Year, reserved3Years/],
    ["a price below nothing", { prices: [{ ...price, usdPerHour: -0.1 }] }, /^prices\[0\]\.usdPerHour is -0\.1; use a number from 0 to 100000/],
    ["a price as text", { prices: [{ ...price, usdPerHour: "1.3" }] }, /^prices\[0\]\.usdPerHour is "1\.3"/],
    ["an empty price", { prices: [{ ...price, usdPerHour: null }] }, /^prices\[0\]\.usdPerHour is empty; leave the whole price out/],
    ["the same price twice", { prices: [price, { ...price, usdPerHour: 2 }] }, /^prices\[1\] is the price of Standard_L8aos_v5 uksouth payAsYouGo again, as prices\[0\]; keep one/],
    ["a region with a space", { prices: [{ ...price, region: "UK South" }] }, /^prices\[0\]\.region is "UK South"; it must be a region/],
    ["no list", { prices: price }, /^prices is .*; it must be a list/],
    ["no map", null, /^ is null; it must be a map/],
  ])("is refused for %s with its path and what is allowed", (_name, value, message) => {
    expect(problemsOf(value)[0]).toMatch(message);
  });

  it("goes over known prices size by size, region by region, term by term", () => {
    const merged = mergePrices(knownPrices, { asOf: "2026-11-01", prices: [{ ...price, region: "eastus" }, { ...price, term: "reserved3Years" }] });
    expect(merged.asOf).toBe("2026-11-01");
    expect(merged.prices).toHaveLength(knownPrices.prices.length + 1);
    expect(merged.prices.filter((each) => each.size === price.size && each.region === "eastus")).toMatchObject([{ usdPerHour: 1.3, source: "our contract" }]);
  });
});
