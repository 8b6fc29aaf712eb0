// Quotas: one per directory, told by its path. The top of a file system has the file system's own, whose bytes are its
// capacity; a quota of the contract there adds its bound of files to it.
import { doneVoid, type EngineAction, type StepResult } from "@cynosure/model";
import { parseQuota, parseRemovedQuota } from "../layout/action-params.ts";
import { directoryPath, fileSystemQuota, nameInside } from "../layout/names.ts";
import type { Context } from "./context.ts";
import { idOf, numberOf, textOf } from "./rows.ts";
import { inTenant, pathOf, type Tenant } from "./tenant.ts";
import { createUnlessThere, unlessGone, type Vms } from "./vms.ts";

/** 0 is none: the document has no null there. */
export interface Limits {
  readonly hard_limit?: number;
  readonly hard_limit_inodes?: number;
}

export interface QuotaWish {
  readonly name: string;
  readonly path: string;
  readonly limits: Limits;
}

export async function ensureQuota(vms: Vms, tenant: Tenant, { name, path, limits }: QuotaWish): Promise<void> {
  const all = await tenant.list("quotas");
  const known = all.find((row) => pathOf(row) === path);
  // Of another directory: it goes, or has its own name again, by its own step. An id makes a name that nobody else has.
  const namesake = all.find((row) => row !== known && textOf(row, "name") === name);
  if (namesake !== undefined) await vms.send({ method: "PATCH", path: `/quotas/${idOf(namesake)}/`, json: { name: `${name}.${idOf(namesake)}` } });
  if (known === undefined) return createUnlessThere(vms, { method: "POST", path: "/quotas/", json: { name, path, tenant_id: tenant.id, create_dir: true, ...limits } }, async () => (await tenant.at("quotas", path)) !== null);
  const changed = Object.entries(limits).filter(([key, value]) => numberOf(known, key) !== value);
  const change = { ...(textOf(known, "name") === name ? {} : { name }), ...Object.fromEntries(changed) };
  if (Object.keys(change).length > 0) await vms.send({ method: "PATCH", path: `/quotas/${idOf(known)}/`, json: change });
}

/** Of a directory that goes, and of every directory below it. */
export async function removeQuotasUnder(vms: Vms, tenant: Tenant, path: string): Promise<void> {
  const gone = (await tenant.list("quotas")).filter((row) => pathOf(row) === path || pathOf(row).startsWith(`${path}/`));
  for (const row of gone) await unlessGone(vms.send({ method: "DELETE", path: `/quotas/${idOf(row)}/` }));
}

export const setQuota = (context: Context, { params }: EngineAction): Promise<StepResult> =>
  inTenant(context, async (tenant) => {
    const { name, fileSystem, path, hardLimitBytes, fileCountLimit } = parseQuota(params);
    const limits = { ...(hardLimitBytes === null ? {} : { hard_limit: hardLimitBytes }), hard_limit_inodes: fileCountLimit ?? 0 };
    await ensureQuota(context.vms, tenant, { name: path === "/" ? fileSystemQuota(fileSystem) : nameInside(fileSystem, name), path: directoryPath(fileSystem, path), limits });
    return doneVoid;
  });

export const removeQuota = (context: Context, { params }: EngineAction): Promise<StepResult> =>
  inTenant(context, async (tenant) => {
    const { fileSystem, path } = parseRemovedQuota(params);
    const known = await tenant.at("quotas", directoryPath(fileSystem, path));
    if (known === null) return doneVoid;
    const at = `/quotas/${idOf(known)}/`;
    if (path !== "/") await unlessGone(context.vms.send({ method: "DELETE", path: at }));
    else if (numberOf(known, "hard_limit_inodes") !== 0) await unlessGone(context.vms.send({ method: "PATCH", path: at, json: { hard_limit_inodes: 0 } }));
    return doneVoid;
  });
