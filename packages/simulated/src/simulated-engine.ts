// The effect half of the simulated engine: it acts on the simulated world and answers as an engine would,
// with its conditions (no quorum without monitors, no pool without enough hosts) and modelled delays.
import { done, failed, isSameJson, type EngineAction, type EngineHealth, type PoolLayout, type QuotaPolicy, type StepResult } from "@cynosure/model";
import type { EngineCall, StorageEngine } from "@cynosure/engine";
import { simulatedDurations as durations } from "./durations.ts";
import { modelledMetrics } from "./modelled-metrics.ts";
import { simulatedPlanner } from "./simulated-layout.ts";
import { refuseStale, waitFor } from "./simulated-substrate.ts";
import type { SimulatedWorld } from "./world.ts";
import { runningDaemons, type SimulatedCluster } from "./world-state.ts";

const RECHECK_MS = 50;

interface ActionState {
  readonly call: EngineCall;
  readonly state: SimulatedCluster;
  readonly params: Readonly<Record<string, unknown>>;
  /** Runs the effect after its modelled delay, unless it is there already. */
  readonly after: (isThere: boolean, effect: () => void) => StepResult;
}

const running = (state: Readonly<SimulatedCluster>, kind: string): number => runningDaemons(state).filter((daemon) => daemon.kind === kind).length;
const hasQuorum = (state: Readonly<SimulatedCluster>, monitors: number): boolean => running(state, "monitor") * 2 > monitors;
const widthOf = ({ scheme }: PoolLayout): number => (scheme.kind === "replication" ? scheme.copies : scheme.dataChunks + scheme.codingChunks);
const osdHosts = (state: Readonly<SimulatedCluster>): number => new Set(runningDaemons(state).filter((daemon) => daemon.kind === "osd").map((daemon) => daemon.hostId)).size;

function poolAction({ state, params, after }: ActionState): StepResult {
  // Params of `sim.pool` are a PoolLayout: the layout made them so.
  const pool = params as unknown as PoolLayout;
  if (osdHosts(state) < widthOf(pool)) return waitFor(`${widthOf(pool)} hosts with disks for pool ${pool.name}`, RECHECK_MS);
  return after(state.engine.pools.some((known) => isSameJson(known, pool)), () => {
    state.engine.pools = [...state.engine.pools.filter((known) => known.name !== pool.name), pool];
  });
}

const actions: Readonly<Record<string, (action: ActionState) => StepResult>> = {
  "sim.keys": ({ state, after }) => after(state.engine.hasKeys, () => void (state.engine.hasKeys = true)),
  "sim.quorum": ({ state, params, after }) => (hasQuorum(state, Number(params["monitors"])) ? after(false, () => undefined) : waitFor("quorum of the monitors", RECHECK_MS)),
  "sim.pool": poolAction,
  "sim.fileSystem": ({ state, params, after }) => {
    const usableCapacityBytes = Number(params["usableCapacityBytes"]);
    const name = String(params["name"]);
    return after(state.engine.fileSystems[name]?.usableCapacityBytes === usableCapacityBytes, () => void (state.engine.fileSystems[name] = { usableCapacityBytes }));
  },
  "sim.bucket": ({ state, params, after }) => {
    const name = String(params["name"]);
    if (running(state, "rgw") === 0) return waitFor("an object gateway", RECHECK_MS);
    return after(state.engine.buckets.includes(name), () => void (state.engine.buckets = [...state.engine.buckets, name].sort()));
  },
  "sim.dropFileSystem": ({ state, params, after }) => {
    const name = String(params["name"]);
    const held = Object.keys(state.engine.snapshots).filter((snapshot) => state.engine.snapshots[snapshot]?.fileSystem === name);
    if (held.length > 0) return waitFor(`snapshots of file system ${name} to be removed: ${held.join(", ")}`, RECHECK_MS);
    return after(state.engine.fileSystems[name] === undefined, () => {
      delete state.engine.fileSystems[name];
      for (const [quota, { fileSystem }] of Object.entries(state.engine.quotas)) if (fileSystem === name) delete state.engine.quotas[quota];
      state.engine.pools = state.engine.pools.filter((pool) => pool.name !== `fs.${name}`);
    });
  },
  "sim.dropBucket": ({ state, params, after }) => {
    const name = String(params["name"]);
    return after(!state.engine.buckets.includes(name), () => {
      state.engine.buckets = state.engine.buckets.filter((known) => known !== name);
      state.engine.pools = state.engine.pools.filter((pool) => pool.name !== `bucket.${name}`);
    });
  },
  "sim.snapshot": ({ state, params, after }) => {
    const [name, fileSystem] = [String(params["name"]), String(params["fileSystem"])];
    if (state.engine.fileSystems[fileSystem] === undefined) return waitFor(`file system ${fileSystem}`, RECHECK_MS);
    return after(state.engine.snapshots[name] !== undefined, () => void (state.engine.snapshots[name] = { fileSystem }));
  },
  "sim.dropSnapshot": ({ state, params, after }) => {
    const name = String(params["name"]);
    return after(state.engine.snapshots[name] === undefined, () => void delete state.engine.snapshots[name]);
  },
  "sim.quota": ({ state, params, after }) => {
    // Params of `sim.quota` are a QuotaPolicy: the layout made them so.
    const { name, ...quota } = params as unknown as QuotaPolicy;
    if (state.engine.fileSystems[quota.fileSystem] === undefined) return waitFor(`file system ${quota.fileSystem}`, RECHECK_MS);
    return after(isSameJson(state.engine.quotas[name] ?? null, quota), () => void (state.engine.quotas[name] = quota));
  },
  "sim.dropQuota": ({ state, params, after }) => {
    const name = String(params["name"]);
    return after(state.engine.quotas[name] === undefined, () => void delete state.engine.quotas[name]);
  },
  "sim.health": ({ call, state, after }) => {
    const checks = healthChecks(call, state);
    return checks.length === 0 ? after(false, () => undefined) : waitFor(`health: ${checks[0]?.summary ?? "unknown"}`, RECHECK_MS);
  },
};

function healthChecks({ layout }: EngineCall, state: Readonly<SimulatedCluster>): EngineHealth["checks"] {
  const ids = new Set(runningDaemons(state).map((daemon) => daemon.id));
  const missing = Object.values(layout.daemons).flatMap((daemons) => daemons.filter((daemon) => !ids.has(daemon.id)).map((daemon) => daemon.id));
  const pools = layout.pools.filter((pool) => !state.engine.pools.some((known) => known.name === pool.name));
  return [
    ...(missing.length > 0 ? [{ code: "SIM_DAEMONS_DOWN", severity: "HEALTH_WARN", summary: `${missing.length} daemons down: ${missing.slice(0, 3).join(", ")}` }] : []),
    ...(pools.length > 0 ? [{ code: "SIM_POOLS_MISSING", severity: "HEALTH_WARN", summary: `${pools.length} pools missing: ${pools.slice(0, 3).map((pool) => pool.name).join(", ")}` }] : []),
  ];
}

/** Secrets and outputs an action leaves in the vault; done again on every repeat, so a lost answer loses nothing.
 *  Every draw is another secret, as real ones are: the vault alone makes the first one stay. */
async function keep(draw: () => string, { vault }: EngineCall, action: EngineAction): Promise<void> {
  if (action.name === "sim.keys") for (const name of ["simulated-cluster", "s3-access-key-id", "s3-secret-access-key"]) await vault.ensureSecret(name, draw);
  if (action.name === "sim.fileSystem") await vault.putOutput(`path-${String(action.params["name"])}`, `/volumes/${String(action.params["name"])}`);
}

export function createSimulatedEngine({ world }: { readonly world: SimulatedWorld }): StorageEngine {
  const secrets = world.rng.child("secrets");
  const draw = (): string => secrets.uuid().replaceAll("-", "");
  return {
    name: "simulated",
    isSimulated: true,
    isEmulated: false,
    planner: simulatedPlanner,
    async perform(call, action) {
      const perform = actions[action.name];
      if (perform === undefined) return failed("UnknownEngineAction", `The simulated engine has no action ${action.name}. It knows ${Object.keys(actions).join(", ")}.`);
      const timer = `engine.act/${call.generation}/${action.name}/${JSON.stringify(action.params)}`;
      const effect = (): StepResult =>
        world.change(call.clusterKey, (state) => {
          const refused = refuseStale(state, call);
          if (refused !== null) return refused;
          const after = (isThere: boolean, change: () => void): StepResult => {
            const left = isThere ? 0 : world.remainingMs(call.clusterKey, timer, durations.engineActMs);
            if (left > 0) return waitFor(action.name, left);
            if (!isThere) change();
            delete state.timers[timer];
            return done(undefined);
          };
          return perform({ call, state, params: action.params, after });
        });
      const result = world.faults.run(action.name, String(action.params["name"] ?? ""), effect);
      if (result.kind === "done") await keep(draw, call, action);
      return result;
    },
    async observeHealth(call) {
      const state = world.look(call.clusterKey);
      if (state === null || running(state, "monitor") === 0) return null;
      const checks = healthChecks(call, state);
      return { status: checks.length === 0 ? "HEALTH_OK" : "HEALTH_WARN", ok: checks.length === 0, checks, observedAtMs: world.clock.now() };
    },
    async observeMetrics(call) {
      const state = world.look(call.clusterKey);
      return state === null || running(state, "monitor") === 0 ? null : modelledMetrics(call, state, world.clock.now());
    },
    async benchmark(call, seconds) {
      await world.clock.sleep(seconds * 1_000, call.signal);
      return { readMBps: 0, writeMBps: 0, seconds, path: "SIMULATED: no data was moved" };
    },
    nativeEndpoint: () => Promise.resolve(null),

    async readCredentials({ vault }) {
      const accessKeyId = await vault.readSecret("s3-access-key-id");
      const secretAccessKey = await vault.readSecret("s3-secret-access-key");
      return { s3: accessKeyId === null || secretAccessKey === null ? null : { accessKeyId, secretAccessKey } };
    },
  };
}
