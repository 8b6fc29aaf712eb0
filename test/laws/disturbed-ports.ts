// The ports and the store as the executor and the simulated agents see them in a law: everything counted by
// step, and a step disturbed as the law prescribes. Nothing here is simulated beyond the simulated world:
// the disturbance is between the executor and what it calls.
import type { ClusterKey, HostId, HostReport, Plan, PlanStep, StepResult } from "@cynosure/model";
import { failed, retry } from "@cynosure/model";
import type { StorageEngine } from "@cynosure/engine";
import type { Store } from "@cynosure/resource-store";
import type { SimulatedAgentStore, SimulatedWorld } from "@cynosure/simulated";
import type { Substrate } from "@cynosure/substrate";
import type { Disturbance } from "@cynosure/workflow/testkit";
import { type EffectRecorder, type StepScope, stepScope, watchWorld } from "./counted-effects.ts";

/** Which plan of which cluster is disturbed, and how. */
export class Disturbances {
  readonly #planned = new Map<ClusterKey, { readonly generation: number; readonly disturbance: Disturbance }>();
  readonly #lost = new Set<string>();

  set(cluster: ClusterKey, generation: number, disturbance: Disturbance): void {
    this.#planned.set(cluster, { generation, disturbance });
  }

  of(plan: Plan): Disturbance {
    const planned = this.#planned.get(plan.clusterKey);
    return planned?.generation === plan.generation ? planned.disturbance : { kind: "none" };
  }

  /** What the step of this scope is to suffer. */
  failing(scope: StepScope | undefined): "beforeEffect" | "afterEffect" | null {
    if (scope === undefined) return null;
    const disturbance = this.of(scope.plan);
    return disturbance.kind === "fail" && disturbance.stepId === scope.stepId ? disturbance.when : null;
  }

  repeating(scope: StepScope | undefined): string | null {
    const disturbance = scope === undefined ? null : this.of(scope.plan);
    return disturbance?.kind === "repeat" ? disturbance.how : null;
  }

  /** True once per step and call: its first answer gets lost. */
  loses(scope: StepScope | undefined, call: string): boolean {
    if (scope === undefined || this.repeating(scope) !== "answerLost") return false;
    const key = `${scope.plan.id} ${scope.stepId} ${call}`;
    if (this.#lost.has(key)) return false;
    this.#lost.add(key);
    return true;
  }
}

const prescribed = (scope: StepScope | undefined): StepResult<never> => failed("PrescribedFailure", `the law prescribes that ${scope?.stepId ?? "this step"} fails`);

/** One port call, disturbed. */
export async function disturb<T>(disturbances: Disturbances, call: string, perform: () => Promise<StepResult<T>>): Promise<StepResult<T>> {
  const scope = stepScope.getStore();
  const failing = disturbances.failing(scope);
  if (failing === "beforeEffect") return prescribed(scope);
  const first = await perform();
  const result = disturbances.repeating(scope) === "calledTwice" ? await perform() : first;
  if (result.kind !== "done") return result;
  if (failing === "afterEffect") return prescribed(scope);
  return disturbances.loses(scope, call) ? retry("AnswerLost", `The answer to ${call} was lost on its way.`, 1) : result;
}

/** The same for what a step writes to the store: failing is an exception there. */
async function disturbWrite<T>(disturbances: Disturbances, call: string, write: () => Promise<T>): Promise<T> {
  const scope = stepScope.getStore();
  const failing = disturbances.failing(scope);
  if (failing === "beforeEffect") throw new Error(`the law prescribes that ${call} fails`);
  const first = await write();
  const result = disturbances.repeating(scope) === "calledTwice" ? await write() : first;
  if (failing === "afterEffect" || disturbances.loses(scope, call)) throw new Error(`the law prescribes that the answer to ${call} is lost`);
  return result;
}

/** The object with some of its functions replaced; classes keep their private state. */
function replaced<T extends object>(target: T, replacements: Partial<T>): T {
  return new Proxy(target, {
    get(object, key) {
      if (Object.hasOwn(replacements, key)) return Reflect.get(replacements, key) as unknown;
      const value = Reflect.get(object, key, object) as unknown;
      return typeof value === "function" ? (value.bind(object) as unknown) : value;
    },
  });
}

export function disturbSubstrate(substrate: Substrate, disturbances: Disturbances): Substrate {
  return {
    ...substrate,
    ensureNetwork: (call) => disturb(disturbances, "ensureNetwork", () => substrate.ensureNetwork(call)),
    ensureHost: (call, spec) => disturb(disturbances, "ensureHost", () => substrate.ensureHost(call, spec)),
    destroyHost: (call, host) => disturb(disturbances, "destroyHost", () => substrate.destroyHost(call, host)),
    destroyNetwork: (call) => disturb(disturbances, "destroyNetwork", () => substrate.destroyNetwork(call)),
    ensureEndpoints: (call, endpoints) => disturb(disturbances, "ensureEndpoints", () => substrate.ensureEndpoints(call, endpoints)),
  };
}

export function disturbEngine(engine: StorageEngine, disturbances: Disturbances): StorageEngine {
  return { ...engine, perform: (call, action) => disturb(disturbances, action.name, () => engine.perform(call, action)) };
}

/** A step that is to fail is given one attempt and little patience, so that it fails now and not in five minutes. */
const PATIENCE_MS = 400;

function impatient(plan: Plan, disturbance: Disturbance): Plan {
  if (disturbance.kind !== "fail") return plan;
  const steps = plan.steps.map((step): PlanStep => (step.id !== disturbance.stepId ? step : { ...step, attemptsMax: 1, timeoutMsMax: step.action.kind === "host.join" ? PATIENCE_MS : step.timeoutMsMax }));
  return { ...plan, steps };
}

/** The store as the executor sees it. */
export function disturbStore(store: Store, disturbances: Disturbances, recorder: EffectRecorder): Store {
  const count = (effect: string, isOnce = false): void => {
    const scope = stepScope.getStore();
    if (scope !== undefined) recorder.record(scope, effect, isOnce);
  };
  const counted = async <T>(effect: string, write: () => Promise<T>): Promise<T> => {
    const result = await write();
    count(effect);
    return result;
  };
  let draws = 0;
  const { hosts, vault, plans, steps, observations } = store;
  return replaced(store, {
    hosts: replaced(hosts, {
      publish: (plan, epoch) => disturbWrite(disturbances, "publish", () => counted(`publish stage ${plan.stage} for ${plan.hostId}`, () => hosts.publish(plan, epoch))),
      issueJoinToken: (cluster, host, token, expires) => counted(`issue join token for ${host}`, () => hosts.issueJoinToken(cluster, host, token, expires)),
      putHost: (cluster, host) => counted(`record ${host.hostId}`, () => hosts.putHost(cluster, host)),
      removeHost: (cluster, host) => counted(`strike ${host}`, () => hosts.removeHost(cluster, host)),
      isJoined: async (cluster, host) => disturbances.failing(stepScope.getStore()) === null && disturbWrite(disturbances, "isJoined", () => hosts.isJoined(cluster, host)),
    }),
    vault: replaced(vault, {
      ensureSecret: async (cluster, name, create) => {
        // Two may draw at once and one be stored: only the stored one was made. Drawn values repeat with the seed, so each is told apart.
        let drawn: string | null = null;
        const stored = await vault.ensureSecret(cluster, name, () => (drawn = `${create()}-${(draws += 1)}-${process.pid}`));
        if (stored === drawn) count(`make secret ${name}`, true);
        return stored;
      },
      putOutput: (cluster, name, value) => counted(`write output ${name}`, () => vault.putOutput(cluster, name, value)),
      forgetCluster: (cluster) => disturbWrite(disturbances, "forgetCluster", () => counted("forget secrets, outputs and host plans", () => vault.forgetCluster(cluster))),
    }),
    observations: replaced(observations, { putEndpoints: (cluster, endpoints) => counted("record endpoints", () => observations.putEndpoints(cluster, endpoints)) }),
    plans: replaced(plans, {
      get: async (id, tx) => {
        const record = await plans.get(id, tx);
        return record === null ? null : { ...record, plan: impatient(record.plan, disturbances.of(record.plan)) };
      },
    }),
    steps: replaced(steps, {
      begin: async (plan, step) => {
        const begun = await steps.begin(plan, step);
        const scope = stepScope.getStore();
        if (begun.proceed && scope !== undefined) recorder.note(scope, "begun");
        return begun;
      },
      fail: async (plan, step, error) => {
        await steps.fail(plan, step, error);
        const scope = stepScope.getStore();
        if (scope !== undefined) recorder.note(scope, "failureCommitted");
      },
    }),
  });
}

/** The store and the world as the simulated agents see them: what an agent does counts for the step that waits for it. */
export function disturbAgents(store: Store, world: SimulatedWorld, disturbances: Disturbances, recorder: EffectRecorder, planOf: (cluster: ClusterKey) => Plan | null): { readonly hosts: SimulatedAgentStore; readonly world: SimulatedWorld } {
  const { hosts } = store;
  const converging = new Map<string, number>();
  const stepOf = (cluster: ClusterKey, host: HostId | string, generation: number | null): StepScope | undefined => {
    const plan = planOf(cluster);
    const step = plan?.steps.find(({ action }) => (generation === null ? action.kind === "host.join" && action.hostId === host : action.kind === "host.converge" && action.hostId === host && action.generation === generation));
    return plan === null || step === undefined ? undefined : { plan, stepId: step.id };
  };
  const twice = async (scope: StepScope | undefined, write: () => Promise<void>): Promise<void> => {
    await write();
    if (disturbances.repeating(scope) !== null) await write();
  };
  const isLastWord = (report: HostReport): boolean => report.state !== "converging";
  return {
    hosts: replaced<SimulatedAgentStore>(hosts, {
      consumeJoinToken: async (cluster, host, token, nowMs, consumer) => disturbances.failing(stepOf(cluster, host, null)) !== "beforeEffect" && hosts.consumeJoinToken(cluster, host, token, nowMs, consumer),
      markJoined: (cluster, host, certificate) => twice(stepOf(cluster, host, null), () => hosts.markJoined(cluster, host, certificate)),
      putReport: (report) => {
        const scope = stepOf(report.clusterKey, report.hostId, report.observedGeneration);
        const isToFail = isLastWord(report) && disturbances.failing(scope) === "afterEffect";
        return twice(scope, () => hosts.putReport(isToFail ? { ...report, state: "failed", error: "the law prescribes this failure" } : report));
      },
      readPublished: async (cluster, host) => {
        const served = await hosts.readPublished(cluster, host);
        if (served !== null) converging.set(`${cluster}/${host}`, served.plan.generation);
        return served;
      },
    }),
    world: watchWorld(world, (cluster, effects) => {
      for (const effect of effects) {
        const [, kind, host] = /(membership of|daemon \S+ on) (\S+)$/.exec(effect) ?? [];
        if (host === undefined) continue;
        const scope = stepOf(cluster, host, kind === "membership of" ? null : (converging.get(`${cluster}/${host}`) ?? 0));
        // An agent joins by itself once its host is there, whether somebody waits for it yet or not.
        const maker = kind === "membership of" ? scope?.plan.steps.find(({ action }) => action.kind === "host.ensure" && action.hostId === host)?.id : undefined;
        if (scope !== undefined) recorder.record(scope, effect, true, maker);
      }
    }),
  };
}
