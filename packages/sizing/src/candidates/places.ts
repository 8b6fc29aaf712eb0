// Where a site may be: its own location, then its fallbacks. A room is itself; else a region of the catalogue; else a
// location that a substrate of this installation serves.
import type { CatalogueRegion, HostSizeOffer, RequirementSite } from "@cynosure/model";
import type { CatalogueIndex } from "../catalogue-index.ts";
import type { PlaceKind } from "../host-model.ts";

export interface Place {
  readonly name: string;
  readonly kind: PlaceKind;
  readonly zone: string | null;
  readonly region: CatalogueRegion | null;
  /** 0 is the site's own. */
  readonly order: number;
}

export function placeOf(site: RequirementSite, name: string, order: number, index: CatalogueIndex, offers: readonly HostSizeOffer[]): Place | null {
  if (site.room !== null) return { name, kind: "bareMetal", zone: site.zone, region: null, order };
  const region = index.regions.get(name);
  if (region !== undefined) return { name, kind: "azure", zone: site.zone, region, order };
  return offers.some((offer) => offer.location === name) ? { name, kind: "live", zone: null, region: null, order } : null;
}

export function placesOf(site: RequirementSite, index: CatalogueIndex, offers: readonly HostSizeOffer[]): Place[] {
  const names = site.room !== null ? [site.location] : [...new Set([site.location, ...site.fallbackLocations])];
  return names.map((name, order) => placeOf(site, name, order, index, offers)).filter((place) => place !== null);
}
