// A machine that reboots: every process of the installation ends at once, namespaces are gone, and what lay on
// disk tells of processes that are no more. Simulated by SIGKILL on one machine, so it says nothing of what a
// power cut does to a disk's own cache; the boot id of the records is exchanged for another boot's instead.
import { spawn } from "node:child_process";
import { readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { identifyProcess, isNothingLeft, isProcessAlive, run } from "@cynosure/machine";
import type { ProcessIdentity } from "@cynosure/machine";
import { describeWhen } from "../require.ts";
import { createHome, lastJson, missingForCeph, until } from "./support/cynosure.ts";
import type { Started } from "./support/cynosure.ts";
import { CLUSTER, daemonsOf, endHome, processesOf, writeSmallRequirement } from "./support/small-cluster.ts";

const READY = "Ready. Ctrl-C stops everything";

describeWhen(missingForCeph(), "a machine that reboots", () => {
  const home = createHome();
  const requirement = writeSmallRequirement(home.dir);
  const strangers: ReturnType<typeof spawn>[] = [];
  const starts: Started[] = [];
  const start = async (): Promise<void> => {
    const started = home.start(["up", "--rung", "a", "--yes", "--requirement", requirement]);
    starts.push(started);
    await started.untilSays(READY);
  };
  afterAll(async () => {
    for (const stranger of strangers) stranger.kill("SIGKILL");
    await endHome(home);
  });

  /** All at once, and again until a look at the machine finds nobody: what restarts others is among them. */
  async function cutPower(): Promise<void> {
    starts.at(-1)?.child.kill("SIGKILL");
    await until("every process to be gone", () => {
      const living = processesOf(home);
      for (const found of living) {
        try {
          process.kill(found.pid, "SIGKILL");
        } catch (error) {
          if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
        }
      }
      return living.length === 0;
    });
    await starts.at(-1)?.ended;
    for (const name of home.leftovers().networkNamespaces) await run(["ip", "netns", "del", name]);
    expect(home.leftovers()).toMatchObject({ processes: [], networkNamespaces: [], mounts: [] });
  }

  /** A process of somebody else that came to have a pid of ours. */
  function makeStranger(): ProcessIdentity {
    const child = spawn("sleep", ["1000"], { stdio: "ignore" });
    strangers.push(child);
    const identity = identifyProcess(child.pid ?? 0);
    if (identity === null) throw new Error("sleep ended at once");
    return identity;
  }

  /** Every record of a process on disk names the stranger. */
  function misleadRecords(identity: ProcessIdentity): number {
    const clusterDir = join(home.dir, "hosts", readdirSync(join(home.dir, "hosts"))[0] ?? "");
    const rewrite = (file: string, change: (value: Record<string, unknown>) => Record<string, unknown>): void => {
      // `as`: records are objects; only the fields named here are touched.
      writeFileSync(file, JSON.stringify(change(JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>)));
    };
    const hostRecords = readdirSync(join(clusterDir, ".records")).filter((name) => name.endsWith(".json"));
    for (const name of hostRecords) rewrite(join(clusterDir, ".records", name), (record) => ({ ...record, init: identity }));
    rewrite(join(clusterDir, "endpoints.json"), (record) => ({ ...record, owner: identity }));
    rewrite(join(home.dir, "control-plane.json"), (record) => ({ ...record, ...identity }));
    for (const name of readdirSync(join(home.dir, "control-planes"))) rewrite(join(home.dir, "control-planes", name), (record) => ({ ...record, ...identity }));
    const pidFile = join(home.dir, "postgres", "postmaster.pid");
    const [, ...rest] = readFileSync(pidFile, "utf8").split("\n");
    writeFileSync(pidFile, [identity.pid, ...rest].join("\n"));
    return hostRecords.length;
  }

  const inventory = async (): Promise<unknown> => {
    const list = async (args: readonly string[]): Promise<readonly { id: string; properties: { generation?: number } }[]> => lastJson(await home.run([...args, "--json"]))["value"] as never; // shapes of the contract
    const plans = await list(["plan", "list", "--cluster", CLUSTER]);
    return { hosts: (await list(["host", "list", "--cluster", CLUSTER])).map((host) => host.id), plans: plans.map((plan) => plan.id), ports: readFileSync(join(home.dir, "endpoints.ports"), "utf8") };
  };

  const rememberPorts = async (): Promise<void> => {
    const shown = lastJson(await home.run(["cluster", "show", CLUSTER, "--json"]))["properties"] as { endpoints: readonly { name: string; port: number }[] }; // fields of the contract
    writeFileSync(join(home.dir, "endpoints.ports"), JSON.stringify(shown.endpoints.map(({ name, port }) => `${name}:${port}`).toSorted()));
  };

  let before: unknown;

  it("has its cluster back by the one start, with stale sockets left and pids that strangers of an earlier boot's number now have", async () => {
    await start();
    await rememberPorts();
    before = await inventory();
    const stranger = makeStranger();
    await cutPower();
    expect(readdirSync(join("/run/cynosure", home.record().installationId, "gateway")), "a stale socket").toEqual(["gateway.sock"]);
    expect(misleadRecords({ ...stranger, bootId: "00000000-0000-4000-8000-000000000000" })).toBe(3);
    await start();
    await rememberPorts();
    expect(await inventory()).toEqual(before);
    expect(daemonsOf(home)).toHaveLength(14);
    expect(isProcessAlive(stranger), "the stranger was left alone").toBe(true);
  });

  it("has it back too when the directory of sockets went with the boot, and records name a living process that started at another time", async () => {
    const stranger = makeStranger();
    await cutPower();
    rmSync(join("/run/cynosure", home.record().installationId), { recursive: true });
    expect(misleadRecords({ ...stranger, startTicks: stranger.startTicks - 1 })).toBe(3);
    await start();
    await rememberPorts();
    expect(await inventory()).toEqual(before);
    expect(daemonsOf(home)).toHaveLength(14);
    expect(isProcessAlive(stranger), "the stranger was left alone").toBe(true);
    const last = starts.at(-1);
    last?.child.kill("SIGINT");
    const end = await last?.ended;
    expect(end?.code, `${end?.stdout}${end?.stderr}`).toBe(0);
    expect(end?.stdout).toMatch(/file on home: 8 MiB written by an earlier run, read through nfs-2 .*: SHA-256 equal/);
    expect(end?.stdout).toMatch(/object in results: 8 MiB written by an earlier run, read through s3-2 .*: SHA-256 equal/);
    expect(isNothingLeft(home.leftovers())).toBe(true);
  });
});
