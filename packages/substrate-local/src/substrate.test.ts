import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { findOurProcesses, isProcessAlive, openInstallation, run } from "@cynosure/machine";
import type { Installation } from "@cynosure/machine";
import { HOST_STATE_DIR, clusterKey, hostId } from "@cynosure/model";
import type { StepResult } from "@cynosure/model";
import type { HostSpec, SubstrateCall } from "@cynosure/substrate";
import { describeWhen } from "../../../test/require.ts";
import { nameCluster, nameHost } from "./names.ts";
import { listHostRecords } from "./records.ts";
import type { Rung } from "./rung.ts";
import { NODE_INSIDE } from "./sandbox.ts";
import { createLocalSubstrate } from "./substrate.ts";
import type { LocalSubstrate } from "./substrate.ts";
import type { RungHere } from "./testkit/rungs-here.ts";
import { rungsHere } from "./testkit/rungs-here.ts";
import { makeTinyImage } from "./testkit/tiny-image.ts";

const projectDir = resolve(import.meta.dirname, "../../..");
const key = clusterKey("/subscriptions/s/resourceGroups/g/providers/Cynosure.Storage/clusters/Trial");
const AGENT_PORT = 7000;
/** Answers every connection with the host's name; appends its pid to a log, to show restarts. */
const answeringAgent = `
  const fs = require("node:fs"), os = require("node:os");
  fs.appendFileSync("${HOST_STATE_DIR}/starts", process.pid + "\\n");
  process.on("SIGUSR2", () => { fs.writeFileSync("${HOST_STATE_DIR}/stopped", ""); process.exit(0); });
  require("node:net").createServer((socket) => socket.end(os.hostname())).listen(${AGENT_PORT});`;

/** Rungs whose hosts are namespaces; hosts in place have a file of their own. */
const rungs = rungsHere().filter(({ letter }) => letter !== "c");

let rung: Rung;
let agentProgram: string;
let imageDir: string;
let home: string;
let installation: Installation;
let substrate: LocalSubstrate;

beforeAll(async () => {
  imageDir = mkdtempSync(join(tmpdir(), "cynosure-image-"));
  if (rungs.some(({ missing }) => missing === null)) await makeTinyImage(imageDir, process.execPath);
});
afterAll(() => rmSync(imageDir, { recursive: true, force: true }));
function prepare(makeRung: RungHere["rung"]): void {
  agentProgram = answeringAgent;
  home = mkdtempSync(join(tmpdir(), "cynosure-home-"));
  installation = openInstallation({ homeDir: join(home, "data"), runtimeBaseDir: join(home, "run") });
  rung = makeRung(installation);
  substrate = makeSubstrate();
}
afterEach(async () => {
  await substrate.close();
  for (const record of listHostRecords(cluster())) await substrate.destroyHost(call(99), record.hostId);
  await substrate.destroyNetwork(call(99));
  rmSync(home, { recursive: true, force: true });
});

const makeSubstrate = (): LocalSubstrate =>
  createLocalSubstrate({ installation, rung, imageDirFor: (name) => (name === "tiny" ? imageDir : null), nodeBinary: process.execPath, projectDir, agentArgv: [NODE_INSIDE, "-e", agentProgram] });
const cluster = () => nameCluster(installation.id, installation.hostsDir, key);
const call = (executorEpoch = 1): SubstrateCall => ({ clusterKey: key, installationId: installation.id, generation: 1, executorEpoch });
const spec = (index: number): HostSpec => ({
  hostId: hostId(`host-${index}`),
  index,
  size: "local-small",
  failureDomain: `fd-${index}`,
  disks: [{ name: "disk-0", path: `${HOST_STATE_DIR}/disks/disk-0`, sizeBytes: 2 ** 33 }],
  image: { name: "tiny" },
  boot: { clusterKey: key, hostId: hostId(`host-${index}`), joinToken: "once", caPem: "", gatewayUrl: "unix:/run/cynosure-gateway/gateway.sock" },
});

function value<T>(result: StepResult<T>): T {
  if (result.kind !== "done") throw new Error(JSON.stringify(result));
  return result.value;
}

async function deploy(count: number): Promise<void> {
  value(await substrate.ensureNetwork(call()));
  await Promise.all(Array.from({ length: count }, async (_, index) => value(await substrate.ensureHost(call(), spec(index)))));
}

/** Asks the agent at an address from inside the network of another host; null when it does not answer in time. */
async function askFrom(index: number, address: string): Promise<string | null> {
  const program = `const s = require("node:net").connect({ host: "${address}", port: ${AGENT_PORT} }); s.setTimeout(1000, () => process.exit(2)); s.on("data", (d) => process.stdout.write(d)); s.on("error", () => process.exit(1))`;
  const [command = "", ...rest] = [...rung.enterHost(cluster(), nameHost(installation.id, cluster(), hostId(`host-${index}`), index)), process.execPath, "-e", program];
  const result = await run([command, ...rest]);
  return result.code === 0 ? result.stdout : null;
}

const answered = (from: number, address: string, name: string) => vi.waitFor(async () => expect(await askFrom(from, address)).toBe(name), { timeout: 20_000 });

const namedHere = (): string[] => (existsSync("/run/netns") ? readdirSync("/run/netns").filter((name) => name.includes(installation.id)) : []);

for (const { letter, rung: chosen, missing } of rungs) describeWhen(missing, `the local substrate on rung ${letter}`, () => {
  beforeEach(() => prepare(chosen));

  it("makes hosts that reach each other by address and are nowhere in the machine's own network", async () => {
    await deploy(2);
    await answered(0, "10.88.0.11", "host-1");
    await answered(1, "10.88.0.10", "host-0");
    const { stdout } = await run(["ip", "-o", "addr", "show"]);
    expect(stdout).not.toContain("10.88.");
    const disk = statSync(join(cluster().dir, "host-0/disks/disk-0"));
    expect(disk.size).toBe(2 ** 33);
    expect(disk.blocks).toBe(0);
    expect(statSync(join(cluster().dir, "host-0/boot.json")).mode & 0o777).toBe(0o600);
  });

  it("shows a host neither the installation's own directory nor the machine's processes, and lets it write only its own tree", async () => {
    agentProgram = `const fs = require("node:fs");
      const tried = (work) => { try { return work(); } catch (error) { return error.code; } };
      fs.writeFileSync("${HOST_STATE_DIR}/seen", JSON.stringify({ home: fs.existsSync(${JSON.stringify("HOME")}), project: fs.readdirSync("/opt/cynosure").includes("packages"), pids: fs.readdirSync("/proc").filter((name) => /^\\d+$/.test(name)).length, etc: tried(() => fs.writeFileSync("/etc/x", "")), opt: tried(() => fs.writeFileSync("/opt/cynosure/x", "")) }));
      setInterval(() => {}, 60_000);`.replace("HOME", home);
    substrate = makeSubstrate();
    await deploy(1);
    const seen = await vi.waitFor(() => JSON.parse(readFileSync(join(cluster().dir, "host-0/seen"), "utf8")) as unknown, { timeout: 20_000 });
    expect(seen).toEqual({ home: false, project: true, pids: expect.toSatisfy((count: number) => count <= 4), etc: "EROFS", opt: "EROFS" });
  });

  it("answers the same host when asked again, without a second process", async () => {
    await deploy(1);
    const first = listHostRecords(cluster())[0]?.init;
    const again = value(await substrate.ensureHost(call(), spec(0)));
    expect(again).toMatchObject({ hostId: "host-0", address: "10.88.0.10", power: "on" });
    expect(listHostRecords(cluster())[0]?.init).toEqual(first);
  });

  it("restarts an agent that died", async () => {
    await deploy(1);
    const starts = join(cluster().dir, "host-0/starts");
    await vi.waitFor(() => expect(readFileSync(starts, "utf8").trim().split("\n")).toHaveLength(1), { timeout: 20_000 });
    const agent = findOurProcesses(installation.id).find((found) => found.commandLine.startsWith(NODE_INSIDE));
    process.kill(agent?.pid ?? 0, "SIGKILL");
    await vi.waitFor(() => expect(readFileSync(starts, "utf8").trim().split("\n")).toHaveLength(2), { timeout: 20_000 });
  });

  it("ends every process of a host at a power cut, shows it off, and brings it back with its data", async () => {
    await deploy(2);
    await answered(1, "10.88.0.10", "host-0");
    const marked = () => findOurProcesses(installation.id).filter((found) => readFileSync(`/proc/${found.pid}/environ`, "utf8").includes("/host-0"));
    value(await substrate.power(call(), hostId("host-0"), "off"));
    expect(marked()).toEqual([]);
    expect((await substrate.observe(key)).map((host) => [host.power, host.wantedPower])).toEqual([["off", "off"], ["on", "on"]]);
    expect(await askFrom(1, "10.88.0.10")).toBeNull();
    value(await substrate.power(call(), hostId("host-0"), "on"));
    await answered(1, "10.88.0.10", "host-0");
    expect(readFileSync(join(cluster().dir, "host-0/starts"), "utf8").trim().split("\n")).toHaveLength(2);
  });

  it("shows a host that lost its power unasked as off and wanted on, and starts it when told so", async () => {
    await deploy(1);
    const [record] = listHostRecords(cluster());
    process.kill(record?.init?.pid ?? 0, "SIGKILL");
    await vi.waitFor(async () => expect(await substrate.observe(key)).toMatchObject([{ power: "off", wantedPower: "on" }]), { timeout: 20_000 });
    value(await substrate.power(call(), hostId("host-0"), "on"));
    expect(await substrate.observe(key)).toMatchObject([{ power: "on", wantedPower: "on" }]);
  });

  it("cuts a host off and links it again while its processes live on", async () => {
    await deploy(2);
    await answered(1, "10.88.0.10", "host-0");
    const init = listHostRecords(cluster())[0]?.init;
    value(await substrate.power(call(), hostId("host-0"), "cutLink"));
    expect(await askFrom(1, "10.88.0.10")).toBeNull();
    value(await substrate.ensureHost(call(), spec(0)));
    expect(await askFrom(1, "10.88.0.10")).toBeNull();
    value(await substrate.power(call(), hostId("host-0"), "restoreLink"));
    await answered(1, "10.88.0.10", "host-0");
    expect(init ? isProcessAlive(init) : false).toBe(true);
  });

  it("publishes endpoints on loopback ports that stay the same for the next control plane", async () => {
    await deploy(2);
    const layouts = [0, 1].map((index) => ({ name: `s3-${index + 1}`, protocol: "s3" as const, hostId: hostId(`host-${index}`), port: AGENT_PORT }));
    const first = value(await substrate.ensureEndpoints(call(), layouts));
    const ask = (port: number) =>
      new Promise<string>((done, reject) => {
        const socket = connect({ host: "127.0.0.1", port });
        socket.on("data", (data) => done(data.toString()));
        socket.on("close", () => reject(new Error("closed without an answer")));
        socket.on("error", reject);
      });
    for (const endpoint of first) await vi.waitFor(async () => expect(await ask(endpoint.port)).toBe(endpoint.hostId), { timeout: 20_000 });
    await substrate.close();
    await expect(ask(first[0]?.port ?? 0)).rejects.toThrow();
    substrate = makeSubstrate();
    const second = value(await substrate.ensureEndpoints(call(), layouts));
    expect(second).toEqual(first);
    await vi.waitFor(async () => expect(await ask(second[1]?.port ?? 0)).toBe("host-1"), { timeout: 20_000 });
    expect(value(await substrate.ensureEndpoints(call(), []))).toEqual([]);
    await expect(ask(first[0]?.port ?? 0)).rejects.toThrow(/ECONNREFUSED/);
  });

  it("a superseded executor is refused and changes nothing", async () => {
    await deploy(1);
    value(await substrate.ensureNetwork(call(5)));
    for (const result of [await substrate.ensureHost(call(4), spec(1)), await substrate.destroyHost(call(4), hostId("host-0")), await substrate.power(call(4), hostId("host-0"), "off"), await substrate.destroyNetwork(call(4))]) {
      expect(result).toMatchObject({ kind: "failed", error: { code: "StaleExecutor" } });
    }
    expect((await substrate.observe(key)).map((host) => [host.hostId, host.power])).toEqual([["host-0", "on"]]);
  });

  it("adopts a running host whose record was lost in a crash", async () => {
    await deploy(1);
    const record = listHostRecords(cluster())[0];
    const { writeRecord } = await import("./records.ts");
    writeRecord(join(cluster().dir, ".records/host-0.json"), { ...record, init: null });
    value(await makeSubstrate().ensureHost(call(), spec(0)));
    expect(listHostRecords(cluster())[0]?.init).toEqual(record?.init);
  });

  it("completes a host that lost its link, and starts anew one whose network was taken from under it", async () => {
    await deploy(2);
    await answered(1, "10.88.0.10", "host-0");
    const names = nameHost(installation.id, cluster(), hostId("host-0"), 0);
    const [command = "", ...rest] = [...rung.enterHost(cluster(), names), "ip", "link", "del", "eth0"];
    expect((await run([command, ...rest])).code).toBe(0);
    const before = listHostRecords(cluster())[0]?.init;
    value(await substrate.ensureHost(call(), spec(0)));
    expect(listHostRecords(cluster())[0]?.init).toEqual(before);
    await answered(1, "10.88.0.10", "host-0");
    await rung.removeLink(cluster(), names);
    value(await substrate.ensureHost(call(), spec(0)));
    expect(listHostRecords(cluster())[0]?.init).not.toEqual(before);
    expect(before ? isProcessAlive(before) : true).toBe(false);
    await answered(1, "10.88.0.10", "host-0");
  });

  it("completes a host of which only the record, or only the processes, were made", async () => {
    value(await substrate.ensureNetwork(call()));
    value(await substrate.ensureHost(call(), spec(0)));
    const record = listHostRecords(cluster())[0];
    rmSync(join(cluster().dir, ".records"), { recursive: true });
    value(await substrate.ensureHost(call(), spec(0)));
    expect(listHostRecords(cluster())[0]?.init).toEqual(record?.init);
    value(await substrate.destroyHost(call(), hostId("host-0")));
    expect(findOurProcesses(installation.id).filter((found) => found.commandLine.includes("cynosure-host"))).toEqual([]);
  });

  it("stops all in order, keeps the data, and resumes what was on", async () => {
    await deploy(2);
    await answered(1, "10.88.0.10", "host-0");
    value(await substrate.power(call(), hostId("host-1"), "off"));
    await substrate.shutDown(20_000);
    expect(existsSync(join(cluster().dir, "host-0/stopped"))).toBe(true);
    expect(existsSync(join(cluster().dir, "host-1/stopped"))).toBe(false);
    expect(findOurProcesses(installation.id)).toEqual([]);
    expect(namedHere()).toEqual([]);
    await substrate.resume();
    expect((await substrate.observe(key)).map((host) => host.power)).toEqual(["on", "off"]);
    await vi.waitFor(() => expect(readFileSync(join(cluster().dir, "host-0/starts"), "utf8").trim().split("\n")).toHaveLength(2), { timeout: 20_000 });
  });

  it("destroys hosts and network so that nothing carries the installation id, however often it is asked", async () => {
    await deploy(2);
    value(await substrate.ensureEndpoints(call(), [{ name: "nfs-1", protocol: "nfs", hostId: hostId("host-0"), port: AGENT_PORT }]));
    expect(await substrate.destroyNetwork(call())).toMatchObject({ kind: "failed", error: { code: "NetworkInUse" } });
    for (const round of [1, 2]) {
      for (const index of [0, 1, 2]) value(await substrate.destroyHost(call(), hostId(`host-${index}`)));
      value(await substrate.destroyNetwork(call()));
      expect([round, findOurProcesses(installation.id)]).toEqual([round, []]);
    }
    expect(namedHere()).toEqual([]);
    expect(readFileSync("/proc/self/mounts", "utf8")).not.toContain(installation.id);
    expect(readdirSync(installation.hostsDir)).toEqual([]);
    expect(await substrate.observe(key)).toEqual([]);
  });

  it("says which image is missing and how to get it", async () => {
    value(await substrate.ensureNetwork(call()));
    expect(await substrate.ensureHost(call(), { ...spec(0), image: { name: "ceph-99" } })).toMatchObject({ kind: "failed", error: { code: "HostImageMissing" } });
    expect(await substrate.observe(key)).toEqual([]);
  });
});
