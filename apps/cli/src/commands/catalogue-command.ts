// `cynosure catalogue`: flags only; what is shown, and `refresh`, which fetches prices, are in catalogue/. Asks no control plane.
import type { Command } from "commander";
import type { ListOptions, RefreshFlags } from "../catalogue/show-catalogue.ts";
import { RETAIL_PRICES } from "../catalogue/retail-prices.ts";
import type { Output } from "../output.ts";

const CATALOGUE_FLAG = ["--catalogue <file>", "Sizes of your own, YAML or JSON, beside the public ones."] as const;

export function addCatalogueCommand(command: Command, output: () => Output, signal: AbortSignal): void {
  // The catalogue is read when it is asked for: no other command waits for it.
  const show = () => import("../catalogue/show-catalogue.ts");
  const catalogue = command.command("catalogue").description("What is publicly known of sizes, regions, engines and prices, each value with its source and date.");
  const list = (name: string, description: string): Command => catalogue.command(name).description(description).option(...CATALOGUE_FLAG);
  list("sizes [name]", "Sizes of hosts and clients; with a name, where each of its values is from.")
    .option("--role <role>", "Only storage, client or management.")
    .action(async (name: string | undefined, options: ListOptions) => (await show()).showSizes(options, name, output()));
  list("engines", "What storage engines and the platform need, and what is assumed.").action(async (options: ListOptions) => (await show()).showEngines(options, output()));
  list("regions", "Regions, their countries, and how many sizes are known to be there.").action(async (options: ListOptions) => (await show()).showRegions(options, output()));
  list("capabilities", "RDMA, MTU, sizes and the like: requested, preview, generally available or verified.").action(async (options: ListOptions) => (await show()).showCapabilities(options, output()));
  list("prices", "Prices that are known, with their regions.")
    .option("--prices <file>", "Prices of your own, or from `catalogue refresh`; they go over the known ones.")
    .option("--size <name>", "Only of this size.")
    .option("--region <name>", "Only in this region.")
    .action(async (options: ListOptions) => (await show()).showPrices(options, output()));
  catalogue
    .command("refresh")
    .description("Reads prices of all sizes from the public Azure Retail Prices API into a dated file.")
    .option(...CATALOGUE_FLAG)
    .option("--regions <list>", "Only these, with commas: uksouth,northeurope. Default: all.")
    .option("--out <file>", "File to write. Default: azure-prices-<date>.json.")
    .option("--endpoint <url>", "Where prices are read: https, or http on this machine.", RETAIL_PRICES)
    .action(async (flags: RefreshFlags) => (await show()).refresh(flags, output(), signal));
}
