// locations/size: a requirement in, ranked clusters out, each with the bodies to write. Stores nothing.
import { checkLocation } from "@cynosure/arm-protocol";
import { raise } from "@cynosure/arm-store";
import type { OurHandlers } from "@cynosure/arm-store";
import { v20261201 } from "@cynosure/converters";
import { ControlPlaneError } from "@cynosure/model";
import type { HostSizeOffer, RequirementSite } from "@cynosure/model";
import { size } from "@cynosure/sizing";
import type { LocationConfig, ResourceProvidersOptions } from "./options.ts";

const LOCATIONS_TYPE = "Cynosure.Storage/locations";

function locationOf(options: ResourceProvidersOptions, name: string, target: string): LocationConfig {
  const names = options.config.locations.map((location) => location.name);
  const checked = checkLocation(name, LOCATIONS_TYPE, names);
  if (!checked.ok) throw raise({ ...checked.problem, target });
  const found = options.config.locations.find((location) => location.name === checked.value);
  if (found === undefined) throw new ControlPlaneError("InternalServerError", `Location ${checked.value} is configured without a description`);
  return found;
}

async function offersAt(options: ResourceProvidersOptions, location: LocationConfig): Promise<readonly HostSizeOffer[]> {
  const [substrate] = location.substrates;
  return substrate === undefined ? [] : ((await options.substrates[substrate]?.describeOffers(location.name)) ?? []);
}

function refuseDoubles(names: readonly string[], path: string): void {
  const at = names.findIndex((name, index) => names.indexOf(name) !== index);
  if (at < 0) return;
  const target = `${path}[${at}].name`;
  throw new ControlPlaneError("InvalidRequestContent", `The name '${names[at] ?? ""}' is used twice. Give each its own name.`, { target, details: [{ code: "InvalidRequestContent", message: "used twice", target }] });
}

export function sizingHandlers(options: ResourceProvidersOptions): Pick<OurHandlers, "Sizing_Size"> {
  const shapeOf = (site: RequirementSite): v20261201.SizedShape => {
    const location = locationOf(options, site.location, "sites");
    return { engine: location.defaultEngine, engineVersion: options.engines[location.defaultEngine]?.versions[0] ?? "", substrate: location.substrates[0] ?? "simulated" };
  };
  return {
    Sizing_Size: async ({ params, body }) => {
      locationOf(options, params.location, "location");
      refuseDoubles(body.sites.map(({ name }) => name), "sites");
      body.sites.forEach((site, index) => {
        refuseDoubles((site.fileSystems ?? []).map(({ name }) => name), `sites[${index}].fileSystems`);
        refuseDoubles((site.buckets ?? []).map(({ name }) => name), `sites[${index}].buckets`);
      });
      const locations = body.sites.map((site, index) => locationOf(options, site.location, `sites[${index}].location`));
      const offers = (await Promise.all([...new Set(locations)].map((location) => offersAt(options, location)))).flat();
      const model = v20261201.requirementToModel(body);
      // Offers and sites must spell a location alike.
      const requirement = { ...model, sites: model.sites.map((site, index) => ({ ...site, location: locations[index]?.name ?? site.location })) };
      const isSimulated = locations.some((location) => options.engines[location.defaultEngine]?.isSimulated === true || options.substrates[location.substrates[0] ?? "simulated"]?.isSimulated === true);
      return { status: 200, body: v20261201.sizingAnswerToWire(size(requirement, offers), requirement, shapeOf, isSimulated) };
    },
  };
}
