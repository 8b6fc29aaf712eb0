// Ends a process of the bench's own and waits until it has.
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";

export async function endChild(child: ChildProcess): Promise<void> {
  child.kill("SIGTERM");
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
}
