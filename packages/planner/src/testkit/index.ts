// What other rooms' tests may use of the planner's own: a tiny engine, a random stream and case builders.
export * from "./cases.ts";
export * from "./golden.ts";
export * from "./seeded-rng.ts";
export * from "./tiny-engine.ts";
