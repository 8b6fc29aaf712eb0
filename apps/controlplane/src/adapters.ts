// The adapters of this process, by rung: real hosts with Ceph, or a simulated world, in which an emulated VAST can be had as
// well. The only place that names them; each is loaded only where it is used, which keeps an idle control plane small.
import { join } from "node:path";
import type { StorageEngine } from "@cynosure/engine";
import type { Installation } from "@cynosure/machine";
import type { Clock, EngineName, Rng, SubstrateName } from "@cynosure/model";
import type { HostStore } from "@cynosure/resource-store";
import type { Substrate } from "@cynosure/substrate";
import type { Config } from "./config.ts";

export interface Adapters {
  readonly substrates: Readonly<Partial<Record<SubstrateName, Substrate>>>;
  readonly engines: Readonly<Partial<Record<EngineName, StorageEngine>>>;
  /** Newest first, per engine. */
  readonly engineVersions: Readonly<Partial<Record<EngineName, readonly string[]>>>;
  /** What sizing answers with on this rung. */
  readonly defaults: { readonly substrate: SubstrateName; readonly engine: EngineName };
  /** Brings back what should be running, after a stop or a reboot; adopts what does run. */
  resume(hosts: HostStore): Promise<void>;
  /** Ends hosts in order and keeps their data. */
  shutDownHosts(graceMsMax: number): Promise<void>;
  /** Ends what lives and dies with this process. Hosts go on. */
  close(): Promise<void>;
}

export interface AdapterInput {
  readonly config: Config;
  readonly installation: Installation;
  readonly projectDir: string;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly logError: (what: string, error: unknown) => void;
}

export const createAdapters = (input: AdapterInput): Promise<Adapters> => (input.config.rung === "d" ? createSimulatedAdapters(input) : createLocalAdapters(input));

async function createLocalAdapters({ config, installation, projectDir }: AdapterInput): Promise<Adapters> {
  const { createLocalSubstrate, makeLoopbackRung, makeUserNamespaces, rootNamespaces } = await import("@cynosure/substrate-local");
  const { createCephEngine } = await import("@cynosure/engine-ceph");
  const { findHostImage } = await import("@cynosure/machine");
  const local = createLocalSubstrate({
    installation,
    rung: config.rung === "a" ? rootNamespaces : config.rung === "b" ? makeUserNamespaces() : makeLoopbackRung(installation),
    imageDirFor: (name) => findHostImage(installation.imagesDir, name),
    nodeBinary: process.execPath,
    projectDir,
  });
  return {
    substrates: { local },
    engines: { ceph: createCephEngine() },
    engineVersions: { ceph: ["18.2"] },
    defaults: { substrate: "local", engine: "ceph" },
    resume: () => local.resume(),
    shutDownHosts: (graceMsMax) => local.shutDown(graceMsMax),
    close: () => local.close(),
  };
}

async function createSimulatedAdapters({ installation, projectDir, clock, rng, logError }: AdapterInput): Promise<Adapters> {
  const { createSimulatedEngine, createSimulatedSubstrate, createSimulatedWorld, runSimulatedAgents } = await import("@cynosure/simulated");
  const world = createSimulatedWorld({ clock, rng: rng.child("simulated-world"), stateFile: join(installation.homeDir, "simulated-world.json") });
  const { createEmulatedVast } = await import("./emulated-vast.ts");
  const vast = createEmulatedVast({ installation, projectDir, substrate: createSimulatedSubstrate({ world }) });
  let agents: ReturnType<typeof runSimulatedAgents> | null = null;
  return {
    substrates: { simulated: vast.substrate },
    engines: { simulated: createSimulatedEngine({ world }), vast: vast.engine },
    engineVersions: { simulated: ["1.0"], vast: ["5.4"] },
    defaults: { substrate: "simulated", engine: "simulated" },
    async resume(hosts) {
      agents ??= runSimulatedAgents({ hosts, world, logError: (hostId, error) => logError(`simulated agent of ${hostId}`, error) });
    },
    shutDownHosts: () => vast.stopServers(),
    async close() {
      await agents?.stop();
      await vast.engine.close();
    },
  };
}
