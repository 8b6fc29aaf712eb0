// File systems and buckets: each is a view on a directory of its own; a file system has a quota on it. Removing one removes
// its directory with everything in it.
import { doneVoid, failed, type EngineAction, type StepResult } from "@cynosure/model";
import { number, text } from "../layout/action-params.ts";
import { OWN_NAME, bucketPath, fileSystemPath } from "../layout/names.ts";
import type { Context } from "./context.ts";
import { idOf, textOf, type Row } from "./rows.ts";
import { VmsRefusal, type Vms } from "./vms.ts";

const DEFAULT_POLICY = "default";

const byPath = async (vms: Vms, collection: "views" | "quotas", path: string): Promise<Row | null> => (await vms.list(`/${collection}/`)).find((row) => textOf(row, "path") === path) ?? null;

async function policyId(vms: Vms): Promise<number | null> {
  const policies = await vms.list("/viewpolicies/");
  const policy = policies.find((row) => textOf(row, "name") === DEFAULT_POLICY) ?? policies[0];
  return policy === undefined ? null : Number(idOf(policy));
}

async function ensureView(vms: Vms, path: string, body: Readonly<Record<string, unknown>>): Promise<StepResult> {
  if ((await byPath(vms, "views", path)) !== null) return doneVoid;
  const policy_id = await policyId(vms);
  if (policy_id === null) return failed("NoViewPolicy", "The management server has no view policy. Create one named default, then write the cluster again.");
  await vms.send({ method: "POST", path: "/views/", json: { path, policy_id, create_dir: true, ...body } });
  return doneVoid;
}

async function ensureQuota(vms: Vms, name: string, path: string, hardLimit: number): Promise<void> {
  const known = await byPath(vms, "quotas", path);
  if (known === null) await vms.send({ method: "POST", path: "/quotas/", json: { name, path, hard_limit: hardLimit } });
  else if (Number(known["hard_limit"]) !== hardLimit) await vms.send({ method: "PATCH", path: `/quotas/${idOf(known)}/`, json: { hard_limit: hardLimit } });
}

export async function ensureFileSystem({ vms, vault }: Context, { params }: EngineAction): Promise<StepResult> {
  const name = text(params, "name");
  const path = fileSystemPath(name);
  const result = await ensureView(vms, path, { name: `fs-${name}`, protocols: ["NFS"] });
  if (result.kind !== "done") return result;
  await ensureQuota(vms, `fs-${name}`, path, number(params, "usableCapacityBytes"));
  await vault.putOutput(`path-${name}`, path);
  return doneVoid;
}

export const ensureBucket = ({ vms }: Context, { params }: EngineAction): Promise<StepResult> => {
  const name = text(params, "name");
  return ensureView(vms, bucketPath(name), { name: `bucket-${name}`, protocols: ["S3"], bucket: name, bucket_owner: OWN_NAME, bucket_owner_type: "USER" });
};

/** Nothing there is what is wanted. */
async function unlessGone(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof VmsRefusal) || error.status !== 404) throw error;
  }
}

async function removeAt(vms: Vms, path: string): Promise<StepResult> {
  const [view, quota] = [await byPath(vms, "views", path), await byPath(vms, "quotas", path)];
  // The view last: while it is there, a repeat knows that the directory may be there as well.
  if (quota !== null) await unlessGone(vms.send({ method: "DELETE", path: `/quotas/${idOf(quota)}/` }));
  if (view === null) return doneVoid;
  await unlessGone(vms.send({ method: "DELETE", path: "/folders/delete_folder/", json: { path } }));
  await unlessGone(vms.send({ method: "DELETE", path: `/views/${idOf(view)}/` }));
  return doneVoid;
}

export const removeFileSystem = ({ vms }: Context, { params }: EngineAction): Promise<StepResult> => removeAt(vms, fileSystemPath(text(params, "name")));
export const removeBucket = ({ vms }: Context, { params }: EngineAction): Promise<StepResult> => removeAt(vms, bucketPath(text(params, "name")));
