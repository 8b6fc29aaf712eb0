// Public names of the client of engines' own APIs.
export * from "./native-api.ts";
