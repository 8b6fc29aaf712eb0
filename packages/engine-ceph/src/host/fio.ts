// The cluster measured from inside its network: fio through librbd, reading and writing one image at the
// same time, on a scratch pool that is made for it and removed whatever happens.
import { hostname } from "node:os";
import { ADMIN_KEYRING, CEPH_CONF } from "../layout/paths.ts";
import { hostPath } from "./host-place.ts";
import { HostRequestError } from "./host-request-error.ts";
import { readFields, readInteger, type CommandPayload } from "./payload.ts";
import type { RadosSession } from "./rados-session.ts";
import { mustRunTool } from "./tool.ts";

const POOL = "cynosure.bench";
const IMAGE = "scratch";
const IMAGE_MIB = 256;
const TOOL_TIMEOUT_MS = 15_000;
const CLEANUP_TIMEOUT_MS = 10_000;

const mon = (prefix: string, rest: Readonly<Record<string, unknown>>): CommandPayload => ({ target: "mon", command: { prefix, ...rest } });
const removePool = mon("osd pool delete", { pool: POOL, pool2: POOL, yes_i_really_really_mean_it: true });

interface FioJob {
  readonly error: number;
  readonly read: { readonly bw_bytes: number };
  readonly write: { readonly bw_bytes: number };
}

export async function runFio(rados: RadosSession, payload: unknown, signal: AbortSignal): Promise<unknown> {
  const seconds = readInteger(readFields(payload, ["seconds"]), "seconds", 1, 30);
  const conf = hostPath(CEPH_CONF);
  const env = { CEPH_CONF: conf, CEPH_ARGS: `--keyring=${hostPath(ADMIN_KEYRING)}` };
  const results = await rados.run([mon("osd pool create", { pool: POOL, pg_num: 8, pgp_num: 8, pool_type: "replicated", size: 3, autoscale_mode: "off" }), mon("osd pool application enable", { pool: POOL, app: "rbd" })], signal);
  const refusal = results.find((result) => result.rc < 0);
  if (refusal !== undefined) throw new HostRequestError("ToolFailed", `the scratch pool could not be made: ${refusal.status}`);
  try {
    await mustRunTool("rbd", ["-c", conf, "create", `${POOL}/${IMAGE}`, "--size", `${IMAGE_MIB}M`, "--image-feature", "layering"], TOOL_TIMEOUT_MS, env, signal);
    const job = ["--name=mixed", "--ioengine=rbd", "--clientname=admin", `--pool=${POOL}`, `--rbdname=${IMAGE}`, "--rw=randrw", "--rwmixread=50", "--bs=64k", "--iodepth=16", "--direct=1", "--thread", "--time_based", `--runtime=${seconds}`, "--output-format=json"];
    const printed = await mustRunTool("fio", job, seconds * 1_000 + TOOL_TIMEOUT_MS, env, signal);
    return { ...readRates(printed), seconds, path: `librbd on ${hostname()} inside the cluster network` };
  } finally {
    // Also when the caller has given up: its own short bound, not the caller's signal.
    await rados.run([removePool], AbortSignal.timeout(CLEANUP_TIMEOUT_MS)).catch(() => undefined);
  }
}

/** fio prints notes before its JSON. */
export function readRates(printed: string): { readMBps: number; writeMBps: number } {
  const start = printed.indexOf("{");
  if (start < 0) throw new HostRequestError("ToolFailed", "fio printed no result");
  const { jobs } = JSON.parse(printed.slice(start)) as { jobs: readonly FioJob[] }; // fio's documented JSON output
  const [job] = jobs;
  if (job === undefined || job.error !== 0) throw new HostRequestError("ToolFailed", `fio ended with error ${job?.error ?? "unknown"}`);
  const rate = (bytes: number): number => Math.round(bytes / 100_000) / 10;
  return { readMBps: rate(job.read.bw_bytes), writeMBps: rate(job.write.bw_bytes) };
}
