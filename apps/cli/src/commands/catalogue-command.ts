// `cynosure catalogue`: what is publicly known of sizes, engines, regions, capabilities and prices, with the user's own
// files over it, and `refresh`, which fetches prices. Asks no control plane.
import type { Command } from "commander";
import type { Catalogue, CatalogueSize, PriceBook } from "@cynosure/model";
import { catalogue as builtIn, knownPrices } from "@cynosure/sizing";
import { describeEngines } from "../catalogue/engines-view.ts";
import { describeCapabilities, describePrices, describeRegions } from "../catalogue/lists-view.ts";
import { refreshPrices } from "../catalogue/refresh.ts";
import { RETAIL_PRICES } from "../catalogue/retail-prices.ts";
import { describeSize, describeSizes } from "../catalogue/sizes-view.ts";
import { readCatalogueFile, readPriceFile } from "../catalogue/user-files.ts";
import { didYouMean } from "../did-you-mean.ts";
import { CommandError, ExitCode } from "../exit-code.ts";
import type { Output } from "../output.ts";

interface ListOptions {
  readonly catalogue?: string;
  readonly prices?: string;
  readonly role?: string;
  readonly size?: string;
  readonly region?: string;
}

interface RefreshFlags {
  readonly catalogue?: string;
  readonly regions?: string;
  readonly out?: string;
  readonly endpoint: string;
}

const catalogueOf = (options: { readonly catalogue?: string }): Catalogue => (options.catalogue === undefined ? builtIn : readCatalogueFile(options.catalogue, builtIn));
const CATALOGUE_FLAG = ["--catalogue <file>", "Sizes of your own, YAML or JSON, beside the public ones."] as const;

export function addCatalogueCommand(command: Command, output: () => Output, signal: AbortSignal): void {
  const catalogue = command.command("catalogue").description("What is publicly known of sizes, regions, engines and prices, each value with its source and date.");
  const list = (name: string, description: string): Command => catalogue.command(name).description(description).option(...CATALOGUE_FLAG);
  list("sizes [name]", "Sizes of hosts and clients; with a name, where each of its values is from.")
    .option("--role <role>", "Only storage, client or management.")
    .action((name: string | undefined, options: ListOptions) => showSizes(options, name, output()));
  list("engines", "What storage engines and the platform need, and what is assumed.").action((options: ListOptions) => {
    const { engines, platform, assumptions } = catalogueOf(options);
    output().result({ engines, platform, assumptions }, describeEngines({ engines, platform, assumptions }));
  });
  list("regions", "Regions, their countries, and how many sizes are known to be there.").action((options: ListOptions) => {
    const known = catalogueOf(options);
    output().result(known.regions, describeRegions(known));
  });
  list("capabilities", "RDMA, MTU, sizes and the like: requested, preview, generally available or verified.").action((options: ListOptions) => {
    const { capabilities } = catalogueOf(options);
    output().result(capabilities, describeCapabilities(capabilities));
  });
  list("prices", "Prices that are known, with their regions.")
    .option("--prices <file>", "Prices of your own, or from `catalogue refresh`; they go over the known ones.")
    .option("--size <name>", "Only of this size.")
    .option("--region <name>", "Only in this region.")
    .action((options: ListOptions) => showPrices(options, output()));
  catalogue
    .command("refresh")
    .description("Reads prices of all sizes from the public Azure Retail Prices API into a dated file.")
    .option(...CATALOGUE_FLAG)
    .option("--regions <list>", "Only these, with commas: uksouth,northeurope. Default: all.")
    .option("--out <file>", "File to write. Default: azure-prices-<date>.json.")
    .option("--endpoint <url>", "Where prices are read: https, or http on this machine.", RETAIL_PRICES)
    .action((flags: RefreshFlags) => refreshPrices(catalogueOf(flags), { regions: flags.regions, out: flags.out, endpoint: flags.endpoint }, output(), signal));
}

const roles: readonly CatalogueSize["role"][] = ["storage", "client", "management"];

function showSizes(options: ListOptions, name: string | undefined, output: Output): void {
  const { sizes } = catalogueOf(options);
  if (name !== undefined) {
    const size = sizeNamed(sizes, name);
    return output.result(size, describeSize(size));
  }
  const role = options.role;
  if (role !== undefined && !roles.some((each) => each === role)) throw new CommandError(ExitCode.usage, `--role is ${JSON.stringify(role)}; allowed: ${roles.join(", ")}`);
  const wanted = sizes.filter((size) => role === undefined || size.role === role);
  output.result(wanted, describeSizes(wanted));
}

function sizeNamed(sizes: readonly CatalogueSize[], name: string): CatalogueSize {
  const found = sizes.find((size) => size.name === name || size.name === `Standard_${name}`);
  if (found !== undefined) return found;
  const names = sizes.map((size) => size.name);
  const near = didYouMean(`Standard_${name}`, names) ?? didYouMean(name, names);
  throw new CommandError(ExitCode.notFound, `there is no size ${JSON.stringify(name)} in the catalogue; ${near === null ? "`cynosure catalogue sizes` lists them" : `did you mean ${near}?`}`);
}

function showPrices(options: ListOptions, output: Output): void {
  const known: PriceBook = options.prices === undefined ? knownPrices : readPriceFile(options.prices, knownPrices);
  const sizes = catalogueOf(options).sizes;
  const size = options.size === undefined ? null : sizeNamed(sizes, options.size).name;
  const prices = known.prices.filter((price) => (size === null || price.size === size) && (options.region === undefined || price.region === options.region));
  output.result({ asOf: known.asOf, prices }, describePrices({ asOf: known.asOf, prices }));
}
