// The emulated management server as a child process, with as many views as its argument says: what both sides of the list are read from.
import { Buffer } from "node:buffer";
import https from "node:https";
import { text } from "node:stream/consumers";
import { startVmsEmulator } from "@cynosure/vms-emulator";

const [count = "0"] = process.argv.slice(2);
const emulator = await startVmsEmulator({ seed: 1 });
const authorization = `Basic ${Buffer.from("admin:123456").toString("base64")}`;
const agent = new https.Agent({ keepAlive: true, ca: emulator.certificatePem ?? "" });
const make = (path: string, body: unknown): Promise<void> =>
  new Promise((resolve, reject) => {
    const request = https.request(`${emulator.origin}/api/latest/${path}/`, { method: "POST", agent, headers: { authorization, "content-type": "application/json" } }, (answer) => {
      text(answer).then((told) => (answer.statusCode === 201 ? resolve() : reject(new Error(`${path} answered ${answer.statusCode}: ${told}`))), reject);
    });
    request.once("error", reject).end(JSON.stringify(body));
  });
await make("viewpolicies", { name: "everybody", flavor: "NFS" });
for (let n = 0; n < Number(count); n += 1) await make("views", { path: `/view-${n}`, name: `view-${n}`, policy_id: 1, tenant_id: 1 });
agent.destroy();
process.send?.({ origin: emulator.origin, authorization, certificatePem: emulator.certificatePem });
