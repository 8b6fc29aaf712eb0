// The addresses that clients come in by: one pool that the cluster moves among its nodes as they come and go.
import { doneVoid, type StepResult } from "@cynosure/model";
import { OWN_NAME } from "../layout/names.ts";
import type { Context } from "./context.ts";
import { idOf, textOf } from "./rows.ts";

export async function ensureAddresses({ vms, call, options }: Context): Promise<StepResult> {
  const wanted = options.clientAddresses(call);
  if (wanted === null) return doneVoid;
  const json = { subnet_cidr: wanted.subnetBits, ip_ranges: wanted.ranges };
  const known = (await vms.list("/vippools/")).find((row) => textOf(row, "name") === OWN_NAME);
  if (known === undefined) await vms.send({ method: "POST", path: "/vippools/", json: { name: OWN_NAME, role: "PROTOCOLS", ...json } });
  else if (JSON.stringify(known["ip_ranges"]) !== JSON.stringify(wanted.ranges)) await vms.send({ method: "PATCH", path: `/vippools/${idOf(known)}/`, json });
  return doneVoid;
}
