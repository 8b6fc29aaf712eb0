// Public names of the projection.
export * from "./catalogue.ts";
