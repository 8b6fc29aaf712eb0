// The emulated management server as a child process, with as many views as its argument says: what both sides of the list are read from.
import { Buffer } from "node:buffer";
import { startVmsEmulator } from "@cynosure/vms-emulator";

const [count = "0"] = process.argv.slice(2);
const emulator = await startVmsEmulator({ seed: 1, tls: false });
const authorization = `Basic ${Buffer.from("admin:123456").toString("base64")}`;
const make = async (path: string, body: unknown): Promise<void> => {
  const response = await fetch(`${emulator.origin}/api/latest/${path}/`, { method: "POST", headers: { authorization, "content-type": "application/json" }, body: JSON.stringify(body) });
  if (response.status !== 201) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  await response.arrayBuffer();
};
await make("viewpolicies", { name: "everybody", flavor: "NFS" });
for (let n = 0; n < Number(count); n += 1) await make("views", { path: `/view-${n}`, name: `view-${n}`, policy_id: 1, tenant_id: 1 });
process.send?.({ origin: emulator.origin, authorization });
