// Snapshots of file systems: each is made once. The cluster's outputs remember it, so that one that was removed by the cluster's
// own API is not made again of later data.
import { doneVoid, type EngineAction, type StepResult } from "@cynosure/model";
import { parseSnapshot } from "../layout/action-params.ts";
import { fileSystemPath, nameInside, snapshotOutput } from "../layout/names.ts";
import type { Context } from "./context.ts";
import { idOf, textOf, type Row } from "./rows.ts";
import { inTenant, pathOf, type Tenant } from "./tenant.ts";
import { createUnlessThere, unlessGone } from "./vms.ts";

const MADE = "made";
const REMOVED = "removed";

const find = async (tenant: Tenant, name: string, path: string): Promise<Row | null> => (await tenant.list("snapshots", [["name__contains", name]])).find((row) => textOf(row, "name") === name && pathOf(row) === path) ?? null;

export async function makeSnapshot(context: Context, { params }: EngineAction): Promise<StepResult> {
  const { vms, vault } = context;
  const { name, fileSystem } = parseSnapshot(params);
  const [native, path] = [nameInside(fileSystem, name), fileSystemPath(fileSystem)];
  if ((await vault.readOutput(snapshotOutput(native))) === MADE) return doneVoid;
  return inTenant(context, async (tenant) => {
    const isThere = async (): Promise<boolean> => (await find(tenant, native, path)) !== null;
    if (!(await isThere())) await createUnlessThere(vms, { method: "POST", path: "/snapshots/", json: { name: native, path, tenant_id: tenant.id } }, isThere);
    await vault.putOutput(snapshotOutput(native), MADE);
    return doneVoid;
  });
}

export const removeSnapshot = (context: Context, { params }: EngineAction): Promise<StepResult> =>
  inTenant(context, async (tenant) => {
    const { name, fileSystem } = parseSnapshot(params);
    const native = nameInside(fileSystem, name);
    // First the mark: from here on nobody knows that it is there.
    await context.vault.putOutput(snapshotOutput(native), REMOVED);
    const known = await find(tenant, native, fileSystemPath(fileSystem));
    if (known !== null) await unlessGone(context.vms.send({ method: "DELETE", path: `/snapshots/${idOf(known)}/` }));
    return doneVoid;
  });
