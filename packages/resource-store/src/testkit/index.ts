// What tests of this and other rooms need of a store: a real one on embedded PostgreSQL, one in memory for
// simulations, sample values, and the conformance suite.
export * from "./memory/index.ts";
export { openTestStore, testMasterKey, type TestStore } from "./open-test-store.ts";
export { anOperation, aPlan, aResource, testCluster } from "./samples.ts";
export { describeStore } from "./store-suite.ts";
export { sharedTestPostgres, startTestPostgres, type TestPostgres } from "./test-postgres.ts";
