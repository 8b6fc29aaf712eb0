// Hosts in place (rung c): real Ceph where neither root nor anybody else may make a namespace, chosen without being
// asked for. One cluster for all of it.
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync, readdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { findHostImage, findOurProcesses, findTool, isNothingLeft, run, runInPlaceProblem } from "@cynosure/machine";
import type { FoundProcess } from "@cynosure/machine";
import { installationId } from "@cynosure/model";
import { describeWhen } from "../require.ts";
import { createHome, imageCache, lastJson } from "./support/cynosure.ts";
import type { Home } from "./support/cynosure.ts";
import { CLUSTER, endHome, writeSmallRequirement } from "./support/small-cluster.ts";

/**
 * Like a hardened container: no capability at all, and user namespaces refused. That is arranged inside one of our
 * own, which leaves the machine's setting alone; every command of the test enters the same one, as in one container.
 */
async function openContainer(): Promise<ChildProcess> {
  const holder = spawn("unshare", ["--user", "--map-user=65534", "--map-group=65534", "--keep-caps", "sh", "-ec", "echo 0 >/proc/sys/user/max_user_namespaces; echo ready; exec sleep infinity"], { stdio: ["ignore", "pipe", "inherit"] });
  await once(holder.stdout, "data");
  return holder;
}
const enter = (container: ChildProcess): readonly string[] => [
  ...["nsenter", `--user=/proc/${container.pid}/ns/user`, "--preserve-credentials", "--"],
  ...["setpriv", "--ambient-caps=-all", "--inh-caps=-all", "--bounding-set=-all", "--"],
];

function missing(): string | null {
  const problem = runInPlaceProblem();
  if (problem !== null) return problem;
  if (process.getuid?.() !== 0) return "needs root to take every privilege away";
  const tools = ["setpriv", "unshare", "nsenter"].filter((tool) => findTool(tool) === null);
  if (tools.length > 0) return `needs ${tools.join(" and ")}`;
  return process.env["REQUIRE_ALL"] === "1" || findHostImage(imageCache, "ceph-18.2") !== null ? null : "the host image is not built; npm start builds it";
}

describeWhen(missing(), "cynosure up with hosts in place", () => {
  let container: ChildProcess;
  let home: Home;
  let up: readonly string[];
  beforeAll(async () => {
    container = await openContainer();
    home = createHome({ enter: enter(container) });
    up = ["up", "--yes", "--requirement", writeSmallRequirement(home.dir)];
  });
  const ours = (): readonly FoundProcess[] => findOurProcesses(installationId(home.record().installationId));
  const daemons = (): readonly FoundProcess[] => ours().filter((found) => /\/(ceph-(mon|mgr|osd|mds)|radosgw|ganesha\.nfsd) .*-[fF] /.test(found.commandLine));
  const identities = (): readonly string[] => daemons().map((found) => `${found.pid} ${found.startTicks}`).toSorted();

  afterAll(async () => {
    await endHome(home);
    container.kill("SIGKILL");
  });

  it("delivers and verifies a cluster without any namespace, and touches nothing of the machine", async () => {
    const addressesBefore = readFileSync("/proc/net/fib_trie", "utf8");
    const stateBefore = readdirSync("/var/lib").toSorted();
    const started = home.start(up);
    await started.untilSays("Ready. Ctrl-C stops everything");
    // Three monitors, two managers, three OSDs, two metadata servers, two gateways of each kind.
    expect(daemons()).toHaveLength(14);
    for (const found of daemons()) {
      for (const kind of ["net", "mnt", "pid", "uts", "ipc"]) expect(readlinkSync(`/proc/${found.pid}/ns/${kind}`), found.commandLine).toBe(readlinkSync(`/proc/self/ns/${kind}`));
      const capabilities = BigInt(`0x${/^CapEff:\s*(\S+)/m.exec(readFileSync(`/proc/${found.pid}/status`, "utf8"))?.[1] ?? ""}`);
      expect(capabilities, found.commandLine).toBe(0n);
    }
    expect(readFileSync("/proc/net/fib_trie", "utf8")).toBe(addressesBefore);
    expect(readdirSync("/var/lib").toSorted()).toEqual(stateBefore);
    started.child.kill("SIGINT");
    const end = await started.ended;
    expect(end.code, end.stdout + end.stderr).toBe(0);
    expect(end.stdout).toMatch(/Rung c: .*\n +not a: .*\n +not b: the kernel refuses an unprivileged user namespace/);
    expect(end.stdout).toMatch(/file on home: .* read through nfs-2 .*: SHA-256 equal/);
    expect(end.stdout).toMatch(/object in results: .* read through s3-2 .*: SHA-256 equal/);
    expect(isNothingLeft(home.leftovers())).toBe(true);
  });

  it("brings the data back, keeps daemons when its command and control plane are killed, and prints commands that work", async () => {
    const first = home.start(up);
    await first.untilSays("Ready. Ctrl-C stops everything");
    const before = identities();
    const { pid } = home.record();
    // The command first: it would start its control plane again.
    first.child.kill("SIGKILL");
    process.kill(pid ?? 0, "SIGKILL");
    const killed = await first.ended;
    expect(killed.stdout + killed.stderr).toMatch(/file on home: 8 MiB written by an earlier run, read through nfs-2 .*: SHA-256 equal/);
    expect(killed.stdout + killed.stderr).toMatch(/object in results: 8 MiB written by an earlier run, read through s3-2 .*: SHA-256 equal/);
    expect(identities()).toEqual(before);

    const second = home.start(up);
    let said = "";
    second.child.stdout?.on("data", (chunk: Buffer) => (said += chunk.toString("utf8")));
    second.child.stderr?.on("data", (chunk: Buffer) => (said += chunk.toString("utf8")));
    await second.untilSays("Ready. Ctrl-C stops everything");
    expect(identities()).toEqual(before);
    const pasted = said.split("\n").find((line) => line.includes("nfs-ls '"))?.trim() ?? "";
    const listed = await run(["sh", "-c", pasted], { timeoutMsMax: 20_000 });
    expect(listed.stdout, pasted + listed.stderr).toContain("cynosure-verify-");

    const deleted = await home.run(["cluster", "delete", CLUSTER, "--json"]);
    expect(deleted.code, deleted.stderr).toBe(0);
    expect(daemons()).toEqual([]);
    expect(readdirSync(join(home.dir, "hosts"))).toEqual([]);
    second.child.kill("SIGINT");
    const end = await second.ended;
    expect(end.code, end.stdout + end.stderr).toBe(0);
    expect(isNothingLeft(home.leftovers())).toBe(true);
    expect(ours()).toEqual([]);
    const { installationId: id } = home.record();
    expect(readdirSync(`/tmp/cynosure-65534/cynosure`)).not.toContain(id);
    const report = lastJson(await home.run(["doctor", "--json"]));
    expect(report).toMatchObject({ rung: "c" });
    const leftovers = report["leftovers"] as readonly { installationId: string }[]; // the shape of DoctorReport
    expect(leftovers.filter((left) => left.installationId === id)).toEqual([]);
  });
});
