// After the storm: with every fault over, whatever was begun must end, what is wished must come to be, and what
// is deleted must be gone. The client here is patient and asks again, as a person would, a bounded number of
// times.
import { clusterKey, isTerminal, type Clock, type ClusterKey } from "@cynosure/model";
import type { PlanRecord, StoredResource } from "@cynosure/resource-store";
import type { MemoryDatabase } from "@cynosure/resource-store/testkit/memory";
import type { SimulatedWorld } from "@cynosure/simulated";
import { hostName } from "./agent-gateway.ts";
import { clusterKeyText, type Client } from "./client.ts";
import type { RunConfig } from "./draw.ts";

export interface ConvergenceOptions {
  readonly config: RunConfig;
  readonly clock: Clock;
  readonly database: MemoryDatabase;
  readonly world: SimulatedWorld;
  readonly client: Client;
  readonly disksLost: ReadonlySet<string>;
  /** True when every place has a process that runs again. */
  readonly isFleetWhole: () => boolean;
  readonly onViolation: (id: string, what: string) => void;
}

/** A step may take its whole time before it fails: 300 s, and what waited for it as long again. */
const OPERATIONS_END_MS_MAX = 30 * 60_000;
const ATTEMPTS_MAX = 4;
const LOOK_MS = 500;

class NotConverged extends Error {
  readonly id: string;

  constructor(id: string, what: string) {
    super(what);
    this.id = id;
  }
}

class Convergence {
  readonly #options: ConvergenceOptions;

  constructor(options: ConvergenceOptions) {
    this.#options = options;
  }

  async run(): Promise<void> {
    const { client, config } = this.#options;
    await this.#until("INV-06", "control planes do not come back", () => this.#options.isFleetWhole());
    await this.#until("INV-06", "no request of the client ends", () => client.calm());
    await this.#operationsEnd();
    for (const name of client.clusterNames) await this.#settle(name);
    for (const name of client.clusterNames) await this.#remove(name);
    if (!config.isRecreatedAtEnd) return;
    const [name] = client.clusterNames;
    if (name === undefined) return;
    await client.putCluster(name, { count: config.hostCount.max, tags: {} });
    await this.#operationsEnd();
    await this.#settle(name, true);
    await this.#remove(name);
  }

  async #until(id: string, what: string, isTrue: () => boolean): Promise<void> {
    const { clock } = this.#options;
    const untilMs = clock.now() + OPERATIONS_END_MS_MAX;
    while (!isTrue()) {
      if (clock.now() > untilMs) throw new NotConverged(id, `${what} within ${OPERATIONS_END_MS_MAX} ms after the last fault`);
      await clock.sleep(LOOK_MS);
    }
  }

  #open(): string[] {
    return this.#options.database.tables.operations.list().filter(({ operation }) => !isTerminal(operation.status)).map(({ operation }) => `${operation.kind} of ${operation.resourceKey} (${operation.status}, plan ${operation.planId ?? "none"})`);
  }

  async #operationsEnd(): Promise<void> {
    await this.#until("INV-06", "open operations do not end", () => this.#open().length === 0).catch((error: unknown) => {
      throw error instanceof NotConverged ? new NotConverged(error.id, `${error.message}: ${this.#open().join("; ")}; ${this.#openSteps()}`) : error;
    });
  }

  #openSteps(): string {
    return this.#options.database.tables.steps.list().filter((step) => step.status === "running" || step.status === "ready").map((step) => `${step.stepId} is ${step.status}, waiting on ${step.waitingOn ?? "nothing"}`).join("; ");
  }

  #row(key: string): StoredResource | undefined {
    return this.#options.database.tables.resources.get(key);
  }

  #children(cluster: ClusterKey): readonly StoredResource[] {
    return this.#options.database.tables.resources.list().filter((row) => row.parentKey === (cluster as string));
  }

  #target(cluster: ClusterKey): PlanRecord | undefined {
    const { tables } = this.#options.database;
    const id = tables.clusters.get(cluster)?.targetPlanId;
    return id === null || id === undefined ? undefined : tables.plans.get(id)?.record;
  }

  /** The cluster as wished, or sent again until it is; a cluster that cannot be is deleted, as its error says. */
  async #settle(name: string, mustExist = false): Promise<void> {
    const key = clusterKey(clusterKeyText(name));
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
      const row = this.#row(key);
      if (row === undefined) {
        if (mustExist) throw new NotConverged("INV-07", `${name} was created again and is not there`);
        return;
      }
      const failed = [row, ...this.#children(key)].filter((each) => each.provisioningState !== "Succeeded");
      if (failed.length === 0) return this.#isAsWished(name, key);
      for (const each of failed) this.#hasReason(each);
      if (this.#lostForGood(name, key)) return;
      await this.#sendAgain(name, key, row);
    }
    const left = [this.#row(key), ...this.#children(key)].filter((each) => each !== undefined && each.provisioningState !== "Succeeded");
    if (left.length > 0) throw new NotConverged("INV-07", `${left.map((each) => `${each?.key ?? ""} is ${each?.provisioningState ?? ""}`).join(", ")} after being sent again ${ATTEMPTS_MAX} times: ${this.#lastError(key)}`);
    this.#isAsWished(name, key);
  }

  async #sendAgain(name: string, key: ClusterKey, row: StoredResource): Promise<void> {
    const { client } = this.#options;
    if (this.#target(key)?.plan.policy.presence === "absent") {
      await client.deleteCluster(name);
      return this.#operationsEnd();
    }
    if (row.provisioningState !== "Succeeded") {
      const { hosts } = row.properties as { readonly hosts: { readonly count: number } }; // written by the client from the same shape
      await client.putCluster(name, { count: hosts.count, tags: row.tags }, { kind: "none" });
      return this.#operationsEnd();
    }
    for (const child of this.#children(key).filter((each) => each.provisioningState !== "Succeeded")) {
      const { usableCapacityBytes } = child.properties as { readonly usableCapacityBytes?: number }; // as above
      if (usableCapacityBytes === undefined) await client.putBucket(name, child.name);
      else await client.putFileSystem(name, child.name, usableCapacityBytes / 1e9);
    }
    return this.#operationsEnd();
  }

  /** Failed is an answer only with a reason that somebody can act upon. */
  #hasReason(row: StoredResource): void {
    if (row.provisioningState !== "Failed") throw new NotConverged("INV-07", `${row.key} is ${row.provisioningState}, and no operation is open`);
  }

  #lastError(cluster: ClusterKey): string {
    const operations = this.#options.database.tables.operations.list(undefined, cluster).map(({ operation }) => operation);
    return operations.findLast((operation) => operation.error !== null)?.error?.message ?? "no reason was recorded";
  }

  /** A delivered host that lost its disks cannot be made anew: replacing hosts is not part of the product yet. */
  #lostForGood(name: string, key: ClusterKey): boolean {
    return Object.values(this.#options.world.look(key)?.hosts ?? {}).some(({ host }) => this.#options.disksLost.has(hostName(key, host.hostId)) && name !== "");
  }

  #isAsWished(name: string, key: ClusterKey): void {
    const row = this.#row(key);
    const state = this.#options.world.look(key);
    if (row === undefined || state === null) throw new NotConverged("INV-07", `${name} has Succeeded and nothing of it exists`);
    const { hosts } = row.properties as { readonly hosts: { readonly count: number } }; // as above
    const seen = Object.keys(state.hosts).length;
    if (seen !== hosts.count) throw new NotConverged("INV-07", `${name} has ${seen} hosts, ${hosts.count} are wished and everything has Succeeded`);
    const names = (type: string): string => this.#children(key).filter((child) => child.type.endsWith(type)).map((child) => child.name).sort().join(",");
    const fileSystems = Object.keys(state.engine.fileSystems).sort().join(",");
    const buckets = [...state.engine.buckets].sort().join(",");
    const inside = (items: Readonly<Record<string, unknown>>): string => Object.keys(items).sort().join(",");
    const [snapshots, quotas] = [inside(state.engine.snapshots), inside(state.engine.quotas)];
    if (fileSystems !== names("/fileSystems")) throw new NotConverged("INV-07", `${name} has file systems ${fileSystems || "none"}, wished are ${names("/fileSystems") || "none"}`);
    if (buckets !== names("/buckets")) throw new NotConverged("INV-07", `${name} has buckets ${buckets || "none"}, wished are ${names("/buckets") || "none"}`);
    if (snapshots !== names("/snapshots")) throw new NotConverged("INV-07", `${name} has snapshots ${snapshots || "none"}, wished are ${names("/snapshots") || "none"}`);
    if (quotas !== names("/quotas")) throw new NotConverged("INV-07", `${name} has quotas ${quotas || "none"}, wished are ${names("/quotas") || "none"}`);
    this.#isServing(name, key);
  }

  /** Every daemon of the plan in force runs, and endpoints lead to all of the gateways. */
  #isServing(name: string, key: ClusterKey): void {
    if (this.#lostForGood(name, key)) return;
    const state = this.#options.world.look(key);
    const target = this.#target(key);
    if (state === null || target === undefined) return;
    for (const [host, daemons] of Object.entries(target.plan.layout.daemons)) {
      const running = new Set(state.hosts[host]?.daemons.map((daemon) => daemon.id) ?? []);
      const missing = daemons.filter((daemon) => !running.has(daemon.id)).map((daemon) => daemon.id);
      const more = running.size - daemons.length;
      if (missing.length > 0 || more > 0) throw new NotConverged("INV-07", `${host} of ${name} runs ${[...running].join(", ") || "nothing"}; ${missing.join(", ") || "fewer"} are planned, and everything has Succeeded`);
    }
    const published = state.endpoints.map((endpoint) => `${endpoint.name}@${endpoint.hostId}`).sort().join(",");
    const planned = target.plan.layout.endpoints.map((endpoint) => `${endpoint.name}@${endpoint.hostId}`).sort().join(",");
    if (published !== planned) throw new NotConverged("INV-07", `${name} publishes ${published || "nothing"}, planned is ${planned || "nothing"}`);
  }

  async #remove(name: string): Promise<void> {
    const { client } = this.#options;
    const key = clusterKey(clusterKeyText(name));
    for (let attempt = 0; attempt < ATTEMPTS_MAX && this.#row(key) !== undefined; attempt += 1) {
      await client.deleteCluster(name);
      await this.#operationsEnd();
    }
    if (this.#row(key) !== undefined) throw new NotConverged("INV-08", `${name} is still there after ${ATTEMPTS_MAX} deletions: ${this.#lastError(key)}`);
    this.#nothingIsLeft(name, key);
  }

  #nothingIsLeft(name: string, key: ClusterKey): void {
    const { database, world } = this.#options;
    const { tables } = database;
    const state = world.look(key);
    const inWorld = state === null ? [] : [...Object.keys(state.hosts), ...(state.hasNetwork ? ["network"] : []), ...state.endpoints.map((each) => each.name), ...state.engine.pools.map((pool) => pool.name)];
    const rows = { hosts: tables.hosts, reports: tables.reports, "host plans": tables.hostPlans, secrets: tables.secrets, outputs: tables.outputs, "join tokens": tables.tokens };
    const inStore = Object.entries(rows).flatMap(([table, of]) => (of.list(undefined, key).length > 0 ? [table] : []));
    const children = this.#children(key).map((row) => row.key);
    const left = [...inWorld, ...inStore, ...children];
    if (left.length > 0) throw new NotConverged("INV-08", `${name} is deleted, and left are ${left.join(", ")}`);
  }
}

export async function converge(options: ConvergenceOptions): Promise<void> {
  try {
    await new Convergence(options).run();
  } catch (error) {
    if (!(error instanceof NotConverged)) throw error;
    options.onViolation(error.id, error.message);
  }
}
