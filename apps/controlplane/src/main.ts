// Process of the control plane: one per data directory with its own PostgreSQL, any number on a DATABASE_URL.
// Says over IPC (or on standard output) when it is ready, stops in order on SIGTERM or SIGINT, and leaves local
// hosts running when it is not told to own them.
import { flushCompileCache } from "node:module";
import { join, resolve } from "node:path";
import { COMPILE_ONLY, INSTALLATION_VARIABLE, openInstallation, removeUnusedRuntimeDir, withExclusive } from "@cynosure/machine";
import type { Installation } from "@cynosure/machine";
import { compose } from "./compose.ts";
import type { RunningControlPlane } from "./compose.ts";
import type { Config } from "./config.ts";
import { ConfigError, readConfig } from "./config.ts";
import { describeError, log } from "./log.ts";

const EXIT_CONFIG = 2;
/** The process cannot go on but another may (EX_TEMPFAIL): an executor that does not stop, a database that does not stay up. */
const EXIT_GIVEN_UP = 75;

type Message = { readonly kind: "phase"; readonly text: string } | { readonly kind: "ready"; readonly url: string } | { readonly kind: "failed"; readonly reason: string };

function tell(message: Message): void {
  if (process.connected) process.send?.(message);
  else log(message.kind, message);
}

if (process.argv.includes(COMPILE_ONLY)) {
  // All of it is loaded by now; nothing of it is run (machine/control-plane-code.ts).
  flushCompileCache();
  process.exit(0);
}
const stop = Promise.withResolvers<NodeJS.Signals>();
for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => stop.resolve(signal));
// The starter may go away at any time; that is no reason to end.
process.on("disconnect", () => {});
process.on("SIGHUP", () => {});
process.on("unhandledRejection", (error) => log("unhandled rejection", describeError(error)));

let opened: Installation | null = null;
try {
  const config = readConfig(process.argv.slice(2), process.env);
  const xdgRuntimeDir = process.env["XDG_RUNTIME_DIR"];
  const installation = openInstallation({ homeDir: config.dataDir, imageCacheDir: config.imageCacheDir, ...(xdgRuntimeDir === undefined ? {} : { xdgRuntimeDir }) });
  opened = installation;
  // What this process starts inherits the mark; the process itself is named in control-plane.json.
  process.env[INSTALLATION_VARIABLE] = installation.id;
  if (config.databaseUrl === null) await withExclusive(join(installation.homeDir, "control-plane"), { timeoutMsMax: 5_000 }, () => run(config, installation));
  else await run(config, installation);
  removeUnusedRuntimeDir(installation);
  process.exit(0);
} catch (error) {
  tell({ kind: "failed", reason: error instanceof Error ? error.message : String(error) });
  log("failed", describeError(error));
  if (opened !== null) removeUnusedRuntimeDir(opened);
  process.exit(error instanceof ConfigError ? EXIT_CONFIG : 1);
}

async function run(config: Config, installation: Installation): Promise<void> {
  const projectDir = resolve(import.meta.dirname, "..", "..", "..");
  const onGivenUp = (reason: Error): never => {
    log("given up", describeError(reason));
    return process.exit(EXIT_GIVEN_UP);
  };
  const starting = compose({ config, installation, projectDir, log, onPhase: (text) => tell({ kind: "phase", text }), onGivenUp });
  const running: RunningControlPlane = await starting;
  // What was loaded on the way is there for the next start, also when this process is killed.
  flushCompileCache();
  tell({ kind: "ready", url: running.record.url });
  log("ready", { url: running.record.url, rung: config.rung });
  const signal = await stop.promise;
  log("stopping", { signal, hosts: config.ownHosts ? "stop" : "keep" });
  await running.close(config.ownHosts ? "stop" : "keep");
  log("stopped");
}
