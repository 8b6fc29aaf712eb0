import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSystemRng } from "../../apps/controlplane/src/system-rng.ts";
import { Rig, eventually } from "./two-control-planes-rig.ts";
import type { Answer, ControlPlane } from "./two-control-planes-rig.ts";

const seed = process.env["CYNOSURE_SEED"] ?? "4711";
const KILLS = Number(process.env["CYNOSURE_KILLS"] ?? "50");
/** The promise under test: from the kill to the end of the delivery. */
const TAKEOVER_MS_MAX = 10_000;
/** Not a promise about time; for a loaded machine. */
const PATIENCE_MS = 60_000;

const group = "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/quickstart/providers/Cynosure.Storage/clusters";
const pathOf = (cluster: string): string => `${group}/${cluster}`;
const body = (hosts: number): unknown => ({ location: "local", properties: { engine: "simulated", substrate: "simulated", hosts: { size: "local-small", count: hosts }, protection: { hostFailures: 1 } } });

interface Delivery {
  readonly cluster: string;
  readonly operationId: string;
  /** Path of the operation's status. */
  readonly statusPath: string;
}

/** What of a plan the database says; a delivery has one plan here. */
interface Progress {
  readonly planId: string;
  readonly total: number;
  readonly done: number;
}

async function send(controlPlane: ControlPlane, method: "PUT" | "DELETE", cluster: string, hosts = 3): Promise<Delivery> {
  const answer = await controlPlane.arm(method, pathOf(cluster), method === "PUT" ? body(hosts) : undefined);
  expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
  const statusUrl = new URL(String(answer.headers["azure-asyncoperation"]));
  return { cluster, operationId: statusUrl.pathname.split("/").at(-1) ?? "", statusPath: statusUrl.pathname };
}

async function progressOf(rig: Rig, { operationId }: Delivery): Promise<Progress> {
  return eventually("the plan", PATIENCE_MS, async () => {
    const [row] = await rig.query<{ id: string; total: string; done: string }>(
      "select p.id, count(*) as total, count(*) filter (where s.status = 'done') as done from cynosure.plans p join cynosure.plan_steps s on s.plan_id = p.id where p.operation_id = $1 group by p.id",
      [operationId],
    );
    return row === undefined ? null : { planId: row.id, total: Number(row.total), done: Number(row.done) };
  });
}

const untilDone = (rig: Rig, delivery: Delivery, steps: number): Promise<Progress> =>
  eventually(`${steps} steps done`, PATIENCE_MS, async () => {
    const progress = await progressOf(rig, delivery);
    return progress.done >= Math.min(steps, progress.total) ? progress : null;
  });

/** The operation's end through the ARM endpoint of one control plane, each of whose answers must be a good one. */
async function untilSucceeded(controlPlane: ControlPlane, { statusPath }: Delivery, msMax: number): Promise<void> {
  await eventually(`${statusPath} to succeed`, msMax, async () => {
    const answer = await controlPlane.arm("GET", statusPath);
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    if (answer.body?.["status"] === "Failed") throw new Error(`the operation failed: ${JSON.stringify(answer.body)}`);
    return answer.body?.["status"] === "Succeeded" ? true : null;
  });
}

/** The same while the database may be away from it for a moment: then it says so, and never anything else. */
async function untilSucceededDespite(controlPlane: ControlPlane, { statusPath }: Delivery): Promise<void> {
  await eventually(`${statusPath} to succeed by ${controlPlane.name}`, PATIENCE_MS, async () => {
    const answer = await controlPlane.arm("GET", statusPath);
    if (answer.status !== 200) expect(isUnavailable(answer), JSON.stringify(answer)).toBe(true);
    if (answer.body?.["status"] === "Failed") throw new Error(`the operation failed: ${JSON.stringify(answer.body)}`);
    return answer.body?.["status"] === "Succeeded" ? true : null;
  });
}

/** How many of the plan's steps each process ran, by process name. */
async function sharesOf(rig: Rig, planId: string): Promise<ReadonlyMap<string, number>> {
  const rows = await rig.query<{ name: string; steps: string }>("select split_part(executor_id, '.', 1) as name, count(*) as steps from dbos.workflow_status where workflow_uuid like $1 || ':%' group by 1", [planId]);
  return new Map(rows.map((row) => [row.name, Number(row.steps)]));
}

/** Steps that a process has begun and not ended, of one plan or of all. */
const begunBy = async (rig: Rig, controlPlane: ControlPlane, planId = ""): Promise<number> =>
  (await rig.query("select 1 from dbos.workflow_status where status = 'PENDING' and executor_id like $1 || '.%' and workflow_uuid like $2 || '%'", [controlPlane.record.processName, planId])).length;

async function epochOf(rig: Rig, cluster: string): Promise<number> {
  const [row] = await rig.query<{ epoch: number }>("select epoch from cynosure.cluster_states where cluster_key like '%/' || $1", [cluster]);
  return row?.epoch ?? 0;
}

const worldOf = (rig: Rig, cluster: string): ReturnType<Rig["world"]>[string] | null => Object.entries(rig.world()).find(([key]) => key.endsWith(`/${cluster}`))?.[1] ?? null;

/** Every write to a step, with the session it came from, as the database itself saw it. */
const AUDIT = `
create schema if not exists proof;
create table proof.writes (at timestamptz not null default clock_timestamp(), session text not null default current_setting('application_name'), plan_id text not null, step_id text not null, status text not null);
create function proof.written() returns trigger language plpgsql as $$ begin insert into proof.writes (plan_id, step_id, status) values (new.plan_id, new.step_id, new.status); return new; end $$;
create trigger written after update on cynosure.plan_steps for each row execute function proof.written();`;

const isUnavailable = (answer: Answer): boolean => {
  const error = answer.body?.["error"];
  return answer.status === 503 && Number(answer.headers["retry-after"]) > 0 && typeof error === "object" && error !== null && "code" in error && error.code === "ServiceUnavailable" && "message" in error;
};

describe("two control planes on one database", () => {
  const rig = new Rig("oneDatabase");
  const rng = createSystemRng(seed);
  let living: [ControlPlane, ControlPlane];
  const leader = (): ControlPlane => living.find((each) => each.record.processName === rig.leaderName()) ?? living[0];
  const follower = (): ControlPlane => living.find((each) => each !== leader()) ?? living[1];
  const survivorOf = (victim: ControlPlane): ControlPlane => living.find((each) => each !== victim) ?? living[0];

  beforeAll(async () => {
    process.stdout.write(`seed=${seed}\n`);
    await rig.startDatabase();
    // Both at once on an empty database and data directory.
    living = await Promise.all([rig.startControlPlane(), rig.startControlPlane()]);
    await rig.query(AUDIT);
  });
  afterAll(() => rig.close());

  it("share the steps of one plan", async () => {
    const delivery = await send(living[0], "PUT", "shared", 8);
    await untilSucceeded(living[1], delivery, PATIENCE_MS);
    const { planId, total } = await progressOf(rig, delivery);
    const shares = await sharesOf(rig, planId);
    process.stdout.write(`${JSON.stringify({ shares: Object.fromEntries(shares), steps: total })}\n`);
    for (const each of living) expect(shares.get(each.record.processName), each.name).toBeGreaterThan(0);
    expect([...shares.values()].reduce((sum, steps) => sum + steps, 0)).toBe(total);
    await untilSucceeded(living[0], await send(living[0], "DELETE", "shared"), PATIENCE_MS);
  });

  it(`are killed at random ${KILLS} times, and each time the other finishes the delivery within ${TAKEOVER_MS_MAX / 1_000} s`, async () => {
    const seconds: number[] = [];
    let raised = 0;
    let led = 0;
    for (let kill = 0; kill < KILLS; kill += 1) {
      const draw = rng.child(`kill-${kill}`);
      const cluster = `kill-${kill}`;
      const deliveries = [await send(living[0], "PUT", cluster), ...(kill === 0 ? [] : [await send(living[1], "DELETE", `kill-${kill - 1}`)])];
      const [delivery = deliveries[0]!] = deliveries; // the PUT is always there
      const before = await progressOf(rig, delivery);
      await untilDone(rig, delivery, Math.floor(draw.next() * before.total));
      const victim = living[draw.next() < 0.5 ? 0 : 1];
      const survivor = survivorOf(victim);
      const epochBefore = await epochOf(rig, cluster);
      led += victim === leader() ? 1 : 0;
      await victim.kill("SIGKILL");
      const killedAt = performance.now();
      const hostsThen = worldOf(rig, cluster)?.hosts ?? {};
      const held = await begunBy(rig, victim, before.planId);
      const replacement = rig.startControlPlane();
      for (const each of deliveries) await untilSucceeded(survivor, each, PATIENCE_MS);
      const tookMs = performance.now() - killedAt;
      seconds.push(tookMs / 1_000);
      expect(tookMs, `kill ${kill} of seed ${seed}`).toBeLessThan(TAKEOVER_MS_MAX);

      const world = worldOf(rig, cluster);
      const planned = (await rig.query<{ host: string }>("select json_object_keys(plan->'hosts') as host from cynosure.plans where id = $1", [before.planId])).map((row) => row.host).sort();
      expect(Object.keys(world?.hosts ?? {}).sort()).toEqual(planned);
      // What was there at the kill is what is there now: nothing was made a second time.
      for (const [host, { startedAtMs }] of Object.entries(hostsThen)) expect(world?.hosts[host]?.startedAtMs, `${host} of ${cluster}`).toBe(startedAtMs);
      expect(await rig.query("select 1 from cynosure.plan_steps where plan_id = $1 and status <> 'done'", [before.planId])).toEqual([]);
      // What it had begun is refused from now on, also when nothing was left to do of it.
      if (held > 0) {
        // Whoever looks first takes over, which on a quick machine is the one that was just started.
        const heirs = [survivor, await replacement];
        await eventually("the takeover", TAKEOVER_MS_MAX, async () => (heirs.some((heir) => heir.logText().includes(`of executor ${victim.record.processName}.`)) ? true : null));
        expect(await epochOf(rig, cluster)).toBeGreaterThan(epochBefore);
      }
      raised += held > 0 ? 1 : 0;
      const stored = (await rig.query<{ host_id: string }>("select host_id from cynosure.hosts where cluster_key like '%/' || $1 order by 1", [cluster])).map((row) => row.host_id);
      expect(stored).toEqual(planned);
      if (kill > 0) expect(Object.keys(worldOf(rig, `kill-${kill - 1}`)?.hosts ?? {}), `what was deleted is gone`).toEqual([]);
      living = [survivor, await replacement];
    }
    const sorted = seconds.toSorted((a, b) => a - b);
    const facts = { kills: KILLS, seed, leadersKilled: led, epochsRaised: raised, takeoverSeconds: { min: sorted[0], median: sorted[Math.floor(sorted.length / 2)], max: sorted.at(-1) } };
    process.stdout.write(`${JSON.stringify(facts)}\n`);
    expect(raised).toBeGreaterThan(0);
    await untilSucceeded(living[0], await send(living[0], "DELETE", `kill-${KILLS - 1}`), PATIENCE_MS);
    for (const [key, cluster] of Object.entries(rig.world())) expect([cluster.hosts, cluster.endpoints], key).toEqual([{}, []]);
    expect(await rig.query("select 1 from cynosure.hosts")).toEqual([]);
  });

  it("go on in place when the connection that holds a lease is cut: the lost executor ends, a new one has its work, requests are answered", async () => {
    const delivery = await send(living[0], "PUT", "cut", 8);
    const victim = await eventually("somebody to have begun a step", PATIENCE_MS, async () => ((await begunBy(rig, living[0])) > 0 ? living[0] : (await begunBy(rig, living[1])) > 0 ? living[1] : null));
    const [cut] = await rig.query<{ id: string }>("select substr(application_name, length('cynosure lease ') + 1) as id, pg_terminate_backend(pid) from pg_stat_activity where application_name like 'cynosure lease ' || $1 || '.%'", [victim.record.processName]);
    // The other one, which takes over, ends all its sessions: it may have to say once that its database is away.
    await Promise.all([untilSucceededDespite(victim, delivery), untilSucceeded(survivorOf(victim), delivery, PATIENCE_MS)]);
    const anew = await eventually("a new lease", PATIENCE_MS, async () => victim.log("lease taken anew").at(-1) ?? null);
    expect(anew["executorId"]).not.toBe(cut?.id);
    expect(victim.log("lease lost").at(-1)).toMatchObject({ executorId: cut?.id });
    expect(await rig.query("select 1 from dbos.workflow_status where status = 'PENDING' and executor_id = $1", [cut?.id])).toEqual([]);
    expect(await epochOf(rig, "cut")).toBeGreaterThan(1);
    expect(victim.isAlive).toBe(true);
  });

  it("finish without one that stands still, and let nothing of it through when it wakes up", async () => {
    const delivery = await send(leader(), "PUT", "still", 8);
    const victim = follower();
    const survivor = leader();
    await eventually("the follower to stand still with a begun step", PATIENCE_MS, async () => {
      if ((await begunBy(rig, victim)) === 0) return null;
      await victim.kill("SIGSTOP");
      if ((await begunBy(rig, victim)) > 0) return true;
      await victim.kill("SIGCONT");
      return null;
    });
    // What it had asked before it stood still is still being answered.
    const sessions = "select clock_timestamp()::text as at, count(*) filter (where state = 'active') as active from pg_stat_activity where application_name = $1";
    const stopped = await eventually("its last questions to be answered", PATIENCE_MS, async () => {
      const [row] = await rig.query<{ at: string; active: string }>(sessions, [`cynosure ${victim.record.processName}`]);
      return row?.active === "0" ? row : null;
    });
    const before = victim.log("lease taken anew").length;
    await untilSucceeded(survivor, delivery, PATIENCE_MS);
    expect(await epochOf(rig, "still")).toBeGreaterThan(1);
    const { planId } = await progressOf(rig, delivery);
    const world = rig.worldText();
    await victim.kill("SIGCONT");
    await eventually("the sleeper to have a new lease", PATIENCE_MS, async () => (victim.log("lease taken anew").length > before ? true : null));
    expect((await victim.arm("GET", pathOf("still"))).status).toBe(200);
    expect(await rig.query("select * from proof.writes where plan_id = $1 and session = $2 and at > $3::timestamptz", [planId, `cynosure ${victim.record.processName}`, stopped.at])).toEqual([]);
    expect(rig.worldText()).toBe(world);
    expect(await begunBy(rig, victim)).toBe(0);
  });

  it("end a leader that stands still, because it holds what the next one needs", async () => {
    const victim = leader();
    const survivor = follower();
    const delivery = await send(survivor, "PUT", "led", 3);
    await victim.kill("SIGSTOP");
    await untilSucceeded(survivor, delivery, PATIENCE_MS);
    await victim.ended;
    expect(victim.child.signalCode).toBe("SIGKILL");
    expect(rig.leaderName()).toBe(survivor.record.processName);
    living = [survivor, await rig.startControlPlane()];
  });

  for (const how of ["stop", "kill"] as const) {
    it(`answer 503 while PostgreSQL is away (${how}) and finish the delivery when it is back, without a command`, async () => {
      const delivery = await send(living[0], "PUT", `away-${how}`, 8);
      await untilDone(rig, delivery, 5);
      await rig.endDatabase(how);
      for (const each of living) {
        await eventually(`${each.name} to say that it is away`, PATIENCE_MS, async () => {
          const answer = await each.arm("GET", pathOf(`away-${how}`));
          if (answer.status !== 200) expect(isUnavailable(answer), JSON.stringify(answer)).toBe(true);
          return isUnavailable(answer) ? true : null;
        });
        expect(isUnavailable(await each.arm("PUT", pathOf("never"), body(3)))).toBe(true);
      }
      await rig.startDatabase();
      for (const each of living) {
        await untilSucceededDespite(each, delivery);
        expect(each.isAlive).toBe(true);
      }
      expect(Object.keys(worldOf(rig, `away-${how}`)?.hosts ?? {})).toHaveLength(8);
    });
  }
});

describe("a control plane with its embedded PostgreSQL", () => {
  const rig = new Rig("embedded");
  afterAll(() => rig.close());

  it("starts it again when it was stopped or killed during a delivery, and finishes", async () => {
    const controlPlane = await rig.startControlPlane();
    for (const signal of ["SIGINT", "SIGKILL"] as const) {
      const delivery = await send(controlPlane, "PUT", signal.toLowerCase(), 8);
      const before = rig.embeddedPid();
      process.kill(before, signal);
      await untilSucceededDespite(controlPlane, delivery);
      expect(rig.embeddedPid()).not.toBe(before);
      expect(controlPlane.isAlive).toBe(true);
    }
    const returns = controlPlane.log("PostgreSQL was gone and runs again");
    expect(returns).toHaveLength(2);
    process.stdout.write(`${JSON.stringify({ embeddedPostgresAwaySeconds: returns.map((entry) => Number(entry["awayMs"]) / 1_000) })}\n`);
    await controlPlane.kill("SIGTERM");
    expect(await controlPlane.ended).toBe(0);
  });
});
