// Clients for Python, installed from their requirements file into a scratch directory of the run: only where downloads are allowed.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { runOrThrow } from "@cynosure/machine";
import { provideTool } from "./tools.ts";

const INSTALL_MS_MAX = 240_000;
const hasVenv = (): boolean => spawnSync("python3", ["-c", "import ensurepip, venv"]).status === 0;

export const interpreterIn = (scratch: string): string => join(scratch, "venv/bin/python3");

/** Null once they are installed, else why not. */
export async function installPythonClients(what: string, requirementsPath: string, scratch: string): Promise<string | null> {
  if (process.env["REQUIRE_ALL"] !== "1" && process.env["CLIENTS_PYTHON"] !== "1") return `${what} would be downloaded; CLIENTS_PYTHON=1 allows it`;
  const missing = await provideTool("python3 with venv", ["python3-venv"], hasVenv);
  if (missing !== null) return missing;
  try {
    await runOrThrow(["python3", "-m", "venv", join(scratch, "venv")], { timeoutMsMax: INSTALL_MS_MAX });
    await runOrThrow([interpreterIn(scratch), "-m", "pip", "install", "-q", "--no-input", "--disable-pip-version-check", "-r", requirementsPath], { timeoutMsMax: INSTALL_MS_MAX });
    return null;
  } catch (error) {
    return `${what} could not be installed: ${error instanceof Error ? error.message.slice(0, 300) : String(error)}`;
  }
}
