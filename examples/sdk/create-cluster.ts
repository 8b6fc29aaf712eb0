// A cluster with a file system, from a program. Run it beside a control plane:
//   CYNOSURE_ENDPOINT, CYNOSURE_CLIENT_ID, CYNOSURE_CLIENT_SECRET, CYNOSURE_SUBSCRIPTION_ID, CYNOSURE_CA (a file)
import { readFileSync } from "node:fs";
import { env } from "node:process";
import { CynosureClient, createClientSecretCredential } from "@cynosure/sdk";

const endpoint = env["CYNOSURE_ENDPOINT"] ?? "https://127.0.0.1:8443";
const tlsOptions = env["CYNOSURE_CA"] === undefined ? {} : { ca: readFileSync(env["CYNOSURE_CA"], "utf8") };
const credential = createClientSecretCredential({ endpoint, clientId: env["CYNOSURE_CLIENT_ID"] ?? "", clientSecret: env["CYNOSURE_CLIENT_SECRET"] ?? "", tlsOptions });
const client = new CynosureClient({ endpoint, subscriptionId: env["CYNOSURE_SUBSCRIPTION_ID"] ?? "", credential, credentialScopes: `${endpoint}/.default`, tlsOptions });

const engine = env["CYNOSURE_ENGINE"] === "simulated" ? "simulated" : "ceph";
const poller = client.clusters.beginCreateOrUpdate("quickstart", "meadow", {
  location: "local",
  properties: { engine, substrate: engine === "simulated" ? "simulated" : "local", hosts: { size: "local-small", count: 3 }, protection: { hostFailures: 1 } },
});
poller.onProgress(({ percentComplete }) => console.log(`creating: ${percentComplete ?? 0} %`));
const cluster = await poller.pollUntilDone();
console.log(`${cluster.name}: ${cluster.properties.provisioningState}${cluster.properties.isSimulated === true ? " (SIMULATED)" : ""}`);

const home = await client.fileSystems.createOrUpdateAndWait("quickstart", "meadow", "home", { properties: { usableCapacityGB: 1, protocols: ["nfs"], protection: { hostFailures: 1 } } });
console.log(`${home.name}: ${home.properties.provisioningState}, mounted at ${home.properties.mountPath}`);

for await (const { name } of client.clusters.listBySubscription()) console.log(`cluster ${name}`);
await client.clusters.deleteAndWait("quickstart", "meadow");
console.log("deleted");
