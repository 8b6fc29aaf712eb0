// The tenant that everything of the engine's is in. Paths and names are of one tenant: other tenants, which a user makes with the
// cluster's own API, may have the same ones, and what is theirs is never looked at.
import { failed, type StepResult } from "@cynosure/model";
import type { Context } from "./context.ts";
import { idOf, textOf, type Row } from "./rows.ts";
import type { Vms } from "./vms.ts";

const DEFAULT_TENANT = "default";

export interface Tenant {
  readonly id: number;
  /** Of a path; null where there is none. Snapshots are told with a slash at their end by some versions. */
  at(collection: "views" | "quotas", path: string): Promise<Row | null>;
  list(collection: "views" | "quotas" | "snapshots", query?: readonly (readonly [string, string])[]): Promise<readonly Row[]>;
}

export const pathOf = (row: Row): string => textOf(row, "path").replace(/\/+$/, "");

function tenantOver(vms: Vms, id: number): Tenant {
  const list: Tenant["list"] = async (collection, query = []) => (await vms.list(`/${collection}/`, [...query, ["tenant_id", String(id)]])).filter((row) => textOf(row, "tenant_id") === String(id));
  return { id, list, at: async (collection, path) => (await list(collection)).find((row) => pathOf(row) === path) ?? null };
}

export async function inTenant({ vms }: Pick<Context, "vms">, work: (tenant: Tenant) => Promise<StepResult>): Promise<StepResult> {
  const found = (await vms.list("/tenants/")).find((row) => textOf(row, "name") === DEFAULT_TENANT);
  return found === undefined ? failed("NoTenant", `The management server has no tenant ${DEFAULT_TENANT}. Give its first tenant that name, then write the cluster again.`) : work(tenantOver(vms, Number(idOf(found))));
}
