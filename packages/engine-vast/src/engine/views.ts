// File systems and buckets: each is a view on a directory of its own; a file system has a quota on it. Removing one removes
// its directory with everything in it.
import { doneVoid, failed, type EngineAction, type StepResult } from "@cynosure/model";
import { number, text } from "../layout/action-params.ts";
import { OWN_NAME, bucketPath, fileSystemPath, fileSystemQuota } from "../layout/names.ts";
import type { Context } from "./context.ts";
import { ensureQuota, removeQuotasUnder } from "./quotas.ts";
import { idOf, textOf } from "./rows.ts";
import { inTenant, type Tenant } from "./tenant.ts";
import { unlessGone, type Vms } from "./vms.ts";

const DEFAULT_POLICY = "default";

async function policyId(vms: Vms): Promise<number | null> {
  const policies = await vms.list("/viewpolicies/");
  const policy = policies.find((row) => textOf(row, "name") === DEFAULT_POLICY) ?? policies[0];
  return policy === undefined ? null : Number(idOf(policy));
}

async function ensureView(vms: Vms, tenant: Tenant, path: string, body: Readonly<Record<string, unknown>>): Promise<StepResult> {
  if ((await tenant.at("views", path)) !== null) return doneVoid;
  const policy_id = await policyId(vms);
  if (policy_id === null) return failed("NoViewPolicy", "The management server has no view policy. Create one named default, then write the cluster again.");
  await vms.send({ method: "POST", path: "/views/", json: { path, policy_id, tenant_id: tenant.id, create_dir: true, ...body } });
  return doneVoid;
}

export const ensureFileSystem = (context: Context, { params }: EngineAction): Promise<StepResult> =>
  inTenant(context, async (tenant) => {
    const name = text(params, "name");
    const path = fileSystemPath(name);
    const result = await ensureView(context.vms, tenant, path, { name: `fs-${name}`, protocols: ["NFS"] });
    if (result.kind !== "done") return result;
    await ensureQuota(context.vms, tenant, { name: fileSystemQuota(name), path, limits: { hard_limit: number(params, "usableCapacityBytes") } });
    await context.vault.putOutput(`path-${name}`, path);
    return doneVoid;
  });

export const ensureBucket = (context: Context, { params }: EngineAction): Promise<StepResult> =>
  inTenant(context, (tenant) => {
    const name = text(params, "name");
    return ensureView(context.vms, tenant, bucketPath(name), { name: `bucket-${name}`, protocols: ["S3"], bucket: name, bucket_owner: OWN_NAME, bucket_owner_type: "USER" });
  });

const removeAt = (context: Context, path: string): Promise<StepResult> =>
  inTenant(context, async (tenant) => {
    const { vms } = context;
    const view = await tenant.at("views", path);
    await removeQuotasUnder(vms, tenant, path);
    // The view last: while it is there, a repeat knows that the directory may be there as well.
    if (view === null) return doneVoid;
    await unlessGone(vms.send({ method: "DELETE", path: "/folders/delete_folder/", json: { path, tenant_id: tenant.id } }));
    await unlessGone(vms.send({ method: "DELETE", path: `/views/${idOf(view)}/` }));
    return doneVoid;
  });

export const removeFileSystem = (context: Context, { params }: EngineAction): Promise<StepResult> => removeAt(context, fileSystemPath(text(params, "name")));
export const removeBucket = (context: Context, { params }: EngineAction): Promise<StepResult> => removeAt(context, bucketPath(text(params, "name")));
