// What tests of sizing start from: a small catalogue that can be computed by hand, random cases, and brute force beside the model. Not imported by the product.
export * from "./sample-catalogue.ts";
export { type BruteCandidate, type BruteKnowledge, bruteForce, type BruteSite } from "./brute-force.ts";
export { disagreements } from "./agreement.ts";
export { Draw, drawOf } from "./draw.ts";
export { drawCase, type RandomCase } from "./random-case.ts";
export * from "./sample-requirement.ts";
