// The local substrate: hosts as sets of Linux namespaces on this machine. Holds the rules every rung
// shares (records, epochs, adoption, order of removal); how a host gets its network is its rung's.
import { existsSync, mkdirSync, openSync, closeSync, ftruncateSync, fstatSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { LOCAL_LOCATION, describeLocalOffer, withExclusive } from "@cynosure/machine";
import type { Installation } from "@cynosure/machine";
import { doneVoid, done, failed, retry } from "@cynosure/model";
import type { ClusterKey, EndpointLayout, HostId, HostSizeOffer, PublishedEndpoint, StepResult, SubstrateHost } from "@cynosure/model";
import type { HostSpec, PowerAction, Substrate, SubstrateCall } from "@cynosure/substrate";
import { EndpointPublisher } from "./endpoints.ts";
import { makeSandboxRunner } from "./host-process.ts";
import { nameCluster, nameHost, outsidePath } from "./names.ts";
import type { ClusterNames, HostNames } from "./names.ts";
import { listClusterRecords, listHostRecords, readClusterRecord, readHostRecord, removeFile, writeFileAtomically, writeRecord } from "./records.ts";
import type { HostRecord } from "./records.ts";
import type { HostRunner, Rung } from "./rung.ts";
import { DEFAULT_AGENT_ARGV } from "./sandbox.ts";

export interface LocalSubstrateOptions {
  readonly installation: Installation;
  readonly rung: Rung;
  /** The directory of a host image, or null when it has not been built. */
  readonly imageDirFor: (imageName: string) => string | null;
  readonly nodeBinary: string;
  /** Bound read-only into every host; holds the agent. */
  readonly projectDir: string;
  /** Run in every host by its supervisor; default: the agent of the project tree. */
  readonly agentArgv?: readonly string[];
  /**
   * Shell script of a host's supervisor. It restarts the agent when it dies, and on SIGTERM has it stop the
   * daemons in order and ends; default: one that does so with `agentArgv`.
   */
  readonly supervisorScript?: string;
}

export interface LocalSubstrate extends Substrate {
  /** Starts again what should be running: networks and hosts, after a stop or a reboot. Adopts what does run. */
  resume(): Promise<void>;
  /** Ends every host of this installation in order and keeps their data; they resume where they were. */
  shutDown(graceMsMax: number): Promise<void>;
  /** Ends what lives and dies with this control plane: the relays. Hosts go on. */
  close(): Promise<void>;
  /** Prefix that runs a command where the cluster's hosts can be reached. */
  enterNetwork(clusterKey: ClusterKey): readonly string[];
}

const LOCK_TIMEOUT_MS_MAX = 60_000;
const RETRY_MS = 1_000;

export const createLocalSubstrate = (options: LocalSubstrateOptions): LocalSubstrate => new NamespaceSubstrate(options);

class NamespaceSubstrate implements LocalSubstrate {
  readonly name = "local";
  readonly isSimulated = false;
  readonly #options: LocalSubstrateOptions;
  readonly #endpoints: EndpointPublisher;
  readonly #runner: HostRunner;
  /** From the first moment of a shut-down until hosts are resumed: whoever watches over them must not start one again. */
  #isShutDown = false;

  constructor(options: LocalSubstrateOptions) {
    this.#options = options;
    this.#runner = options.rung.runner ?? makeSandboxRunner((cluster, host) => options.rung.enterHost(cluster, host));
    const enterNetwork = (cluster: ClusterNames): readonly string[] => options.rung.enterNetwork(cluster);
    this.#endpoints = new EndpointPublisher({ installationId: options.installation.id, nodeBinary: options.nodeBinary, enterNetwork });
  }

  async describeOffers(location: string): Promise<readonly HostSizeOffer[]> {
    return location === LOCAL_LOCATION ? [describeLocalOffer()] : [];
  }

  ensureNetwork(call: SubstrateCall): Promise<StepResult> {
    return this.#guarded(call, "creates", async (cluster) => {
      await withExclusive(join(cluster.dir, "network"), { timeoutMsMax: LOCK_TIMEOUT_MS_MAX }, () => this.#options.rung.ensureNetwork(this.#options.installation.id, cluster));
      return doneVoid;
    });
  }

  ensureHost(call: SubstrateCall, spec: HostSpec): Promise<StepResult<SubstrateHost>> {
    return this.#guarded(call, "creates", async (cluster) => {
      const imageDir = this.#options.imageDirFor(spec.image.name);
      if (imageDir === null) return failed("HostImageMissing", `the host image ${spec.image.name} of ${spec.hostId} is not on this machine; npm start builds it`);
      const names = this.#nameHost(cluster, spec);
      return this.#locked(names, async () => {
        const known = readHostRecord(names.recordFile);
        if (known !== null && known.index !== spec.index) return failed("HostExists", `${spec.hostId} exists with index ${known.index}, not ${spec.index}; destroy it first`);
        const record = recordOf(spec, known);
        // The record comes first: whatever is half-made from here on can be found and removed.
        writeRecord(names.recordFile, record);
        prepareFiles(names, spec);
        const running = await this.#start(cluster, names, record, imageDir);
        return done(toSubstrateHost(names, running, "on"));
      });
    });
  }

  destroyHost(call: SubstrateCall, hostId: HostId): Promise<StepResult> {
    return this.#guarded(call, "keeps", async (cluster) => {
      const record = listHostRecords(cluster).find((one) => one.hostId === hostId);
      if (record === undefined) return doneVoid;
      const names = this.#nameHost(cluster, record);
      return this.#locked(names, async () => {
        await this.#runner.kill(names, readHostRecord(names.recordFile));
        await this.#options.rung.removeLink(cluster, names);
        rmSync(names.stateDir, { recursive: true, force: true });
        for (const file of [names.infoFile, names.hostsFile, names.logFile]) removeFile(file);
        // Last: while it is there, a repeated call finds what is left to do.
        removeFile(names.recordFile);
        return doneVoid;
      });
    });
  }

  destroyNetwork(call: SubstrateCall): Promise<StepResult> {
    return this.#guarded(call, "keeps", async (cluster) => {
      const left = listHostRecords(cluster);
      if (left.length > 0) return failed("NetworkInUse", `the network of ${call.clusterKey} still has ${left.map((one) => one.hostId).join(", ")}; destroy the hosts first`);
      await this.#endpoints.forget(cluster);
      await this.#options.rung.removeNetwork(cluster);
      rmSync(cluster.dir, { recursive: true, force: true });
      return doneVoid;
    });
  }

  power(call: SubstrateCall, hostId: HostId, action: PowerAction): Promise<StepResult> {
    return this.#guarded(call, "keeps", async (cluster) => {
      const found = listHostRecords(cluster).find((one) => one.hostId === hostId);
      if (found === undefined) return failed("HostNotFound", `${call.clusterKey} has no host ${hostId} on this machine`);
      const names = this.#nameHost(cluster, found);
      return this.#locked(names, async () => {
        const record = readHostRecord(names.recordFile) ?? found;
        return this.#applyPower(cluster, names, record, action);
      });
    });
  }

  ensureEndpoints(call: SubstrateCall, endpoints: readonly EndpointLayout[]): Promise<StepResult<readonly PublishedEndpoint[]>> {
    return this.#guarded(call, "keeps", async (cluster) => {
      const records = new Map(listHostRecords(cluster).map((record) => [record.hostId, record]));
      const addressOf = (hostId: HostId): string | null => {
        const record = records.get(hostId);
        return record === undefined ? null : this.#nameHost(cluster, record).address;
      };
      return withExclusive(cluster.endpointsFile, { timeoutMsMax: LOCK_TIMEOUT_MS_MAX }, () => this.#endpoints.publish(cluster, endpoints, addressOf));
    });
  }

  async observe(clusterKey: ClusterKey): Promise<readonly SubstrateHost[]> {
    const cluster = this.#nameCluster(clusterKey);
    return listHostRecords(cluster).map((record) => {
      const names = this.#nameHost(cluster, record);
      return toSubstrateHost(names, record, this.#runner.find(names, record) === null ? "off" : "on");
    });
  }

  async resume(): Promise<void> {
    this.#isShutDown = false;
    for (const { clusterKey } of listClusterRecords(this.#options.installation.hostsDir)) {
      const cluster = this.#nameCluster(clusterKey);
      const records = listHostRecords(cluster);
      if (records.length === 0) continue;
      await withExclusive(join(cluster.dir, "network"), { timeoutMsMax: LOCK_TIMEOUT_MS_MAX }, () => this.#options.rung.ensureNetwork(this.#options.installation.id, cluster));
      await Promise.all(
        records.filter((record) => record.wantedPower === "on").map((record) => {
          const names = this.#nameHost(cluster, record);
          const imageDir = this.#options.imageDirFor(record.imageName);
          if (imageDir === null) throw new Error(`the host image ${record.imageName} of ${record.hostId} is not on this machine; npm start builds it`);
          return this.#locked(names, () => this.#start(cluster, names, record, imageDir));
        }),
      );
    }
  }

  async shutDown(graceMsMax: number): Promise<void> {
    this.#isShutDown = true;
    const hosts = listClusterRecords(this.#options.installation.hostsDir).flatMap(({ clusterKey }) => {
      const cluster = this.#nameCluster(clusterKey);
      return listHostRecords(cluster).map((record) => ({ cluster, record, names: this.#nameHost(cluster, record) }));
    });
    await Promise.all(hosts.map(({ names, record }) => this.#locked(names, () => this.#runner.shutDown(names, record, graceMsMax))));
    for (const { cluster, names } of hosts) await this.#options.rung.removeLink(cluster, names);
    for (const cluster of new Map(hosts.map((host) => [host.cluster.tag, host.cluster])).values()) await this.#options.rung.removeNetwork(cluster);
  }

  close(): Promise<void> {
    return this.#endpoints.close();
  }

  enterNetwork(clusterKey: ClusterKey): readonly string[] {
    return this.#options.rung.enterNetwork(this.#nameCluster(clusterKey));
  }

  async #applyPower(cluster: ClusterNames, names: HostNames, record: HostRecord, action: PowerAction): Promise<StepResult> {
    switch (action) {
      case "off":
        writeRecord(names.recordFile, { ...record, wantedPower: "off" });
        await this.#runner.kill(names, record);
        return doneVoid;
      case "on": {
        const imageDir = this.#options.imageDirFor(record.imageName);
        if (imageDir === null) return failed("HostImageMissing", `the host image ${record.imageName} of ${record.hostId} is not on this machine; npm start builds it`);
        await this.#start(cluster, names, { ...record, wantedPower: "on" }, imageDir);
        return doneVoid;
      }
      case "cutLink":
      case "restoreLink": {
        if (this.#options.rung.uncuttable !== undefined && action === "cutLink") return failed("LinkCannotBeCut", `the link of ${names.hostId} cannot be cut on rung ${this.#options.rung.letter}: ${this.#options.rung.uncuttable}`);
        const link = action === "cutLink" ? "cut" : "up";
        writeRecord(names.recordFile, { ...record, link });
        await this.#options.rung.ensureLink(cluster, names, link);
        return doneVoid;
      }
    }
  }

  /** Network, then process; adopts a living one. */
  async #start(cluster: ClusterNames, names: HostNames, record: HostRecord, imageDir: string): Promise<HostRecord> {
    if (this.#isShutDown) throw new Error(`${record.hostId} is not started: the hosts of this installation are being stopped, or were; they start with the next control plane`);
    if (!(await this.#options.rung.hasNetwork(cluster))) throw new Error(`the network of ${record.hostId} is gone; ensure the network first`);
    await this.#options.rung.ensureLink(cluster, names, record.link);
    const found = this.#runner.find(names, record);
    const living = found !== null && this.#options.rung.isInside(cluster, names, found.pid) ? found : null;
    const init = living ?? (await this.#spawn(cluster, names, imageDir));
    const next: HostRecord = { ...record, wantedPower: "on", init };
    writeRecord(names.recordFile, next);
    return next;
  }

  async #spawn(cluster: ClusterNames, names: HostNames, imageDir: string): ReturnType<HostRunner["start"]> {
    const { installation, projectDir, nodeBinary } = this.#options;
    // Leftovers of a start that died half-way would share the network with the new host.
    await this.#runner.kill(names, null);
    const { supervisorScript = null, agentArgv = DEFAULT_AGENT_ARGV } = this.#options;
    return this.#runner.start({ installation, cluster, host: names, imageDir, projectDir, nodeBinary, supervisorScript, agentArgv });
  }

  #nameCluster(clusterKey: ClusterKey): ClusterNames {
    return nameCluster(this.#options.installation.id, this.#options.installation.hostsDir, clusterKey);
  }

  #nameHost(cluster: ClusterNames, host: { readonly hostId: HostId; readonly index: number }): HostNames {
    const { installation, rung } = this.#options;
    const names = nameHost(installation.id, cluster, host.hostId, host.index);
    return rung.addressOf === undefined ? names : { ...names, address: rung.addressOf(installation.id, cluster, host.index) };
  }

  #locked<T>(names: HostNames, body: () => Promise<T>): Promise<T> {
    return withExclusive(names.recordFile, { timeoutMsMax: LOCK_TIMEOUT_MS_MAX }, body);
  }

  /** Refuses a superseded executor, then turns what goes wrong on the machine into an answer. */
  async #guarded<T>(call: SubstrateCall, effect: "creates" | "keeps", body: (cluster: ClusterNames) => Promise<StepResult<T>>): Promise<StepResult<T>> {
    const cluster = this.#nameCluster(call.clusterKey);
    try {
      call.signal?.throwIfAborted();
      const seen = await withExclusive(cluster.recordFile, { timeoutMsMax: LOCK_TIMEOUT_MS_MAX }, async () => raiseEpoch(cluster, call, effect));
      if (seen > call.executorEpoch) return failed("StaleExecutor", `executor epoch ${call.executorEpoch} of ${call.clusterKey} was superseded by ${seen}; the newer executor goes on`);
      return await body(cluster);
    } catch (error) {
      return retry("LocalSubstrate", error instanceof Error ? error.message : String(error), RETRY_MS);
    }
  }
}

/** The highest epoch ever seen for the cluster, this call's included. */
async function raiseEpoch(cluster: ClusterNames, call: SubstrateCall, effect: "creates" | "keeps"): Promise<number> {
  const known = readClusterRecord(cluster);
  const seen = known?.executorEpoch ?? -1;
  // Removing what never was must not leave a record behind.
  if (call.executorEpoch > seen && (known !== null || effect === "creates")) writeRecord(cluster.recordFile, { clusterKey: call.clusterKey, executorEpoch: call.executorEpoch });
  return Math.max(seen, call.executorEpoch);
}

const recordOf = (spec: HostSpec, known: HostRecord | null): HostRecord => ({
  hostId: spec.hostId,
  index: spec.index,
  size: spec.size,
  failureDomain: spec.failureDomain,
  imageName: spec.image.name,
  diskPaths: spec.disks.map((disk) => disk.path),
  diskSizeBytes: spec.disks[0]?.sizeBytes ?? 0,
  wantedPower: "on",
  link: known?.link ?? "up",
  init: known?.init ?? null,
});

const toSubstrateHost = (names: HostNames, record: HostRecord, power: "on" | "off"): SubstrateHost => ({
  hostId: record.hostId,
  index: record.index,
  address: names.address,
  size: record.size,
  failureDomain: record.failureDomain,
  power,
  wantedPower: record.wantedPower,
  link: record.link,
  diskPaths: record.diskPaths,
  diskSizeBytes: record.diskSizeBytes,
});

function prepareFiles(names: HostNames, spec: HostSpec): void {
  mkdirSync(names.stateDir, { recursive: true, mode: 0o700 });
  for (const disk of spec.disks) {
    const path = outsidePath(names, disk.path);
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    // Sparse: takes room only as it is written. Never made smaller, its data would be cut off.
    const file = openSync(path, "a", 0o600);
    try {
      if (fstatSync(file).size < disk.sizeBytes) ftruncateSync(file, disk.sizeBytes);
    } finally {
      closeSync(file);
    }
  }
  writeFileAtomically(join(names.stateDir, "boot.json"), `${JSON.stringify(spec.boot)}\n`, 0o600);
  if (!existsSync(names.hostsFile)) writeFileAtomically(names.hostsFile, `127.0.0.1 localhost\n::1 localhost\n${names.address} ${spec.hostId}\n`, 0o644);
}
