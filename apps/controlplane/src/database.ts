// The one database: the operator's by DATABASE_URL, else the embedded PostgreSQL of the data directory, which
// runs in a session of its own and outlives a killed control plane.
import { join } from "node:path";
import type { Installation } from "@cynosure/machine";
import { startEmbeddedPostgres } from "@cynosure/machine";

export interface DatabaseHandle {
  /** Holds the password: never print it. */
  readonly url: string;
  readonly isEmbedded: boolean;
  /** Stops the embedded server; leaves a foreign one alone. */
  stop(): Promise<void>;
}

export async function openDatabase(databaseUrl: string | null, installation: Installation): Promise<DatabaseHandle> {
  if (databaseUrl !== null) return { url: databaseUrl, isEmbedded: false, stop: async () => {} };
  const postgres = await startEmbeddedPostgres({
    dataDir: installation.postgresDir,
    installationId: installation.id,
    logFile: join(installation.logsDir, "postgres.log"),
    database: "cynosure",
  });
  return { url: postgres.url, isEmbedded: true, stop: () => postgres.stop() };
}
