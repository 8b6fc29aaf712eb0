// Loaded before each test file: has the exchanges of the real handlers recorded when the runner asked for it, those
// served in the test's own process and those of the programs it starts. The others serve toys that no document
// describes; test/clients records and judges by itself.
import { join } from "node:path";
import { expect } from "vitest";
import { RECORD_DIR_VARIABLE, recordingEnvironment } from "./record-children.ts";

const served = /\/packages\/(resource-providers|access|front-door|identity|behind-arm)\/|\/test\/(input|arm-contract)\//;
const started = /\/test\/(e2e|scenarios)\//;
const path = expect.getState().testPath ?? "";
const dir = process.env[RECORD_DIR_VARIABLE] ?? "";
if (served.test(path)) await import("./record-exchanges.ts");
else if (started.test(path) && dir !== "") Object.assign(process.env, recordingEnvironment(join(import.meta.dirname, "..", "..", ".."), dir, process.env["NODE_OPTIONS"]));
