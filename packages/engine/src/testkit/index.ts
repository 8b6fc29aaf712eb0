// Conformance suite of the storage-engine port: every adapter runs it. Test only.
export { describeEngine, engineCases, type EngineSuiteOptions, type EngineUnderTest, type LiveCluster } from "./engine-suite.ts";
export { layoutCases, suiteRng } from "./layout-cases.ts";
