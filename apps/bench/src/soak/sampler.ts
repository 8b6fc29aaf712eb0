// What is measured while the product soaks: memory and descriptors of its processes from /proc, its database
// from PostgreSQL itself, and what of it stands on the machine.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { findLeftovers, type Installation } from "@cynosure/machine";
import { Client } from "pg";
import { processesOf, roleOf } from "../process-figures.ts";

const MIB = 1024 * 1024;

/** Values by the name of their series. */
export type Values = Readonly<Record<string, number>>;

export interface Sampler {
  sample(): Promise<Values>;
  close(): Promise<void>;
}

const sizesSql = `select pg_database_size(current_database()) / ${MIB}::float as size,
  (select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid())::int as backends,
  (select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and state like 'idle in transaction%' and now() - state_change > interval '10 seconds')::int as stuck`;
/** Dropped after five minutes; the rest is for the sweep's turn on a loaded machine. */
const workflowsSql = `select (select count(*) from dbos.workflow_status where status = 'SUCCESS' and completed_at < (extract(epoch from now()) - 420) * 1000)::int as late,
  (select count(*) from dbos.workflow_input i where not exists (select 1 from dbos.workflow_status s where s.workflow_uuid = i.workflow_uuid))::int as parts`;
const tablesSql = "select schemaname || '.' || tablename as name from pg_tables where schemaname in ('cynosure', 'dbos') order by 1";

const lineOf = (pid: number, file: string, pattern: RegExp): number => Number(pattern.exec(readFileSync(`/proc/${pid}/${file}`, "utf8"))?.[1] ?? 0);

function filesOf(homeDir: string, name: RegExp): number {
  const files = readdirSync(homeDir, { withFileTypes: true }).filter((entry) => entry.isFile() && name.test(entry.name));
  return files.reduce((sum, entry) => sum + (statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0), 0) / MIB;
}

export async function openSampler(options: { readonly pid: number; readonly installation: Installation; readonly databaseUrl: string }): Promise<Sampler> {
  const { pid, installation } = options;
  const database = new Client({ connectionString: options.databaseUrl, application_name: "soak" });
  // A lost connection fails the next question, which is soon enough.
  database.on("error", () => undefined);
  await database.connect();
  const tables = (await database.query<{ name: string }>(tablesSql)).rows.map((row) => row.name);
  const rowsSql = tables.map((name) => `select '${name}' as name, count(*)::int as rows from ${name}`).join(" union all ");
  return {
    async sample() {
      const processes = processesOf(installation.id);
      const ofPostgres = processes.filter((figure) => roleOf(figure) === "postgres");
      const left = findLeftovers(installation.id);
      const sizes = (await database.query<{ size: number; backends: number; stuck: number }>(sizesSql)).rows[0];
      const workflows = (await database.query<{ late: number; parts: number }>(workflowsSql)).rows[0];
      const rows = (await database.query<{ name: string; rows: number }>(rowsSql)).rows;
      return {
        "control plane RSS MiB": lineOf(pid, "status", /^VmRSS:\s+(\d+) kB/m) / 1024,
        "control plane PSS MiB": lineOf(pid, "smaps_rollup", /^Pss:\s+(\d+) kB/m) / 1024,
        // Its connections to the database come and go with the load and are judged as backends.
        "control plane descriptors": readdirSync(`/proc/${pid}/fd`).length - (sizes?.backends ?? 0),
        "control plane threads": readdirSync(`/proc/${pid}/task`).length,
        // Shared buffers are mapped by every backend; proportional size counts them once.
        "PostgreSQL PSS MiB": ofPostgres.reduce((sum, figure) => sum + figure.pssBytes, 0) / MIB,
        "PostgreSQL processes": ofPostgres.length,
        "PostgreSQL backends": sizes?.backends ?? 0,
        "transactions left open": sizes?.stuck ?? 0,
        "database MiB": sizes?.size ?? 0,
        "ended workflows kept too long": workflows?.late ?? 0,
        "parts of dropped workflows": workflows?.parts ?? 0,
        "processes": left.processes.length,
        "network namespaces": left.networkNamespaces.length,
        "mounts": left.mounts.length,
        "simulated world file MiB": filesOf(installation.homeDir, /^simulated-world/),
        "product log files MiB": filesOf(installation.logsDir, /./),
        ...Object.fromEntries(rows.map((row) => [`rows ${row.name}`, row.rows])),
      };
    },
    close: () => database.end(),
  };
}
