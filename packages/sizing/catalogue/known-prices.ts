// The few prices that are public with their region. `cynosure catalogue refresh` reads the rest into a file. Prices
// without a region are remarks on their sizes.
import type { Price, PriceBook } from "@cynosure/model";
import { v5Digest } from "./pages.ts";

const payAsYouGo = (size: string, usdPerHour: number, regions: readonly string[]): Price[] => regions.map((region) => ({ size: `Standard_${size}`, region, term: "payAsYouGo", usdPerHour, ...v5Digest }));

export const knownPrices: PriceBook = {
  asOf: v5Digest.asOf,
  prices: [
    ...payAsYouGo("L8aos_v5", 1.219, ["eastus"]),
    ...payAsYouGo("L16aos_v5", 2.438, ["eastus"]),
    ...payAsYouGo("L8as_v5", 0.814, ["westus2", "westus3"]),
    ...payAsYouGo("L8as_v5", 1.164, ["northeurope", "westeurope"]),
  ],
};
