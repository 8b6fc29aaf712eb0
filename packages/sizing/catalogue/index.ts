// The catalogue in one value. Data only: what it means is said in packages/model/src/sizing-catalogue.ts, how it is
// computed with in docs/reference/sizing-model.md.
import type { Catalogue } from "@cynosure/model";
import { assumptions } from "./assumptions.ts";
import { clientSizes } from "./azure/clients.ts";
import { lsv3Sizes } from "./azure/lsv3.ts";
import { lsv4Sizes } from "./azure/lsv4.ts";
import { lsv5Sizes } from "./azure/lsv5.ts";
import { managementSizes } from "./azure/management.ts";
import { serverSizes } from "./bare-metal/servers.ts";
import { capabilities } from "./capabilities.ts";
import { ceph } from "./engines/ceph.ts";
import { vast } from "./engines/vast.ts";
import { platform } from "./platform.ts";
import { regions } from "./regions.ts";
import { newestDate } from "./sourced.ts";

export { knownPrices } from "./known-prices.ts";

const values: Omit<Catalogue, "asOf"> = {
  sizes: [...lsv3Sizes, ...lsv4Sizes, ...lsv5Sizes, ...clientSizes, ...managementSizes, ...serverSizes],
  regions,
  engines: [ceph, vast],
  platform,
  assumptions,
  capabilities,
};

export const catalogue: Catalogue = { asOf: newestDate(values), ...values };
