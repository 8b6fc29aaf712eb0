// Debian's azure-cli against the served product on the simulated engine: a whole life of a cluster, typed command
// by command. What it says is kept in azure-cli.transcript.txt (UPDATE_GOLDEN=1 rewrites; people review the diff).
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeWhen } from "../require.ts";
import { checkExchanges } from "./support/check-exchanges.ts";
import { API_VERSION, plainEnvironment, startProduct } from "./support/product.ts";
import type { Product } from "./support/product.ts";
import { provideTool } from "./support/tools.ts";

const golden = join(import.meta.dirname, "azure-cli.transcript.txt");
const COMMAND_MS_MAX = 120_000;
const missing = await provideTool("az", ["azure-cli"]);

interface Said {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

let product: Product;
let configDir: string;
let transcript = "# Debian's azure-cli 2.45 against the served product; the storage engine is SIMULATED.\n";

beforeAll(async () => {
  product = await startProduct();
  configDir = join(product.scratchDir, "azure-config");
  mkdirSync(configDir, { mode: 0o700 });
});
afterAll(() => product.close());

function run(args: readonly string[]): Promise<Said> {
  const env = { ...plainEnvironment(), HOME: product.scratchDir, AZURE_CONFIG_DIR: configDir, AZURE_CORE_COLLECT_TELEMETRY: "false", AZURE_CORE_NO_COLOR: "true", AZURE_CORE_DISABLE_PROGRESS_BAR: "true", REQUESTS_CA_BUNDLE: product.caPath };
  return new Promise((resolve) => {
    const child = spawn("az", args, { stdio: ["ignore", "pipe", "pipe"], env, timeout: COMMAND_MS_MAX });
    let out = "";
    let err = "";
    child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString("utf8")));
    child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString("utf8")));
    child.once("close", (code) => resolve({ code, out, err }));
  });
}

/** What differs from run to run. The built-in tenant and subscription are always the same and stay readable. */
function redact(text: string): string {
  return text
    .replaceAll(product.clientSecret, "<secret>")
    .replaceAll(product.clientId, "<client>")
    .replaceAll(product.url.replace("https://", ""), "127.0.0.1:<port>")
    .replace(/(?!0{8}-0000-4000-8000)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "<id>")
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+(Z|\+00:00)/g, "<time>")
    .replace(/("installationId": )"[0-9a-f]{8}"/g, '$1"<installation>"')
    .replace(/(skipToken=)[\w%-]+/gi, "$1<token>");
}

/** Types a command, keeps what it said, and holds it to an exit code; answers its output as data. */
async function az(args: readonly string[], code = 0): Promise<unknown> {
  const said = await run(args);
  const quoted = args.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word}'`)).join(" ");
  transcript += redact(`\n$ az ${quoted}\n${said.err}${said.out}${said.code === 0 ? "" : `exit ${said.code}\n`}`);
  expect(said.code, said.err).toBe(code);
  try {
    return JSON.parse(said.out) as unknown;
  } catch {
    return said.out; // tables and silence
  }
}

const TYPE = "Cynosure.Storage/clusters";
const groupPath = (): string => `/subscriptions/${product.subscriptionId}/resourceGroups/oaks`;
const cluster = (): string => `${groupPath()}/providers/${TYPE}/meadow`;
const wish = (count: number): object => ({ engine: "simulated", substrate: "simulated", hosts: { size: "local-small", count }, protection: { hostFailures: 1 } });
/** Health is seen every second: whether it is there yet is chance. */
const steady = "{name:name,type:type,location:location,tags:tags,state:properties.provisioningState,engine:properties.engine,isSimulated:properties.isSimulated,hosts:properties.hosts}";

describeWhen(missing, "azure-cli", () => {
  it("registers the cloud and signs in as a service principal", async () => {
    await az(["version", "--query", '"azure-cli"']);
    await az(["cloud", "register", "-n", "Cynosure", "--endpoint-resource-manager", product.url]);
    await az(["cloud", "set", "-n", "Cynosure"]);
    await az(["login", "--service-principal", "-u", product.clientId, "-p", "wrong", "--tenant", product.tenantId], 1);
    await az(["login", "--service-principal", "-u", product.clientId, "-p", product.clientSecret, "--tenant", product.tenantId]);
    expect(await az(["account", "show"])).toMatchObject({ id: product.subscriptionId, tenantId: product.tenantId, environmentName: "Cynosure" });
    expect(await az(["account", "list", "--query", "[].name"])).toHaveLength(1);
    expect(await az(["account", "list-locations", "--query", "[].name"])).toEqual(["local"]);
    expect(await az(["account", "get-access-token", "--query", "tokenType"])).toBe("Bearer");
  });

  it("works with resource groups and with the provider", async () => {
    expect(await az(["group", "create", "-n", "oaks", "-l", "local", "--tags", "wood=oak"])).toMatchObject({ name: "oaks", tags: { wood: "oak" } });
    expect(await az(["group", "show", "-n", "OAKS"])).toMatchObject({ name: "oaks" });
    expect(await az(["group", "exists", "-n", "elms"])).toBe(false);
    expect(await az(["group", "list", "--query", "[].name"])).toEqual(["oaks", "quickstart"]);
    expect(await az(["group", "update", "-n", "oaks", "--set", "tags.leaf=green", "--query", "tags"])).toEqual({ wood: "oak", leaf: "green" });
    await az(["provider", "register", "-n", "Cynosure.Storage", "--wait"]);
    expect(await az(["provider", "show", "-n", "Cynosure.Storage", "--query", "{state:registrationState,versions:resourceTypes[?resourceType=='clusters']|[0].apiVersions}"])).toEqual({ state: "Registered", versions: [API_VERSION] });
    expect(await az(["provider", "list", "--query", "[?namespace=='Cynosure.Storage'].namespace"])).toEqual(["Cynosure.Storage"]);
  });

  it("creates a cluster and shows it by id and by name", async () => {
    await az(["resource", "create", "-g", "oaks", "-n", "meadow", "--resource-type", TYPE, "--properties", JSON.stringify({ ...wish(3), hosts: { size: "local-small", count: 2 } })], 1);
    expect(await az(["resource", "create", "-g", "oaks", "-n", "meadow", "--resource-type", TYPE, "--properties", JSON.stringify(wish(3)), "--query", steady])).toMatchObject({ name: "meadow", location: "local", state: "Succeeded", isSimulated: true });
    await az(["resource", "wait", "--ids", cluster(), "--created", "--interval", "1"]);
    expect(await az(["resource", "show", "--ids", cluster(), "--query", steady])).toMatchObject({ name: "meadow" });
    expect(await az(["resource", "show", "-g", "oaks", "-n", "meadow", "--resource-type", TYPE, "--query", "id"])).toBe(cluster());
    expect(await az(["resource", "list", "-g", "oaks", "--query", "[].{name:name,type:type,state:provisioningState}"])).toEqual([{ name: "meadow", type: TYPE, state: "Succeeded" }]);
    expect(await az(["resource", "list", "--resource-type", TYPE, "--query", "[].name"])).toEqual(["meadow"]);
    await az(["resource", "show", "-g", "oaks", "-n", "nowhere", "--resource-type", TYPE], 3);
  });

  it("makes a file system and a bucket in it", async () => {
    const home = JSON.stringify({ usableCapacityGB: 1, protocols: ["nfs"], protection: { hostFailures: 1 } });
    const child = ["--namespace", "Cynosure.Storage", "--parent", "clusters/meadow", "-g", "oaks"];
    expect(await az(["resource", "create", ...child, "--resource-type", "fileSystems", "-n", "home", "--properties", home, "--query", "properties"])).toMatchObject({ usableCapacityGB: 1, provisioningState: "Succeeded" });
    expect(await az(["resource", "create", ...child, "--resource-type", "buckets", "-n", "results", "--properties", JSON.stringify({ protection: { hostFailures: 1 } }), "--query", "properties.provisioningState"])).toBe("Succeeded");
    expect(await az(["resource", "update", "--ids", `${cluster()}/fileSystems/home`, "--set", "properties.usableCapacityGB=2", "--query", "properties"])).toMatchObject({ usableCapacityGB: 2, provisioningState: "Succeeded" });
  });

  it("tags, updates and asks what a change would do", async () => {
    expect(await az(["resource", "tag", "--ids", cluster(), "--tags", "kept=yes", "by=az", "--query", "tags"])).toEqual({ kept: "yes", by: "az" });
    expect(await az(["resource", "list", "--tag", "by=az", "--query", "[].name"])).toEqual(["meadow"]);
    expect(await az(["resource", "invoke-action", "--ids", cluster(), "--action", "whatIf", "--request-body", JSON.stringify({ location: "local", properties: wish(4) }), "--query", "hosts[].name"])).toHaveLength(4);
    expect(await az(["resource", "update", "--ids", cluster(), "--set", "tags.grown=yes", "properties.hosts.count=4", "--query", steady])).toMatchObject({ state: "Succeeded", hosts: { count: 4 }, tags: { kept: "yes", grown: "yes" } });
    expect(await az(["resource", "invoke-action", "--ids", cluster(), "--action", "listCredentials", "--query", "s3 | keys(@) | sort(@)"])).toEqual(["accessKeyId", "secretAccessKey"]);
  });

  it("pages through more hosts than one page holds", async () => {
    const names: string[] = [];
    let url: string | null = `${cluster()}/hosts?api-version=${API_VERSION}&$top=3`;
    let pages = 0;
    while (url !== null) {
      // The query names both.
      const page = (await az(["rest", "--method", "get", "--url", url, "--query", "{names:value[].name,nextLink:nextLink}"])) as { names: string[]; nextLink: string | null };
      names.push(...page.names);
      url = page.nextLink;
      pages += 1;
    }
    expect([names, pages]).toEqual([["host-1", "host-2", "host-3", "host-4"], 2]);
    await az(["rest", "--method", "get", "--url", `${cluster()}?api-version=${API_VERSION}`, "--skip-authorization-header"], 1);
  });

  it("deletes what it made, and signs out", async () => {
    await az(["resource", "delete", "--ids", `${cluster()}/buckets/results`]);
    await az(["resource", "delete", "-g", "oaks", "-n", "meadow", "--resource-type", TYPE]);
    await az(["resource", "wait", "--ids", cluster(), "--deleted", "--interval", "1"]);
    expect(await az(["resource", "list", "-g", "oaks"])).toEqual([]);
    await az(["group", "delete", "-n", "oaks", "--yes"]);
    expect(await az(["group", "exists", "-n", "oaks"])).toBe(false);
    await az(["account", "clear"]);
    await az(["group", "list"], 1);
  });

  it("said what it said before", () => {
    if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(golden, transcript);
    expect(transcript).toBe(readFileSync(golden, "utf8"));
  });

  it("had only exchanges that are as the OpenAPI documents say", async () => {
    const report = await checkExchanges(product.exchanges());
    expect(report.faults).toEqual([]);
    expect(report.validated).toEqual(report.exercised);
    expect(report.exercised.size).toBeGreaterThan(10);
  });
});
