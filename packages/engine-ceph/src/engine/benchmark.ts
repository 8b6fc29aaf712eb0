// Measuring the cluster from inside its own network: fio reading and writing one rbd image at the same time
// on a host with a monitor. It is the block path and says so; it is never shown as NFS or S3 throughput.
import type { EngineBenchmark, EngineCall } from "@cynosure/engine";
import { ControlPlaneError } from "@cynosure/model";
import { ask } from "./cluster-link.ts";

/** Making and removing the scratch pool, on top of the run itself. */
const OVERHEAD_MS = 40_000;

export async function benchmark(call: EngineCall, seconds: number): Promise<EngineBenchmark> {
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > 30) throw new ControlPlaneError("InvalidParameter", `A benchmark runs for 1 to 30 whole seconds, not ${seconds}.`, { target: "seconds" });
  const answer = await ask(call, "monitor", "ceph.fio", { seconds }, seconds * 1_000 + OVERHEAD_MS);
  if (!answer.ok) throw new ControlPlaneError("ServiceUnavailable", `The benchmark did not run: ${answer.message}`);
  const value = answer.value as Partial<EngineBenchmark> | null; // checked field by field below
  if (typeof value?.readMBps !== "number" || typeof value.writeMBps !== "number" || typeof value.path !== "string") throw new ControlPlaneError("InternalServerError", "The benchmark answered without rates.");
  return { readMBps: value.readMBps, writeMBps: value.writeMBps, seconds, path: value.path };
}
