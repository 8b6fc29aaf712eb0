// The size that an engine's management host runs on. The vast engine's public architecture names one for Google Cloud;
// this is the Azure size of the same vCPUs and memory.
import type { CatalogueSize } from "@cynosure/model";
import { seriesPage } from "../pages.ts";
import { cloudSize } from "../size-series.ts";
import { from, unknown } from "../sourced.ts";

const page = seriesPage("general-purpose", "dsv5-series.md", "005f8f6", "2026-02-27");
const frame = {
  series: "Dsv5", role: "management", page, availability: [],
  rdma: from(page, false, { note: "the page lists no RDMA" }),
  hasCapacityReservation: unknown(page, "not looked up for this series"),
  whyUnknown: { write: "the series has no local drives" },
  notes: [],
} as const;

const bare = cloudSize(frame, ["D16s_v5", 16, 64, 0, 0, null, null, null, null, 12_500]);

export const managementSizes: readonly CatalogueSize[] = [{ ...bare, drives: { ...bare.drives, isEphemeral: false } }];
