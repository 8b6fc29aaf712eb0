// The cluster under fire as its operator has it: delivered by `cynosure up`, looked at through the ARM API,
// its control plane started again by that same command when it was killed.
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { findLeftovers, isNothingLeft, openInstallation } from "@cynosure/machine";
import type { Installation, Leftovers } from "@cynosure/machine";
import type { Cluster } from "@cynosure/sdk";
import type { Arm } from "../../../apps/cli/src/arm.ts";
import { connect, connectionOf } from "../../../apps/cli/src/connect.ts";
import { findRunning } from "../../../apps/cli/src/up/control-plane-process.ts";

export const CLUSTER_NAME = "proof-of-concept";
const CONTROL_PLANE_BACK_MS_MAX = 60_000;
const POLL_MS = 100;
const root = new URL("../../..", import.meta.url).pathname;

export interface Health {
  readonly ok: boolean;
  readonly status: string;
  readonly observedAtMs: number;
  readonly checks: readonly { readonly code: string; readonly summary: string }[];
}

export interface Host {
  readonly hostId: string;
  readonly address: string;
  readonly power: string;
  readonly state: string;
}

export class ClusterUnderFire {
  readonly dir: string;
  readonly installation: Installation;
  #arm: Arm | null = null;

  constructor() {
    this.dir = mkdtempSync(join(tmpdir(), "cynosure-fire-"));
    const imageCacheDir = process.env["CYNOSURE_IMAGE_CACHE"] ?? join(root, ".cynosure", "images");
    process.env["CYNOSURE_IMAGE_CACHE"] = imageCacheDir;
    process.env["CYNOSURE_HOME"] = this.dir;
    this.installation = openInstallation({ homeDir: this.dir, imageCacheDir });
  }

  get params(): { readonly subscriptionId: string; readonly resourceGroupName: string; readonly clusterName: string } {
    const { subscriptionId, resourceGroupName } = this.arm().scope;
    return { subscriptionId, resourceGroupName, clusterName: CLUSTER_NAME };
  }

  arm(): Arm {
    this.#arm ??= connect(connectionOf(this.dir));
    return this.#arm;
  }

  async read(): Promise<Cluster> {
    return (await this.arm().send("Clusters_Get", this.params, undefined)).body;
  }

  /** Null while no control plane answers. */
  async health(): Promise<Health | null> {
    try {
      const { health } = (await this.read()).properties;
      return health === undefined ? null : { ok: health.ok, status: health.status, observedAtMs: Date.parse(health.observedAt), checks: health.checks };
    } catch {
      return null;
    }
  }

  async hosts(): Promise<readonly Host[]> {
    const { value } = (await this.arm().send("Hosts_ListByCluster", this.params, undefined)).body;
    return value.map(({ name, properties }) => ({ hostId: name ?? "", address: properties.address ?? "", power: properties.power, state: properties.state }));
  }

  controlPlanePid(): number | null {
    return findRunning(this.dir)?.process.pid ?? null;
  }

  /** Until `cynosure up`, which stays, has started another one by itself. */
  async untilControlPlaneIsBack(killedPid: number): Promise<void> {
    const deadline = performance.now() + CONTROL_PLANE_BACK_MS_MAX;
    for (let pid = this.controlPlanePid(); pid === null || pid === killedPid; pid = this.controlPlanePid()) {
      if (performance.now() > deadline) throw new Error(`no control plane was started again within ${CONTROL_PLANE_BACK_MS_MAX} ms`);
      await pause(POLL_MS);
    }
    this.#arm = null;
  }

  /** Answers what is left on the machine; the command that stays is stopped by whoever started it. */
  leftovers(): Leftovers {
    return findLeftovers(this.installation.id);
  }

  remove(): void {
    if (existsSync(this.dir) && isNothingLeft(findLeftovers(this.installation.id))) rmSync(this.dir, { recursive: true, force: true });
  }
}
