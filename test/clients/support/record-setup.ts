// Loaded before each unit test file: records the exchanges of those that serve the real handlers over HTTP, when
// the runner asked for it. The others serve toys that no document describes.
import { expect } from "vitest";

const served = /\/packages\/(resource-providers|access|front-door|identity|behind-arm)\/|\/test\/(input|arm-contract)\//;
if (served.test(expect.getState().testPath ?? "")) await import("./record-exchanges.ts");
