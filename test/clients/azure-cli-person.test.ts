// Debian's azure-cli as a person uses it: signed in with a device code on the page, by a form as a browser sends
// it, and then at work with the roles of that person. Simulated engine.
import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { CynosureClient, createClientSecretCredential } from "@cynosure/sdk";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeWhen } from "../require.ts";
import { checkExchanges } from "./support/check-exchanges.ts";
import { plainEnvironment, startProduct } from "./support/product.ts";
import type { Product } from "./support/product.ts";
import { provideTool } from "./support/tools.ts";

const COMMAND_MS_MAX = 120_000;
const READER = "/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7";
const missing = await provideTool("az", ["azure-cli"]);

let product: Product;
let configDir: string;
let person: { readonly clientId: string; readonly clientSecret: string };

beforeAll(async () => {
  product = await startProduct();
  configDir = join(product.scratchDir, "azure-config");
  mkdirSync(configDir, { mode: 0o700 });
  const { url: endpoint, clientId, clientSecret, subscriptionId, caPem } = product;
  const tlsOptions = { ca: caPem };
  const credential = createClientSecretCredential({ endpoint, clientId, clientSecret, tlsOptions });
  const client = new CynosureClient({ endpoint, subscriptionId, credential, credentialScopes: `${endpoint}/.default`, tlsOptions });
  const { properties } = await client.servicePrincipals.createOrUpdate("ada", { properties: { kind: "User", displayName: "Ada Lovelace" } });
  await client.roleAssignments.create(`/subscriptions/${subscriptionId}`, crypto.randomUUID(), { properties: { roleDefinitionId: READER, principalId: properties.principalId ?? "" } });
  person = await client.servicePrincipals.newSecret("ada", {});
});
afterAll(() => product.close());

interface Said {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** `hear` gets all that was said on standard error so far. */
function az(args: readonly string[], hear: (err: string) => void = () => undefined): Promise<Said> {
  const env = { ...plainEnvironment(), HOME: product.scratchDir, AZURE_CONFIG_DIR: configDir, AZURE_CORE_COLLECT_TELEMETRY: "false", AZURE_CORE_NO_COLOR: "true", AZURE_CORE_DISABLE_PROGRESS_BAR: "true", REQUESTS_CA_BUNDLE: product.caPath };
  return new Promise((resolve) => {
    const child = spawn("az", args, { stdio: ["ignore", "pipe", "pipe"], env, timeout: COMMAND_MS_MAX });
    let [out, err] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString("utf8")));
    child.stderr.on("data", (chunk: Buffer) => {
      err += chunk.toString("utf8");
      hear(err);
    });
    child.once("close", (code) => resolve({ code, out, err }));
  });
}

/** The form of the page at that address. */
function enter(page: string, fields: Readonly<Record<string, string>>): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(page, { method: "POST", ca: product.caPem, headers: { "content-type": "application/x-www-form-urlencoded" } }, (response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => (text += chunk.toString("utf8")));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
    });
    outgoing.on("error", reject);
    outgoing.end(new URLSearchParams(fields).toString());
  });
}

/** `az login` with what the person does meanwhile on the page that az names. */
async function login(decision: "sign-in" | "refuse"): Promise<{ readonly said: Said; readonly answered: { readonly status: number; readonly text: string } }> {
  const answered = Promise.withResolvers<{ readonly status: number; readonly text: string }>();
  let isAsked = false;
  const said = await az(["login", "--use-device-code", "--tenant", product.tenantId], (err) => {
    const [, page, code] = /open (\S+) and enter the code ([A-Z]{4}-[A-Z]{4})\./.exec(err) ?? [];
    if (isAsked || page === undefined || code === undefined) return;
    isAsked = true;
    enter(page, { user_code: code, client_id: person.clientId, client_secret: person.clientSecret, decision }).then(answered.resolve, answered.reject);
  });
  if (!isAsked) throw new Error(`az named no page: ${said.err}`);
  return { said, answered: await answered.promise };
}

describeWhen(missing, "azure-cli for a person", () => {
  it("is signed in with a code on the page of another device", async () => {
    await az(["cloud", "register", "-n", "Cynosure", "--endpoint-resource-manager", product.url]);
    await az(["cloud", "set", "-n", "Cynosure"]);
    const { said, answered } = await login("sign-in");
    expect([said.code, answered.status], said.err).toEqual([0, 200]);
    expect(answered.text).toContain("The program now acts as Ada Lovelace.");
    expect(JSON.parse((await az(["account", "show"])).out)).toMatchObject({ id: product.subscriptionId, tenantId: product.tenantId, user: { type: "user" } });
  });

  it("may do what the roles of the person say, and no more", async () => {
    expect(JSON.parse((await az(["group", "list", "--query", "[].name"])).out)).toEqual(["quickstart"]);
    const refused = await az(["group", "create", "-n", "elms", "-l", "local"]);
    expect([refused.code, refused.err.includes("AuthorizationFailed")], refused.err).toEqual([1, true]);
  });

  it("is not signed in when the person refuses", async () => {
    await az(["account", "clear"]);
    const { said, answered } = await login("refuse");
    expect([said.code, answered.status, answered.text.includes("Refused")], said.err).toEqual([1, 200, true]);
    expect((await az(["account", "show"])).code).toBe(1);
  });

  it("had only exchanges that are as the OpenAPI documents say", async () => {
    const report = await checkExchanges(product.exchanges());
    expect(report.faults).toEqual([]);
    expect(report.validated).toEqual(report.exercised);
  });
});
