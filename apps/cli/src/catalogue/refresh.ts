// `cynosure catalogue refresh`: prices of the catalogue's sizes into a dated file, whole or not at all.
import { closeSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import type { Catalogue } from "@cynosure/model";
import { CommandError, ExitCode } from "../exit-code.ts";
import type { Output } from "../output.ts";
import { checkEndpoint } from "./retail-http.ts";
import { readRetailPrices, RETAIL_API_VERSION, type RetailPrices } from "./retail-prices.ts";
import { sentences } from "./sourced-lines.ts";

export interface RefreshOptions {
  readonly regions: string | undefined;
  readonly out: string | undefined;
  readonly endpoint: string;
  /** Shorter in tests. */
  readonly timeoutMs?: number;
  readonly retryDelayMs?: number;
}

const REGION = /^[a-z0-9]{2,40}$/;
const TIMEOUT_MS = 60_000;
const RETRY_DELAY_MS = 1_000;

export async function refreshPrices(catalogue: Catalogue, options: RefreshOptions, output: Output, signal: AbortSignal): Promise<void> {
  const endpoint = checkEndpoint(options.endpoint);
  const regions = regionsOf(options.regions);
  const today = new Date().toISOString().slice(0, 10);
  const path = options.out ?? `azure-prices-${today}.json`;
  const sizes = catalogue.sizes.filter((size) => size.substrate === "azure" && !size.hypothetical).map((size) => size.name);
  // Before anything is fetched: what cannot be written need not be read.
  const file = openNew(path);
  try {
    const fetching = { signal, timeoutMs: options.timeoutMs ?? TIMEOUT_MS, retryDelayMs: options.retryDelayMs ?? RETRY_DELAY_MS, note: (line: string): void => void process.stderr.write(`${line}\n`) };
    const found = await readRetailPrices({ endpoint, sizes, regions, today, fetching });
    if (found.prices.length === 0) throw new CommandError(ExitCode.failed, `${endpoint.origin} has no price for any of the ${sizes.length} sizes${regions.length === 0 ? "" : ` in ${regions.join(", ")}`}; check --regions. Nothing was written`, { code: "NoPrices" });
    writeSync(file.descriptor, priceFile(found, today, endpoint));
    signal.throwIfAborted();
    renameSync(file.temporary, path);
    report(found, path, sizes.length, today, output);
  } finally {
    closeSync(file.descriptor);
    rmSync(file.temporary, { force: true });
  }
}

function regionsOf(text: string | undefined): string[] {
  if (text === undefined) return [];
  const regions = [...new Set(text.split(",").map((region) => region.trim()))];
  const wrong = regions.find((region) => !REGION.test(region));
  if (wrong !== undefined) throw new CommandError(ExitCode.usage, `--regions has ${JSON.stringify(wrong.slice(0, 60))}; write regions as Azure names them, with commas: uksouth,northeurope`);
  return regions;
}

function openNew(path: string): { readonly descriptor: number; readonly temporary: string } {
  const temporary = `${path}.${process.pid}.new`;
  try {
    return { descriptor: openSync(temporary, "wx", 0o644), temporary };
  } catch (cause) {
    throw new CommandError(ExitCode.usage, `${path} cannot be written (${cause instanceof Error ? cause.message : String(cause)}); name another with --out`, { cause });
  }
}

/** One price a line, so that two files can be compared line by line. */
function priceFile({ prices }: RetailPrices, today: string, endpoint: URL): string {
  const source = `Azure Retail Prices API (${endpoint.host}, ${RETAIL_API_VERSION}): Linux, pay as you go and reserved, US dollars`;
  return `{"asOf":${JSON.stringify(today)},"source":${JSON.stringify(source)},"prices":[\n${prices.map((price) => JSON.stringify(price)).join(",\n")}\n]}\n`;
}

function report(found: RetailPrices, path: string, sizeCount: number, today: string, output: Output): void {
  const regionCount = new Set(found.prices.map((price) => price.region)).size;
  const missing = found.sizesWithoutPrice;
  output.result({ file: path, asOf: today, prices: found.prices.length, sizes: sizeCount - missing.length, regions: regionCount, pages: found.pageCount, sizesWithoutPrice: missing }, [
    `wrote ${found.prices.length} prices of ${sizeCount - missing.length} sizes in ${regionCount} regions to ${path}`,
    ...(missing.length === 0 ? [] : sentences([`No price, so cost stays undetermined: ${missing.join(" ")}`], "")),
    `use it with: cynosure size FILE --prices ${path}`,
  ]);
}
