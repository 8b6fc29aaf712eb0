// `--fresh`: ends whatever of this installation still runs and removes its data, the built images excepted.
// Asks first. Refuses a directory that does not look like a data directory.
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { isNothingLeft, readBootId, removeLeftovers, stopProcess } from "@cynosure/machine";
import { ask } from "../ask.ts";
import { CommandError, ExitCode } from "../exit-code.ts";
import type { Output } from "../output.ts";
import { findRunning } from "./control-plane-process.ts";
import { openOwnInstallation } from "./prepare-machine.ts";

const STOP_TIMEOUT_MS_MAX = 120_000;
const KEPT = new Set(["images"]);

export async function forgetData(options: { readonly dataDir: string; readonly assumeYes: boolean; readonly output: Output; readonly signal: AbortSignal }): Promise<void> {
  const { dataDir, output } = options;
  if (!existsSync(dataDir) || readdirSync(dataDir).every((name) => KEPT.has(name))) return;
  if (!existsSync(join(dataDir, "installation.json"))) throw new CommandError(ExitCode.usage, `${dataDir} is no data directory of ours (it has no installation.json); remove it by hand, or set CYNOSURE_HOME to another`);
  if (!options.assumeYes && !(await ask(`Forget all clusters and data in ${dataDir}?`, output, options.signal))) throw new CommandError(ExitCode.conflict, `--fresh forgets all data in ${dataDir}; answer with --yes`);
  // One after the other: several may serve one data directory.
  for (let running = findRunning(dataDir); running !== null; running = findRunning(dataDir)) await stopProcess({ ...running.process, bootId: readBootId() }, { signal: "SIGTERM", timeoutMsMax: STOP_TIMEOUT_MS_MAX });
  const left = await removeLeftovers(openOwnInstallation(dataDir).id);
  if (!isNothingLeft(left)) output.note(`  still there after --fresh: ${JSON.stringify(left)}`);
  for (const name of readdirSync(dataDir)) if (!KEPT.has(name)) rmSync(join(dataDir, name), { recursive: true, force: true });
  output.note(`Forgot ${dataDir}`);
}
