// What `cynosure catalogue` shows: sizes, engines, regions, capabilities and prices, with the user's own files over them. Loaded only when
// it is asked for.
import type { Catalogue, CatalogueSize, PriceBook } from "@cynosure/model";
import { catalogue as builtIn, knownPrices } from "@cynosure/sizing";
import { didYouMean } from "../did-you-mean.ts";
import { CommandError, ExitCode } from "../exit-code.ts";
import type { Output } from "../output.ts";
import { describeEngines } from "./engines-view.ts";
import { describeCapabilities, describePrices, describeRegions } from "./lists-view.ts";
import { refreshPrices } from "./refresh.ts";
import { describeSize, describeSizes } from "./sizes-view.ts";
import { readCatalogueFile, readPriceFile } from "./user-files.ts";

export interface ListOptions {
  readonly catalogue?: string;
  readonly prices?: string;
  readonly role?: string;
  readonly size?: string;
  readonly region?: string;
}

export interface RefreshFlags {
  readonly catalogue?: string;
  readonly regions?: string;
  readonly out?: string;
  readonly endpoint: string;
}

const catalogueOf = (options: { readonly catalogue?: string }): Catalogue => (options.catalogue === undefined ? builtIn : readCatalogueFile(options.catalogue, builtIn));

export function showEngines(options: ListOptions, output: Output): void {
  const { engines, platform, assumptions } = catalogueOf(options);
  output.result({ engines, platform, assumptions }, describeEngines({ engines, platform, assumptions }));
}

export function showRegions(options: ListOptions, output: Output): void {
  const known = catalogueOf(options);
  output.result(known.regions, describeRegions(known));
}

export function showCapabilities(options: ListOptions, output: Output): void {
  const { capabilities } = catalogueOf(options);
  output.result(capabilities, describeCapabilities(capabilities));
}

export const refresh = (flags: RefreshFlags, output: Output, signal: AbortSignal): ReturnType<typeof refreshPrices> => refreshPrices(catalogueOf(flags), { regions: flags.regions, out: flags.out, endpoint: flags.endpoint }, output, signal);

const roles: readonly CatalogueSize["role"][] = ["storage", "client", "management"];

export function showSizes(options: ListOptions, name: string | undefined, output: Output): void {
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

export function showPrices(options: ListOptions, output: Output): void {
  const known: PriceBook = options.prices === undefined ? knownPrices : readPriceFile(options.prices, knownPrices);
  const sizes = catalogueOf(options).sizes;
  const size = options.size === undefined ? null : sizeNamed(sizes, options.size).name;
  const prices = known.prices.filter((price) => (size === null || price.size === size) && (options.region === undefined || price.region === options.region));
  output.result({ asOf: known.asOf, prices }, describePrices({ asOf: known.asOf, prices }));
}
