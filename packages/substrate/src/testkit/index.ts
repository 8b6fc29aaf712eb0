// Conformance suite of the substrate port: every adapter runs it. Test only.
export { describeSubstrate, substrateCases, type SubstrateSuiteOptions, type SubstrateUnderTest, type TestCluster } from "./substrate-suite.ts";
export { finish } from "./finish.ts";
