// Licences: the key that whoever composes the product has for a cluster is installed once; one that has expired is an error.
import { doneVoid, failed, type StepResult } from "@cynosure/model";
import type { Context } from "./context.ts";
import { textOf, type Row } from "./rows.ts";
import { createHash } from "node:crypto";

/** A digest of what was installed: keys are secrets, and are not told back. */
const INSTALLED_OUTPUT = "vast-licence-sha256";

const digestOf = (key: string): string => createHash("sha256").update(key).digest("hex");

export async function installLicence({ vms, call, vault, options }: Context): Promise<StepResult> {
  const key = (await options.readLicenceKey?.(call)) ?? null;
  if (key === null) return doneVoid;
  const digest = digestOf(key);
  if ((await vault.readOutput(INSTALLED_OUTPUT)) !== digest) {
    await vms.send({ method: "POST", path: "/licenses/", json: { license_key: key } });
    await vault.putOutput(INSTALLED_OUTPUT, digest);
  }
  const licences = await vms.list("/licenses/");
  const valid = licences.some((licence) => ["ACTIVE", "PENDING"].includes(textOf(licence, "state")));
  return valid ? doneVoid : failed("LicenceExpired", `The licence of the cluster is ${licences.map((licence) => textOf(licence, "state")).join(", ") || "not there"}. Give one that is in force.`);
}

/** What health says of them. */
export const expiredOf = (licences: readonly Row[]): readonly Row[] => (licences.some((licence) => textOf(licence, "state") === "ACTIVE") ? [] : licences.filter((licence) => textOf(licence, "state") === "EXPIRED"));
