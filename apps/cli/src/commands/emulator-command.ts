// `cynosure emulator vms`: an emulated management server of the engine's vendor, as a process of its own. Nothing of it is
// read into the CLI: it stands in for somebody else's server.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Command } from "commander";
import { checkoutDir } from "../data-dir.ts";
import type { ProgramRun } from "../program-run.ts";

interface EmulatorFlags {
  readonly port?: string;
  readonly seed?: string;
  readonly nodes?: string;
  readonly dataFile?: string;
  readonly cluster?: string;
  readonly taskMs?: string;
  readonly http?: boolean;
}

export function addEmulatorCommand(command: Command, run: ProgramRun, signal: AbortSignal): void {
  command
    .command("emulator")
    .description("Emulated servers for development and tests.")
    .command("vms")
    .description("A VAST management server, EMULATED: its API with state, tasks and a cluster's life. Ctrl-C ends it.")
    .option("--port <number>", "Port on loopback. Default: a free one.")
    .option("--seed <number>", "What its ids, keys and metrics are made of.")
    .option("--nodes <count>", "Nodes that discovery finds.")
    .option("--data-file <path>", "Keep its state there over restarts.")
    .option("--cluster <name>", "A cluster of all nodes stands from the start.")
    .option("--task-ms <number>", "How long its tasks take.")
    .option("--http", "Plain HTTP. Default: HTTPS with a certificate of its own.")
    .action(async (flags: EmulatorFlags, self: Command) => {
      const isJson = self.optsWithGlobals()["json"] === true;
      const child = spawn(process.execPath, [join(checkoutDir, "apps", "vms-emulator", "src", "main.ts"), "vms", ...argumentsOf(flags), ...(isJson ? ["--json"] : [])], { stdio: "inherit" });
      const stop = (): void => void child.kill("SIGTERM");
      signal.addEventListener("abort", stop, { once: true });
      const [code] = await once(child, "exit");
      signal.removeEventListener("abort", stop);
      run.exitCode = typeof code === "number" ? code : 1;
    });
}

function argumentsOf({ port, seed, nodes, dataFile, cluster, taskMs, http }: EmulatorFlags): string[] {
  const pairs: readonly (readonly [string, string | undefined])[] = [["--port", port], ["--seed", seed], ["--nodes", nodes], ["--data-file", dataFile], ["--cluster", cluster], ["--task-ms", taskMs]];
  return [...pairs.flatMap(([name, value]) => (value === undefined ? [] : [name, value])), ...(http === true ? ["--http"] : [])];
}
