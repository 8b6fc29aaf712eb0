// The requirements of examples/requirements as sizing takes them, and the research centre with nothing ruled out before it is computed:
// every region of the catalogue may stand in for the site's own.
import { readFileSync } from "node:fs";
import { v20261201 } from "@cynosure/converters";
import type { Catalogue, Requirement } from "@cynosure/model";
import { parse } from "yaml";

export const examplesFolder = new URL("../../../../examples/requirements/", import.meta.url);

export function readExample(name: string): Requirement {
  const file = new URL(name, examplesFolder);
  // The repository's own file; what its reader would refuse is found by the tests of the examples, and by the check on the next line.
  const wire = parse(readFileSync(file, "utf8")) as Parameters<typeof v20261201.checkRequirement>[0];
  const problems = v20261201.checkRequirement(wire);
  if (problems.length > 0) throw new Error(`${name} is no requirement: ${problems.map(({ target, message }) => `${target}: ${message}`).join(" ")}`);
  return v20261201.requirementToModel(wire);
}

export function inEveryRegion(requirement: Requirement, catalogue: Catalogue): Requirement {
  const names = catalogue.regions.map((region) => region.name);
  return {
    ...requirement,
    constraints: { ...requirement.constraints, residencyCountries: [] },
    sites: requirement.sites.map((site) => ({ ...site, fallbackLocations: names.filter((name) => name !== site.location) })),
  };
}
