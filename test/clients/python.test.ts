// Azure's clients for Python (azure-mgmt-resource, azure-identity) against the served product on the simulated
// engine. They are installed into a scratch directory for the run, and go with it.
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeWhen } from "../require.ts";
import { checkExchanges } from "./support/check-exchanges.ts";
import { plainEnvironment, startProduct } from "./support/product.ts";
import type { Product } from "./support/product.ts";
import { installPythonClients, interpreterIn } from "./support/python-clients.ts";

const here = join(import.meta.dirname, "python");
const RUN_MS_MAX = 180_000;
const scratch = mkdtempSync(join(tmpdir(), "cynosure-python-"));
const interpreter = interpreterIn(scratch);
const missing = await installPythonClients("Azure's clients for Python", join(here, "requirements.txt"), scratch);
if (missing !== null) rmSync(scratch, { recursive: true, force: true });

describeWhen(missing, "Azure's clients for Python", () => {
  let product: Product;
  beforeAll(async () => {
    product = await startProduct();
  });
  afterAll(async () => {
    rmSync(scratch, { recursive: true, force: true });
    await product.close();
  });

  it("sign in, create, change, list, are refused, and delete", async () => {
    const env = { ...plainEnvironment(), CYNOSURE_ENDPOINT: product.url, CYNOSURE_CA: product.caPath, CYNOSURE_CLIENT_ID: product.clientId, CYNOSURE_CLIENT_SECRET: product.clientSecret, CYNOSURE_SUBSCRIPTION_ID: product.subscriptionId };
    const said = await new Promise<string>((resolve, reject) => {
      execFile(interpreter, [join(here, "short_life.py")], { env, timeout: RUN_MS_MAX }, (error, stdout, stderr) => (error === null ? resolve(stdout) : reject(new Error(`${stderr}\n${stdout}`, { cause: error }))));
    });
    expect(said.trimEnd().split("\n").map((line) => JSON.parse(line) as unknown)).toEqual([
      { step: "group", name: "pines", state: "Succeeded", exists: true },
      { step: "provider", state: "Registered" },
      { step: "create", name: "meadow", state: "Succeeded", simulated: true, tags: { by: "python" } },
      { step: "child", name: "home", state: "Succeeded" },
      { step: "update", tags: { by: "patch" } },
      { step: "pages", names: ["one", "pines", "quickstart", "two"], longest: 1 },
      { step: "list", names: ["meadow"] },
      { step: "exists", cluster: true, other: false },
      { step: "missing", status: 404, code: "ResourceNotFound" },
      { step: "wrong", status: 400, code: "InvalidRequestContent" },
      { step: "precondition", status: 412, code: "PreconditionFailed" },
      { step: "deleted", exists: false },
    ]);
  });

  it("had only exchanges that are as the OpenAPI documents say", async () => {
    const report = await checkExchanges(product.exchanges());
    expect(report.faults).toEqual([]);
    expect(report.validated).toEqual(report.exercised);
  });
});
