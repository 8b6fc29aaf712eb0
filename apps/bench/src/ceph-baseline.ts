// The hand-written deployment beside which ours is measured (ceph-script/README.md): run as its own process,
// so that both pay for starting what they start.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

const TIMEOUT_MS_MAX = 180_000;

export interface CephBaseline {
  /** Seconds from the start at which each phase was done. */
  readonly seconds: Readonly<Record<string, number>>;
  /** The last of them: HEALTH_OK with S3 and NFS. */
  readonly totalSeconds: number;
}

export async function runCephBaseline(env: NodeJS.ProcessEnv, hosts: number): Promise<CephBaseline> {
  const { stdout } = await promisify(execFile)(process.execPath, [join(import.meta.dirname, "ceph-script", "main.ts"), "--hosts", String(hosts)], { env, timeout: TIMEOUT_MS_MAX });
  // One line of JSON, ours.
  const { seconds } = JSON.parse(stdout) as { seconds: Record<string, number> };
  return { seconds, totalSeconds: Math.max(...Object.values(seconds)) };
}
