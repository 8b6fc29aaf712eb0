// Sizes a requirement file without a control plane: file to wire to model, then the same sizing and the same converter as the ARM
// action. What files of the user add to the catalogue and to prices comes on top of what is built in.
import { readFileSync } from "node:fs";
import { v20261201 } from "@cynosure/converters";
import { LOCAL_LOCATION, describeLocalOffer } from "@cynosure/machine";
import type { Catalogue, PriceBook, Requirement, RequirementSite, SizingOption as ModelOption } from "@cynosure/model";
import type { SizingAnswer } from "@cynosure/sdk";
import { catalogue as builtIn, frontierOf, knownPrices, loadPartitionSolver, size } from "@cynosure/sizing";
import type { ClusterFrontier, SizingKnowledge } from "@cynosure/sizing";
import { readCatalogueFile, readPriceFile } from "../catalogue/user-files.ts";
import { didYouMean } from "../did-you-mean.ts";
import { CommandError, ExitCode } from "../exit-code.ts";
import { formatRequirementProblems, lineInRequirement, readRequirementFile } from "../requirement/read-requirement.ts";

export interface SizeFileOptions {
  readonly path: string;
  readonly cataloguePath: string | null;
  readonly pricesPath: string | null;
  /** YYYY-MM-DD. */
  readonly today: string;
}

export interface SizedFile {
  readonly answer: SizingAnswer;
  /** Names of sizes that do not exist. */
  readonly hypotheticalSizes: ReadonlySet<string>;
  /** What other numbers of hosts would hold, of a site's best option. */
  frontierOf(siteName: string): readonly ClusterFrontier[];
}

const LOCAL_ENGINE = "ceph";

export async function sizeFile(options: SizeFileOptions): Promise<SizedFile> {
  const wire = readWire(options.path);
  const catalogue: Catalogue = options.cataloguePath === null ? builtIn : readCatalogueFile(options.cataloguePath, builtIn);
  const prices: PriceBook = options.pricesPath === null ? knownPrices : readPriceFile(options.pricesPath, knownPrices);
  const model = v20261201.requirementToModel(wire);
  checkPlaces(options.path, model, catalogue);
  const requirement: Requirement = { ...model, sites: model.sites.map((site) => ({ ...site, engine: site.engine ?? (isLocal(site, site.location) ? LOCAL_ENGINE : null) })) };
  const knowledge: SizingKnowledge = { catalogue, prices, offers: [describeLocalOffer()], today: options.today };
  const partition = await loadPartitionSolver();
  const sized = size(requirement, knowledge, partition);
  if (sized.problems.length > 0) throw invalid(options.path, sized.problems);
  const answer = v20261201.sizingAnswerToWire(sized, { requirement, isSimulated: requirement.sites.some((site) => site.engine === "simulated"), isEmulated: false, shapeOf });
  return {
    answer,
    hypotheticalSizes: new Set(catalogue.sizes.filter((each) => each.hypothetical).map((each) => each.name)),
    frontierOf: (siteName) => {
      const best = sized.sites.find((site) => site.siteName === siteName)?.options[0];
      return best === undefined ? [] : frontierOf(requirement, knowledge, partition, { siteName, option: best });
    },
  };
}

function readWire(path: string): Parameters<typeof v20261201.requirementToModel>[0] {
  try {
    const read = readRequirementFile(path);
    if (!read.ok) throw new CommandError(ExitCode.usage, `the requirement is not valid:\n${formatRequirementProblems(path, read.problems).join("\n")}`, { code: "RequirementInvalid" });
    return read.requirement;
  } catch (cause) {
    if (cause instanceof CommandError) throw cause;
    throw new CommandError(ExitCode.usage, `the requirement ${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

function invalid(path: string, problems: readonly { readonly target: string; readonly message: string }[]): CommandError {
  const source = readFileSync(path, "utf8");
  const placed = problems.map(({ target, message }) => ({ line: lineInRequirement(source, target), path: target, message }));
  return new CommandError(ExitCode.usage, `the requirement is not valid:\n${formatRequirementProblems(path, placed).join("\n")}`, { code: "RequirementInvalid", target: problems[0]?.target });
}

const isLocal = (site: RequirementSite, location: string): boolean => site.room === null && location === LOCAL_LOCATION;

/** A misspelt region would only look as if nothing could be had there. */
function checkPlaces(path: string, { sites }: Requirement, catalogue: Catalogue): void {
  const known = [LOCAL_LOCATION, ...catalogue.regions.map((region) => region.name)];
  const problems = sites.flatMap((site, index) => {
    const places = site.room === null ? [{ key: "location", value: site.location }, ...site.fallbackLocations.map((value, at) => ({ key: `fallbackLocations[${at}]`, value }))] : [];
    const clients = site.room === null && site.clients !== null && site.clients.location !== null ? [{ key: "clients.location", value: site.clients.location }] : [];
    return [...places, ...clients].filter(({ value }) => !known.includes(value)).map(({ key, value }) => ({ target: `sites[${index}].${key}`, message: unknownPlace(value, known) }));
  });
  if (problems.length > 0) throw invalid(path, problems);
}

function unknownPlace(value: string, known: readonly string[]): string {
  const near = didYouMean(value.replace(/\s/g, ""), known);
  return `is "${value}", which is neither local nor a region of the catalogue${near === null ? "; known: " + known.join(", ") : `; did you mean "${near}"?`} A room of your own needs room.`;
}

function shapeOf(site: RequirementSite, option: ModelOption): v20261201.SizedShape {
  return isLocal(site, option.location) ? { engine: option.engine, substrate: "local" } : v20261201.shapeToBuy(site, option);
}
