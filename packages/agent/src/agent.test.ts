import { execFileSync } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { gatewayServerName as gatewayName } from "@cynosure/agent-gateway";
import type { HostReport } from "@cynosure/model";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { gatewayServerName } from "./gateway-client.ts";
import { readStat } from "./process-table.ts";
import { ended, openHostBed, sleeper, testCluster, testHost, until } from "./testkit/host-bed.ts";
import type { HostBed } from "./testkit/host-bed.ts";

let bed: HostBed;
beforeEach(async () => {
  bed = await openHostBed();
  await bed.boot();
});
afterEach(async () => {
  await bed.close();
});

const report = (): HostReport | null => bed.store.reportsOf(testCluster, testHost).at(-1) ?? null;
const reported = (condition: (report: HostReport) => boolean): Promise<HostReport> => bed.store.waitForReport(testCluster, testHost, condition);
const pidOf = (from: HostReport | null, id: string): number | undefined => from?.daemons.find((daemon) => daemon.id === id)?.pid;
const touch = (path: string): readonly string[] => ["/bin/sh", "-c", 'echo once >> "$0"', path];
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  // `as`: a listening TCP server has one.
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe("an agent", () => {
  it("joins, writes files, makes sparse disks, prepares, starts daemons and reports them running", async () => {
    const port = await freePort();
    await bed.publish({
      generation: 1,
      files: [{ path: bed.path("etc/a.conf"), mode: 0o640, stage: 1, text: "hello" }],
      disks: [{ name: "disk-0", path: bed.path("disks/0"), sizeBytes: 10_000_000_000 }],
      daemons: [sleeper("osd.0", { prepare: [{ argv: touch(bed.path("prepared")), creates: bed.path("made/osd.0"), timeoutMsMax: 5000 }] }),
        sleeper("web.0", { argv: [process.execPath, "-e", `require("node:net").createServer().listen(${String(port)}, "127.0.0.1")`], ready: { tcpPort: port } })],
    });
    bed.startAgent();
    const final = await bed.converged(1);
    expect(final.daemons.map((daemon) => [daemon.id, daemon.state, daemon.restarts])).toEqual([["osd.0", "running", 0], ["web.0", "running", 0]]);
    expect(bed.pidsOf("osd.0")).toEqual([pidOf(final, "osd.0")]);
    expect(final.daemons[0]?.startTicks).toBe(readStat(pidOf(final, "osd.0") ?? 0)?.startTicks);
    expect(readStat(pidOf(final, "osd.0") ?? 0)?.sessionId, "it leads a session of its own").toBe(pidOf(final, "osd.0"));
    expect(readFileSync(bed.path("etc/a.conf"), "utf8")).toBe("hello");
    expect(statSync(bed.path("etc/a.conf")).mode & 0o777).toBe(0o640);
    expect(statSync(bed.path("disks/0"))).toMatchObject({ size: 10_000_000_000, blocks: 0 });
    expect(existsSync(bed.path("made/osd.0")), "the agent leaves the marker when the command does not").toBe(true);
    for (const name of ["identity.json", "plan.json", "agent.json"]) expect(statSync(bed.path(`agent/${name}`)).mode & 0o777, name).toBe(0o600);
    expect(statSync(bed.path("agent")).mode & 0o777).toBe(0o700);
  });
  it("asks for the name the gateway's certificate carries", () => {
    expect(gatewayServerName).toBe(gatewayName);
  });
  it("starts nothing while it is frozen: only the agent starts daemons", async () => {
    const agent = bed.startAgent();
    await bed.publish({ generation: 1, daemons: [sleeper("a")] });
    await bed.converged(1);
    agent.kill("SIGSTOP");
    await bed.publish({ generation: 2, daemons: [sleeper("a"), sleeper("b")] });
    await new Promise((resolve) => setTimeout(resolve, 1500)); // proves an absence: there is no event to wait for
    expect(bed.pidsOf("b")).toEqual([]);
    expect(report()?.observedGeneration).toBe(1);
    agent.kill("SIGCONT");
    await bed.converged(2);
    expect(bed.pidsOf("b")).toHaveLength(1);
  });
  it("prepares a daemon of a later stage without starting it, and starts it when its stage comes", async () => {
    const later = sleeper("late", { stage: 2, prepare: [{ argv: ["/bin/true"], creates: bed.path("late.ready"), timeoutMsMax: 5000 }] });
    await bed.publish({ generation: 1, stage: 1, daemons: [later] });
    bed.startAgent();
    await bed.converged(1);
    expect(existsSync(bed.path("late.ready"))).toBe(true);
    expect(bed.pidsOf("late")).toEqual([]);
    await bed.publish({ generation: 2, stage: 2, daemons: [later] });
    expect((await bed.converged(2)).daemons).toMatchObject([{ id: "late", state: "running" }]);
  });
  it("restarts a daemon that was killed, counts it, and reports converged again", async () => {
    await bed.publish({ generation: 1, daemons: [sleeper("a")] });
    bed.startAgent();
    const before = pidOf(await bed.converged(1), "a");
    process.kill(before ?? 0, "SIGKILL");
    const down = await reported((each) => each.state === "converging" && (each.daemons[0]?.restarts ?? 0) === 1);
    expect(down.error).toMatch(/a was ended by SIGKILL; its log is .*a\.log/);
    const after = await reported((each) => each.state === "converged" && each.daemons[0]?.restarts === 1);
    expect(pidOf(after, "a")).not.toBe(before);
  });
  it("reports failed after five short lives in a row and names the log, while it goes on trying", async () => {
    await bed.publish({ generation: 1, daemons: [sleeper("broken", { argv: ["/bin/sh", "-c", "echo no quorum >&2; exit 3"] }), sleeper("absent", { argv: ["/no/such/program"] })] });
    bed.startAgent();
    const failed = await reported((each) => each.state === "failed" && each.daemons.every((daemon) => daemon.state === "failed"));
    expect(failed.error).toMatch(/broken ended with code 3; its log is .*broken\.log/);
    expect(failed.error).toMatch(/absent could not be started: \/no\/such\/program ENOENT: not found in the host image/);
    expect(readFileSync(bed.path("log/broken.log"), "utf8")).toContain("no quorum");
  });
  it("reports a failing preparation, runs at most four at once, and never starts the daemon before", async () => {
    const slow = (id: string): readonly string[] => ["/bin/sh", "-c", `echo + >> ${bed.path("running")}; sleep 0.3; echo - >> ${bed.path("running")}; touch ${bed.path(`${id}.done`)}`];
    const many = Array.from({ length: 10 }, (_, index) => sleeper(`d${String(index)}`, { prepare: [{ argv: slow(`d${String(index)}`), creates: bed.path(`d${String(index)}.done`), timeoutMsMax: 10_000 }] }));
    await bed.publish({ generation: 1, daemons: [...many, sleeper("bad", { prepare: [{ argv: ["/bin/false"], creates: bed.path("bad.done"), timeoutMsMax: 1000 }] })] });
    bed.startAgent();
    const failed = await reported((each) => each.state === "failed" && each.daemons.filter((daemon) => daemon.state === "running").length === 10);
    expect(failed.error).toMatch(/prepare bad \(1 of 1\) ended with code 1/);
    expect(bed.pidsOf("bad")).toEqual([]);
    let atOnce = 0;
    const levels = readFileSync(bed.path("running"), "utf8").trim().split("\n").map((sign) => (atOnce += sign === "+" ? 1 : -1));
    expect(Math.max(...levels)).toBeLessThanOrEqual(4);
    expect(Math.max(...levels)).toBeGreaterThan(1);
  });
  it("ends a preparation that takes longer than its limit", async () => {
    await bed.publish({ generation: 1, daemons: [sleeper("slow", { prepare: [{ argv: ["/bin/sleep", "1000"], creates: bed.path("slow.done"), timeoutMsMax: 200 }] })] });
    bed.startAgent();
    expect((await reported((each) => each.error !== undefined)).error).toMatch(/prepare slow \(1 of 1\) was ended by SIGKILL \(limit 200 ms\)/);
  });
  it("signals a daemon whose reloadable file changed and restarts one whose other file changed", async () => {
    const conf = bed.path("app.conf");
    const exports = bed.path("exports.conf");
    const script = `echo start >> ${bed.path("seen")}; trap 'echo reload >> ${bed.path("seen")}' HUP; while :; do sleep 0.05; done`;
    const daemon = sleeper("app", { argv: ["/bin/sh", "-c", script], reads: [conf, exports], reload: { paths: [exports], signal: "SIGHUP" } });
    const files = (first: string, second: string): { path: string; mode: number; stage: number; text: string }[] => [{ path: conf, mode: 0o644, stage: 1, text: first }, { path: exports, mode: 0o644, stage: 1, text: second }];
    await bed.publish({ generation: 1, daemons: [daemon], files: files("1", "1") });
    bed.startAgent();
    const before = pidOf(await bed.converged(1), "app");
    await until(() => existsSync(bed.path("seen")), "start");
    await bed.publish({ generation: 2, daemons: [daemon], files: files("1", "2") });
    expect(pidOf(await bed.converged(2), "app")).toBe(before);
    await until(() => readFileSync(bed.path("seen"), "utf8") === "start\nreload\n", "reload");
    await bed.publish({ generation: 3, daemons: [daemon], files: files("2", "2") });
    const after = await bed.converged(3);
    expect(pidOf(after, "app")).not.toBe(before);
    expect(after.daemons[0]?.restarts, "a restart the plan asked for is not counted").toBe(0);
  });
  it("stops daemons that left the plan, kills those that do not listen, and removes the plan's files", async () => {
    const secret = bed.path("keyring");
    await bed.publish({ generation: 1, files: [{ path: secret, mode: 0o600, stage: 1, text: "k" }], daemons: [sleeper("kind", { reads: [secret] }), sleeper("deaf", { argv: ["/bin/sh", "-c", "trap '' TERM; while :; do sleep 0.1; done"], stopTimeoutMsMax: 300 }), sleeper("stays")] });
    bed.startAgent();
    const stays = pidOf(await bed.converged(1), "stays");
    await bed.publish({ generation: 2, daemons: [sleeper("stays")] });
    const after = await bed.converged(2);
    expect(after.daemons.map((daemon) => daemon.id)).toEqual(["stays"]);
    expect([bed.pidsOf("kind"), bed.pidsOf("deaf"), bed.pidsOf("stays")]).toEqual([[], [], [stays]]);
    expect(existsSync(secret)).toBe(false);
  });
  it("repairs a file that somebody changed", async () => {
    await bed.publish({ generation: 1, files: [{ path: bed.path("a.conf"), mode: 0o644, stage: 1, text: "right" }] });
    bed.startAgent();
    await bed.converged(1);
    writeFileSync(bed.path("a.conf"), "wrong");
    await until(() => readFileSync(bed.path("a.conf"), "utf8") === "right", "repair");
  });
});

describe("an agent that was ended", () => {
  it("adopts its daemons with the same pids, also those whose record was lost", async () => {
    await bed.publish({ generation: 1, daemons: [sleeper("a"), sleeper("b")] });
    const first = bed.startAgent();
    const before = await bed.converged(1);
    first.kill("SIGKILL");
    await ended(first);
    rmSync(bed.path("agent/agent.json"));
    bed.startAgent();
    const after = await reported((each) => each.agent.pid !== before.agent.pid && each.state === "converged");
    expect(["a", "b"].map((id) => pidOf(after, id))).toEqual(["a", "b"].map((id) => pidOf(before, id)));
    expect(after.daemons.map((daemon) => daemon.restarts)).toEqual([0, 0]);
    process.kill(pidOf(after, "a") ?? 0, "SIGKILL");
    await reported((each) => each.daemons[0]?.restarts === 1 && each.state === "converged");
  });
  it("leaves its daemons running on SIGTERM", async () => {
    await bed.publish({ generation: 1, daemons: [sleeper("a")] });
    const first = bed.startAgent({ main: true });
    const before = await bed.converged(1);
    first.kill("SIGTERM");
    await ended(first);
    expect(first.exitCode).toBe(143);
    expect(bed.pidsOf("a")).toEqual([pidOf(before, "a")]);
  });
  it("keeps the plan over a restart with the control plane away, and takes a newer one when it is back", async () => {
    await bed.publish({ generation: 1, daemons: [sleeper("a")] });
    const first = bed.startAgent();
    const before = await bed.converged(1);
    await bed.gateway().close();
    first.kill("SIGKILL");
    await ended(first);
    process.kill(pidOf(before, "a") ?? 0, "SIGKILL");
    bed.startAgent();
    await until(() => bed.pidsOf("a").length === 1, "restart without the control plane");
    await bed.publish({ generation: 2, daemons: [sleeper("a"), sleeper("b")] });
    await bed.restartGateway();
    expect((await bed.converged(2)).daemons).toHaveLength(2);
  });
  it("refuses plans older than it has acted on, also after a restart", async () => {
    await bed.publish({ generation: 5, daemons: [sleeper("a")] }, 3);
    const first = bed.startAgent();
    await bed.converged(5);
    first.kill("SIGKILL");
    await ended(first);
    const served = await bed.store.hosts.readPublished(testCluster, testHost);
    if (served === null) throw new Error("nothing published");
    bed.store.forcePublished({ executorEpoch: 2, plan: { ...served.plan, generation: 9, daemons: [] } });
    bed.startAgent();
    expect((await reported((each) => each.error !== undefined)).error).toMatch(/plan 9 of epoch 2 is older than 5 of epoch 3/);
    bed.store.forcePublished({ executorEpoch: 4, plan: { ...served.plan, generation: 4, daemons: [] } });
    await reported((each) => each.error?.includes("plan 4 of epoch 4 is older") === true);
    expect(bed.pidsOf("a")).toHaveLength(1);
    bed.store.forcePublished({ executorEpoch: 4, plan: { ...served.plan, generation: 6, daemons: [] } });
    expect((await bed.converged(6)).error).toBeUndefined();
    expect(bed.pidsOf("a")).toEqual([]);
  });
  const counted = (id: string): ReturnType<typeof sleeper> => sleeper(id, { prepare: [{ argv: ["/bin/sh", "-c", `echo + >> ${bed.path(`${id}.count`)}; sleep 0.05; touch ${bed.path(`${id}.made`)}`], creates: bed.path(`${id}.made`), timeoutMsMax: 5000 }] });
  const ids = ["p", "q"];
  const publishCounted = (): Promise<void> => bed.publish({ generation: 1, files: [{ path: bed.path("a"), mode: 0o600, stage: 1, text: "x" }], daemons: ids.map(counted) });
  const expectOneEach = (seen: Map<string, number>, when: string): void => {
    for (const id of ids) {
      const pids = bed.pidsOf(id);
      expect(pids.length, `${id} ${when}`).toBeLessThanOrEqual(1);
      for (const pid of pids) {
        expect(seen.get(id) ?? pid, `${id} is the same process ${when}`).toBe(pid);
        seen.set(id, pid);
      }
      const count = existsSync(bed.path(`${id}.count`)) ? readFileSync(bed.path(`${id}.count`), "utf8") : "";
      expect(["", "+\n"], `${id} is prepared once ${when}`).toContain(count);
    }
  };
  // plan, file, two preparations (before, after), two daemons (before intent, after intent, after spawn, after record)
  it.each(Array.from({ length: 14 }, (_, index) => index + 1))("by kill -9 at point %i leaves exactly one of each daemon to its successor, prepared once", async (killAt) => {
    await publishCounted();
    const seen = new Map<string, number>();
    const first = bed.startAgent({ killAt });
    await ended(first);
    expect(bed.agentLog()).toContain("killed at");
    expectOneEach(seen, `after the kill at point ${String(killAt)}`);
    bed.startAgent();
    await bed.converged(1);
    expectOneEach(seen, "in the end");
    expect(seen.size).toBe(ids.length);
  });
  it("again and again at drawn moments never doubles a daemon", async () => {
    const seed = Number(process.env["SEED"] ?? 20261201);
    let drawn = seed;
    const draw = (): number => (drawn = (drawn * 1103515245 + 12345) % 2147483648);
    await publishCounted();
    const seen = new Map<string, number>();
    for (let round = 0; round < 12; round += 1) {
      const agent = bed.startAgent();
      await new Promise((resolve) => setTimeout(resolve, 40 + (draw() % 300))); // the moment is the point of the test
      agent.kill("SIGKILL");
      await ended(agent);
      expectOneEach(seen, `in round ${String(round)}, seed=${String(seed)}`);
    }
    bed.startAgent();
    await bed.converged(1);
    expectOneEach(seen, `in the end, seed=${String(seed)}`);
  });
});

describe("stopping in order", () => {
  it("on SIGUSR2 stops later stages first and ends with code 0; a new start brings everything back", async () => {
    const noting = (id: string, stage: number): ReturnType<typeof sleeper> => sleeper(id, { stage, prepareStage: 1, argv: ["/bin/sh", "-c", `trap 'echo ${id} >> ${bed.path("order")}; exit 0' TERM; while :; do sleep 0.05; done`] });
    await bed.publish({ generation: 1, stage: 3, daemons: [noting("mon", 1), noting("osd", 2), noting("gw", 3)] });
    const agent = bed.startAgent({ main: true });
    await bed.converged(1);
    agent.kill("SIGUSR2");
    await ended(agent);
    expect(agent.exitCode).toBe(0);
    expect(readFileSync(bed.path("order"), "utf8")).toBe("gw\nosd\nmon\n");
    expect(bed.pidsOf("*")).toEqual([]);
    bed.startAgent({ main: true });
    await until(() => ["mon", "osd", "gw"].every((id) => bed.pidsOf(id).length > 0), "all back");
  });
});

describe("the supervisor of a host", () => {
  it("starts the agent again when it dies; on SIGTERM stops every daemon in order and ends with code 0", async () => {
    await bed.publish({ generation: 1, daemons: [sleeper("a"), sleeper("b")] });
    const supervisor = bed.startSupervisor();
    const before = await bed.converged(1);
    process.kill(before.agent.pid, "SIGKILL");
    const after = await reported((each) => each.agent.pid !== before.agent.pid && each.state === "converged");
    expect(pidOf(after, "a")).toBe(pidOf(before, "a"));
    expect(readFileSync(`/proc/${String(after.agent.pid)}/environ`, "utf8"), "it runs from compiled code").toMatch(/NODE_COMPILE_CACHE=.*(cynosure-agent|agent\/compile-cache)/);
    const pssKB = Number(/Pss:\s+(\d+) kB/.exec(readFileSync(`/proc/${String(after.agent.pid)}/smaps_rollup`, "utf8"))?.[1]);
    expect(pssKB, "memory of the agent").toBeLessThanOrEqual(35 * 1024);
    supervisor.kill("SIGTERM");
    await ended(supervisor);
    expect(supervisor.exitCode).toBe(0);
    expect(bed.pidsOf("*")).toEqual([]);
    expect(existsSync(`/proc/${String(after.agent.pid)}`)).toBe(false);
  });
  it("ends on SIGTERM also when the agent died at that moment, or never joined", async () => {
    await bed.publish({ generation: 1, daemons: [sleeper("a")] });
    const supervisor = bed.startSupervisor();
    const { agent } = await bed.converged(1);
    process.kill(agent.pid, "SIGKILL");
    supervisor.kill("SIGTERM");
    await ended(supervisor);
    expect(supervisor.exitCode).toBe(0);
    expect(bed.pidsOf("*")).toEqual([]);
    rmSync(bed.path("agent"), { recursive: true });
    rmSync(bed.path("boot.json"));
    rmSync(bed.path("log"), { recursive: true });
    const lonely = bed.startSupervisor();
    await until(() => existsSync(bed.path("log/agent.log")) && readFileSync(bed.path("log/agent.log"), "utf8").includes("boot file"), "complaint");
    lonely.kill("SIGTERM");
    await ended(lonely);
    expect(lonely.exitCode).toBe(0);
  });
});

describe("requests", () => {
  const ask = async (id: string, kind: string, payload: unknown, epoch = 1, timeoutMsMax = 5000): Promise<unknown> => {
    await bed.store.hosts.putRequest({ id, clusterKey: testCluster, hostId: testHost, executorEpoch: epoch, kind, payload, timeoutMsMax });
    for (;;) {
      const wait = bed.store.hosts.waitForChange(`request:${id}`, 500);
      const response = await bed.store.hosts.readResponse(id);
      if (response !== null) return response;
      await wait;
    }
  };
  it("are answered by the handler of their kind; failure, silence and unknown kinds are answers too", async () => {
    bed.startAgent();
    expect(await ask("1", "test.echo", { a: [1, null] })).toEqual({ ok: true, value: { a: [1, null] } });
    expect(await ask("2", "test.fail", null)).toMatchObject({ ok: false, error: { code: "HandlerFailed", message: "test.fail: asked to fail" } });
    expect(await ask("3", "test.hang", null, 1, 200)).toMatchObject({ ok: false, error: { code: "TimedOut" } });
    expect(await ask("4", "toString", null)).toMatchObject({ ok: false, error: { code: "UnknownRequestKind" } });
  });
  it("of an executor that was replaced are refused", async () => {
    await bed.publish({ generation: 1 }, 4);
    bed.startAgent();
    await bed.converged(1);
    expect(await ask("1", "test.echo", 1, 3)).toMatchObject({ ok: false, error: { code: "StaleExecutor" } });
    expect(await ask("2", "test.echo", 1, 4)).toEqual({ ok: true, value: 1 });
  });
});

describe("trouble", () => {
  it("with the boot file is waited out", async () => {
    const good = readFileSync(bed.path("boot.json"), "utf8");
    writeFileSync(bed.path("boot.json"), good.slice(0, 50));
    bed.startAgent();
    await until(() => bed.agentLog().includes("is not JSON"), "complaint");
    writeFileSync(bed.path("boot.json"), good);
    await bed.publish({ generation: 1 });
    await bed.converged(1);
    writeFileSync(bed.path("boot.json"), "");
    await bed.publish({ generation: 2 });
    await bed.converged(2);
  });
  it("with a join that was cut short is repaired with the same token and key", async () => {
    await bed.publish({ generation: 1 });
    const first = bed.startAgent();
    await bed.converged(1);
    first.kill("SIGKILL");
    await ended(first);
    // As if the answer to the join had never arrived.
    const { version, identity } = JSON.parse(readFileSync(bed.path("agent/identity.json"), "utf8")) as { version: number; identity: object };
    writeFileSync(bed.path("agent/identity.json"), JSON.stringify({ version, identity: { ...identity, certificatePem: null, notBeforeMs: 0, notAfterMs: 0 } }));
    await bed.publish({ generation: 2 });
    bed.startAgent();
    await bed.converged(2);
  });
  it("with the identity is repaired by the token of the next boot", async () => {
    await bed.publish({ generation: 1, daemons: [sleeper("a")] });
    const first = bed.startAgent();
    const before = await bed.converged(1);
    await bed.store.hosts.removeHost(testCluster, testHost);
    await bed.boot();
    await bed.publish({ generation: 2, daemons: [sleeper("a")] });
    const after = await bed.converged(2);
    expect(pidOf(after, "a")).toBe(pidOf(before, "a"));
    expect(first.exitCode).toBeNull();
  });
  it("with the age of the certificate is prevented by renewing it in time", async () => {
    await bed.publish({ generation: 1 });
    const first = bed.startAgent();
    await bed.converged(1);
    first.kill("SIGKILL");
    await ended(first);
    const path = bed.path("agent/identity.json");
    const { version, identity } = JSON.parse(readFileSync(path, "utf8")) as { version: number; identity: { keyPem: string; certificatePem: string } };
    // As if two thirds of its life were over.
    writeFileSync(path, JSON.stringify({ version, identity: { ...identity, notBeforeMs: Date.now() - 3_000_000, notAfterMs: Date.now() + 900_000 } }));
    await bed.publish({ generation: 2 });
    bed.startAgent();
    await until(() => bed.agentLog().includes("certificate renewed"), "renewal");
    await bed.publish({ generation: 3 });
    await bed.converged(3);
    const renewed = JSON.parse(readFileSync(path, "utf8")) as { identity: { keyPem: string; certificatePem: string } };
    expect(renewed.identity.certificatePem).not.toBe(identity.certificatePem);
    expect(renewed.identity.keyPem).not.toBe(identity.keyPem);
  });
  it("with a full disk starts nothing it could not remember, says so, and goes on when there is room", async () => {
    const full = `${bed.dir}/full`;
    const agent = bed.startAgent({ fullWhile: full });
    await bed.publish({ generation: 1, daemons: [sleeper("a")] });
    const before = await bed.converged(1);
    writeFileSync(full, "");
    process.kill(pidOf(before, "a") ?? 0, "SIGKILL");
    expect((await reported((each) => each.error !== undefined && each.daemons[0]?.restarts === 1)).error).toMatch(/cannot be written \(ENOSPC: no space left/);
    await bed.publish({ generation: 2, daemons: [sleeper("a")] });
    expect((await reported((each) => each.error?.includes("host plan 2 could not be stored") === true || each.error?.includes("cannot be written") === true)).observedGeneration).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 1500)); // past the back-off: proves an absence
    expect(bed.pidsOf("a")).toEqual([]);
    expect(agent.exitCode).toBeNull();
    rmSync(full);
    expect((await bed.converged(2)).daemons).toMatchObject([{ state: "running", restarts: 1 }]);
  });
  it("in a plan is reported with its generation, and the plan before stays in force", async () => {
    await bed.publish({ generation: 1, daemons: [sleeper("a")] });
    bed.startAgent();
    await bed.converged(1);
    await bed.publish({ generation: 2, files: [{ path: bed.path("../outside"), mode: 0o600, stage: 1, text: "x" }] });
    const refused = await reported((each) => each.state === "failed" && each.observedGeneration === 2);
    expect(refused.error).toMatch(/host plan 2 is refused: .*outside is not below/);
    expect(existsSync(`${bed.dir}/outside`)).toBe(false);
    expect(bed.pidsOf("a")).toHaveLength(1);
    await bed.publish({ generation: 3, daemons: [sleeper("a")] });
    expect((await bed.converged(3)).error).toBeUndefined();
  });
  it("with a placeholder is reported by name and passes when the value comes", async () => {
    await bed.publish({ generation: 1, files: [{ path: bed.path("a"), mode: 0o600, stage: 1, text: "{{output:export}}" }] });
    bed.startAgent();
    expect((await reported((each) => each.error !== undefined)).error).toContain("{{output:export}}");
    await bed.store.vault.putOutput(testCluster, "export", "/volumes/x");
    const final = await bed.converged(1);
    expect(final.error).toBeUndefined();
    expect(readFileSync(bed.path("a"), "utf8")).toBe("/volumes/x");
  });
  it("with a link that leads out of the state directory is refused", async () => {
    mkdirSync(`${bed.dir}/elsewhere`);
    execFileSync("ln", ["-s", `${bed.dir}/elsewhere`, bed.path("link")]);
    await bed.publish({ generation: 1, files: [{ path: bed.path("link/a"), mode: 0o600, stage: 1, text: "x" }] });
    bed.startAgent();
    expect((await reported((each) => each.error !== undefined)).error).toMatch(/leads out of/);
    expect(existsSync(`${bed.dir}/elsewhere/a`)).toBe(false);
  });
  it("with a log that grows is bounded", async () => {
    await bed.publish({ generation: 1, daemons: [sleeper("a")] });
    bed.startAgent();
    await bed.converged(1);
    appendFileSync(bed.path("log/a.log"), Buffer.alloc(9 * 1024 * 1024));
    await until(() => statSync(bed.path("log/a.log")).size === 0, "emptied");
    expect(statSync(bed.path("log/a.log.1")).size).toBe(9 * 1024 * 1024);
  });
});
