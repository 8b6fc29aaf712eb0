// The end of a start: asks the control plane to stop all in order, then looks at the machine itself (not at a
// list of ours) for anything that still carries the installation id.
import { rmSync } from "node:fs";
import { findLeftovers, isNothingLeft } from "@cynosure/machine";
import type { Installation } from "@cynosure/machine";
import type { Output } from "../output.ts";
import type { ControlPlaneHandle } from "./control-plane-process.ts";

/** Null when nothing is left, else the reason to fail. */
export async function stopAndScan(controlPlane: ControlPlaneHandle, installation: Installation, output: Output): Promise<string | null> {
  output.note("Stopping hosts, control plane and database");
  try {
    await controlPlane.stop();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  const left = findLeftovers(installation.id);
  // Sockets of what has just ended; a directory alone is nothing running.
  if (left.processes.length === 0 && left.networkNamespaces.length === 0 && left.mounts.length === 0) rmSync(installation.runtimeDir, { recursive: true, force: true });
  const after = findLeftovers(installation.id);
  if (isNothingLeft(after)) {
    output.note(`Stopped; no process, namespace or mount of installation ${installation.id} is left`);
    return null;
  }
  const names = [...after.processes.map((each) => `process ${each.pid} (${each.commandLine.slice(0, 60)})`), ...after.networkNamespaces.map((name) => `namespace ${name}`), ...after.mounts.map((mount) => `mount ${mount}`), ...after.runtimeDirs];
  return `left running after the stop: ${names.slice(0, 10).join(", ")}${names.length > 10 ? ` and ${names.length - 10} more` : ""}; "cynosure doctor" lists all`;
}
