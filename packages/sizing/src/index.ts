// Public names of sizing: requirement and knowledge to ranked options with evidence.
export { size } from "./size.ts";
export type { PartitionProblem, PartitionSolver, SizingKnowledge } from "./knowledge.ts";
export { catalogue, knownPrices } from "../catalogue/index.ts";
export { mergeCatalogue, parseCatalogueFile, type CatalogueFile, type MergedCatalogue, type UserSize } from "./catalogue-file.ts";
export { mergePrices, parsePriceFile, PRICES_MAX, priceTerms, type PriceFile } from "./price-file.ts";
export { loadPartitionSolver, withPartitionSolver } from "./partition/highs.ts";
export { frontierOf, type ClusterFrontier, type FrontierPoint } from "./frontier.ts";
