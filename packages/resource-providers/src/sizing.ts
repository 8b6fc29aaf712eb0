// locations/size: a requirement in, ranked clusters out, each with the bodies to write. Stores nothing. Sized with the built-in
// catalogue, the prices that are public with their region, and what substrates of this installation offer now.
import { checkLocation, isSameLocation } from "@cynosure/arm-protocol";
import { raise } from "@cynosure/arm-store";
import type { OurHandlers } from "@cynosure/arm-store";
import type { Requirement as WireRequirement } from "@cynosure/contract";
import { v20261201 } from "@cynosure/converters";
import { ControlPlaneError } from "@cynosure/model";
import type { CatalogueRegion, HostSizeOffer, Requirement, RequirementSite, SizingOption } from "@cynosure/model";
import { realityOf } from "./clusters.ts";
import type { LocationConfig, ResourceProvidersOptions } from "./options.ts";

const LOCATIONS_TYPE = "Cynosure.Storage/locations";

type Config = ResourceProvidersOptions["config"];

/** The location in the URL says who answers, and need only be one that this installation serves. */
export function requireServed(config: Config, name: string): void {
  const checked = checkLocation(name, LOCATIONS_TYPE, config.locations.map((location) => location.name));
  if (!checked.ok) throw raise({ ...checked.problem, target: "location" });
}

const servedAt = (config: Config, name: string): LocationConfig | null => config.locations.find((location) => isSameLocation(location.name, name)) ?? null;

interface Places {
  readonly config: Config;
  readonly regions: readonly CatalogueRegion[];
}

/** Offers, catalogue and sites must spell a location alike. A room has a name of its own. */
function spelled({ config, regions }: Places, name: string, target: string): string {
  const served = config.locations.map((location) => location.name);
  const region = regions.find((each) => isSameLocation(each.name, name) || isSameLocation(each.displayName, name));
  if (region !== undefined && !served.some((each) => isSameLocation(each, name))) return region.name;
  const checked = checkLocation(name, LOCATIONS_TYPE, [...served, ...regions.map((each) => each.name)]);
  if (!checked.ok) throw raise({ ...checked.problem, target });
  return checked.value;
}

function siteAsSized(places: Places, site: RequirementSite, path: string): RequirementSite {
  if (site.room !== null) return site;
  const location = spelled(places, site.location, `${path}.location`);
  const clientsLocation = site.clients?.location ?? null;
  return {
    ...site,
    location,
    fallbackLocations: site.fallbackLocations.map((each, index) => spelled(places, each, `${path}.fallbackLocations[${index}]`)),
    clients: site.clients === null || clientsLocation === null ? site.clients : { ...site.clients, location: spelled(places, clientsLocation, `${path}.clients.location`) },
    engine: site.engine ?? servedAt(places.config, location)?.defaultEngine ?? null,
  };
}

function readRequirement(places: Places, body: WireRequirement): Requirement {
  const model = v20261201.requirementToModel(body);
  const sites = model.sites.map((site, index) => siteAsSized(places, site, `sites[${index}]`));
  const [first, ...rest] = v20261201.checkRequirement(body);
  if (first === undefined) return { ...model, sites };
  const details = [first, ...rest].map(({ target, message }) => ({ code: "InvalidRequestContent", message, target }));
  throw new ControlPlaneError("InvalidRequestContent", `${first.target}: ${first.message}`, { target: first.target, details });
}

async function offersAt(options: ResourceProvidersOptions, location: LocationConfig): Promise<readonly HostSizeOffer[]> {
  const [substrate] = location.substrates;
  return substrate === undefined ? [] : ((await options.substrates[substrate]?.describeOffers(location.name)) ?? []);
}

/** A region that nothing here serves is sized as what would be bought there; only writing such a cluster fails. */
function shapeAt(options: ResourceProvidersOptions, site: RequirementSite, option: SizingOption): v20261201.SizedShape {
  const served = site.room === null ? servedAt(options.config, option.location) : null;
  if (served === null) return v20261201.shapeToBuy(site, option);
  const engineVersion = options.engines[option.engine]?.versions[0];
  return { engine: option.engine, substrate: served.substrates[0] ?? "simulated", ...(engineVersion === undefined ? {} : { engineVersion }) };
}

export function sizingHandlers(options: ResourceProvidersOptions): Pick<OurHandlers, "Sizing_Size"> {
  const { config } = options;
  const realityAt = (site: RequirementSite): v20261201.Reality[] =>
    site.room !== null ? [] : [site.location, ...site.fallbackLocations].flatMap((name) => servedAt(config, name) ?? []).map((location) => realityOf(options, { engine: site.engine ?? location.defaultEngine, substrate: location.substrates[0] ?? "simulated" }));
  return {
    Sizing_Size: async ({ params, body }) => {
      requireServed(config, params.location);
      // Loaded when first asked for, and then kept: a control plane that sizes nothing stays small.
      const { catalogue, knownPrices, size, withPartitionSolver } = await import("@cynosure/sizing");
      const requirement = readRequirement({ config, regions: catalogue.regions }, body);
      const served = requirement.sites.flatMap((site) => (site.room === null ? [site.location, ...site.fallbackLocations] : [])).flatMap((name) => servedAt(config, name) ?? []);
      const offers = (await Promise.all([...new Set(served)].map((location) => offersAt(options, location)))).flat();
      const today = new Date(options.clock.now()).toISOString().slice(0, "YYYY-MM-DD".length);
      const answer = await withPartitionSolver((partition) => size(requirement, { catalogue, prices: knownPrices, offers, today }, partition));
      const realities = requirement.sites.flatMap(realityAt);
      const context = { requirement, isSimulated: realities.some((each) => each.isSimulated), isEmulated: realities.some((each) => each.isEmulated), shapeOf: (site: RequirementSite, option: SizingOption) => shapeAt(options, site, option) };
      return { status: 200, body: v20261201.sizingAnswerToWire(answer, context) };
    },
  };
}
