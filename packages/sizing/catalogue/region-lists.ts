// Where sizes can be had, by source. No list is complete: the snapshot is old and leaves out what came after it, and
// the digest names regions with a price on one day without saying that there are no others. What is in a list counts
// as available; what is in none is unknown.
import type { RegionList } from "@cynosure/model";
import { batchSnapshot, v5Digest } from "./pages.ts";

const names = (text: string): string[] => text.trim().split(/\s+/);

export const lsv3Regions = names(`
  australiaeast australiasoutheast brazilsouth canadacentral canadaeast centralindia centralus eastasia eastus eastus2 francecentral germanywestcentral italynorth
  japaneast japanwest northcentralus northeurope polandcentral qatarcentral southafricanorth southcentralus southeastasia southindia swedencentral switzerlandnorth
  uksouth ukwest westcentralus westeurope westus westus2 westus3`);

export const lasv3Regions = names(`
  australiacentral australiaeast australiasoutheast brazilsouth brazilsoutheast canadacentral canadaeast centralindia centralus eastasia eastus eastus2 francecentral
  germanywestcentral italynorth japaneast japanwest koreacentral mexicocentral northcentralus northeurope norwayeast polandcentral southcentralus southeastasia
  spaincentral swedencentral switzerlandnorth uaenorth uksouth ukwest westcentralus westeurope westus westus2 westus3`);

export const hbv3Regions = names("centralindia eastus japaneast southcentralus uksouth westeurope westus3");
export const hbv4Regions = names("eastus koreacentral southcentralus southeastasia swedencentral");
export const lasv5Regions = names("westus2 westus3 southcentralus northeurope westeurope");
export const laosv5Regions = names("eastus eastus2 southcentralus westus3 northeurope uksouth");

export const inSnapshot = (regions: readonly string[]): RegionList => ({ regions, isComplete: false, ...batchSnapshot });
export const pricedOnRelease = (regions: readonly string[]): RegionList => ({ regions, isComplete: false, ...v5Digest });
