// Hosts in place, as any user: what holds them together is their mark, and nothing of the machine is asked for.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { findLeftovers, findOurProcesses, isNothingLeft, openInstallation, runInPlaceProblem } from "@cynosure/machine";
import type { Installation } from "@cynosure/machine";
import { HOST_STATE_DIR, clusterKey, hostId, installationId } from "@cynosure/model";
import type { StepResult } from "@cynosure/model";
import type { HostSpec, SubstrateCall } from "@cynosure/substrate";
import { describeWhen } from "../../../test/require.ts";
import { loopbackAddress, makeLoopbackRung } from "./loopback-rung.ts";
import { nameCluster } from "./names.ts";
import { listHostRecords } from "./records.ts";
import { NODE_INSIDE } from "./sandbox.ts";
import { createLocalSubstrate } from "./substrate.ts";
import type { LocalSubstrate } from "./substrate.ts";

const key = clusterKey("/subscriptions/s/resourceGroups/g/providers/Cynosure.Storage/clusters/Trial");
const PORT = 7000;
/** Answers at its host's address; starts a daemon of its own session that outlives it, and one that forgets its mark. */
const agent = `
  const place = JSON.parse(process.env.CYNOSURE_HOST_PLACE), { spawn } = require("node:child_process"), fs = require("node:fs");
  fs.appendFileSync("${HOST_STATE_DIR}/starts", process.pid + "\\n");
  fs.writeFileSync("/run/socket-would-be-here", "");
  process.on("SIGUSR2", () => { fs.writeFileSync("${HOST_STATE_DIR}/stopped", ""); process.exit(0); });
  spawn("sleep", ["7001"], { detached: true, stdio: "ignore" }).unref();
  spawn("env", ["-i", "/bin/sh", "-c", "sleep 7002; true"], { detached: true, stdio: "ignore" }).unref();
  require("node:net").createServer((socket) => socket.end(place.address)).listen(${PORT}, place.address);`;

let home: string;
let imageDir: string;
let installation: Installation;
let substrate: LocalSubstrate;

const open = (homeDir: string): void => {
  installation = openInstallation({ homeDir, runtimeBaseDir: join(home, "run") });
  substrate = makeSubstrate();
};
const makeSubstrate = (): LocalSubstrate =>
  createLocalSubstrate({ installation, rung: makeLoopbackRung(installation), imageDirFor: () => imageDir, nodeBinary: process.execPath, projectDir: resolve(import.meta.dirname, "../../.."), agentArgv: [NODE_INSIDE, "-e", agent] });

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "cynosure-in-place-"));
  // Nothing of it runs here but the machine's own shell and Node.
  imageDir = join(home, "image");
  mkdirSync(join(imageDir, "usr/bin"), { recursive: true });
  open(join(home, "data"));
});
afterEach(async () => {
  await substrate.close();
  for (const record of listHostRecords(cluster())) await substrate.destroyHost(call(99), record.hostId);
  await substrate.destroyNetwork(call(99));
  rmSync(home, { recursive: true, force: true });
});

const cluster = () => nameCluster(installation.id, installation.hostsDir, key);
const call = (executorEpoch = 1): SubstrateCall => ({ clusterKey: key, installationId: installation.id, generation: 1, executorEpoch });
const spec = (index: number): HostSpec => ({
  hostId: hostId(`host-${index}`), index, size: "local-small", failureDomain: `fd-${index}`, image: { name: "any" },
  disks: [{ name: "disk-0", path: `${HOST_STATE_DIR}/disks/disk-0`, sizeBytes: 2 ** 33 }],
  boot: { clusterKey: key, hostId: hostId(`host-${index}`), joinToken: "once", caPem: "", gatewayUrl: "unix:/run/cynosure-gateway/gateway.sock" },
});
function value<T>(result: StepResult<T>): T {
  if (result.kind !== "done") throw new Error(JSON.stringify(result));
  return result.value;
}
async function deploy(count: number): Promise<readonly string[]> {
  value(await substrate.ensureNetwork(call()));
  const hosts = await Promise.all(Array.from({ length: count }, async (_, index) => value(await substrate.ensureHost(call(), spec(index)))));
  return hosts.map((host) => host.address);
}
const commands = (): readonly string[] => findOurProcesses(installation.id).map((found) => found.commandLine);
const stateFile = (index: number, name: string): string => join(cluster().dir, `host-${index}`, name);
const starts = (index: number): number => (existsSync(stateFile(index, "starts")) ? readFileSync(stateFile(index, "starts"), "utf8").trim().split("\n").length : 0);
const ask = (address: string): Promise<string> =>
  new Promise((resolveAnswer, reject) => {
    const socket = connect(PORT, address);
    socket.once("data", (data: Buffer) => resolveAnswer(data.toString()));
    socket.once("error", reject);
  });
const answers = (address: string): Promise<void> => vi.waitFor(async () => expect(await ask(address)).toBe(address), { timeout: 20_000 });

describeWhen(runInPlaceProblem(), "hosts in place", () => {
  it("answer at their own addresses, each with its own files, readable by nobody else", async () => {
    const addresses = await deploy(2);
    for (const address of addresses) await answers(address);
    expect(addresses[0]).toMatch(/^127\.[1-9]\d*\.\d+\.\d+$/);
    expect(new Set(addresses).size).toBe(2);
    await expect(ask("127.0.0.1")).rejects.toThrow(/ECONNREFUSED/);
    expect(statSync(stateFile(0, "starts")).mode & 0o077).toBe(0);
    expect(statSync(stateFile(0, "")).mode & 0o077).toBe(0);
  });

  it("end with every process at a power cut: what left its session, and what forgot its mark", async () => {
    const [address = ""] = await deploy(2);
    await answers(address);
    await vi.waitFor(() => expect(commands().filter((command) => /sleep 700[12]/.test(command)).length).toBeGreaterThanOrEqual(4));
    value(await substrate.power(call(), hostId("host-0"), "off"));
    expect(commands().filter((command) => command.includes("cynosure-host-") && command.includes("host-0"))).toEqual([]);
    // A process that ends has no name left a moment before the kernel closes its sockets.
    await vi.waitFor(() => expect(ask(address)).rejects.toThrow(/ECONNREFUSED/));
    // The other host is not touched.
    expect((await substrate.observe(key)).map((host) => host.power)).toEqual(["off", "on"]);
    expect(commands().filter((command) => command.startsWith("sleep 7001"))).toHaveLength(1);
    value(await substrate.power(call(), hostId("host-0"), "on"));
    await answers(address);
    expect(starts(0)).toBe(2);
  });

  it("are adopted by the next control plane, also when the record of their process is lost", async () => {
    const [address = ""] = await deploy(1);
    await answers(address);
    const [record] = listHostRecords(cluster());
    writeFileSync(join(cluster().dir, ".records/host-0.json"), JSON.stringify({ ...record, init: null }));
    const next = makeSubstrate();
    await next.resume();
    expect((await next.observe(key)).map((host) => host.power)).toEqual(["on"]);
    expect(starts(0)).toBe(1);
    await next.close();
  });

  it("are asked to stop in order, leave nothing, and come back with their data; a reboot's empty /run does no harm", async () => {
    const [address = ""] = await deploy(1);
    await answers(address);
    // A watcher that sees the host off while it is being stopped must not bring it back.
    const stopping = substrate.shutDown(10_000);
    expect(await substrate.power(call(), hostId("host-0"), "on")).toMatchObject({ kind: "retry", cause: { message: expect.stringContaining("being stopped") as unknown } });
    await stopping;
    expect(await substrate.power(call(), hostId("host-0"), "on")).toMatchObject({ kind: "retry" });
    expect(existsSync(stateFile(0, "stopped"))).toBe(true);
    expect(commands()).toEqual([]);
    rmSync(installation.runtimeDir, { recursive: true, force: true });
    expect(isNothingLeft(findLeftovers(installation.id))).toBe(true);
    open(join(home, "data"));
    await substrate.resume();
    await answers(address);
    expect(starts(0)).toBe(2);
    expect(statSync(stateFile(0, "disks/disk-0")).size).toBe(2 ** 33);
  });

  it("are not started where another program holds their address, which is named with its port", async () => {
    const address = loopbackAddress(installation.id, cluster(), 0);
    const foreign = createServer();
    await new Promise<void>((listening) => foreign.listen(PORT + 1, address, listening));
    value(await substrate.ensureNetwork(call()));
    expect(await substrate.ensureHost(call(), spec(0))).toMatchObject({ kind: "retry", cause: { message: expect.stringContaining(`${address} of host-0 is used by another program (port ${PORT + 1}`) as unknown } });
    await new Promise((closed) => foreign.close(closed));
    expect(value(await substrate.ensureHost(call(), spec(0))).address).toBe(address);
  });

  it("have no link that could be cut, and say so", async () => {
    await deploy(1);
    expect(await substrate.power(call(), hostId("host-0"), "cutLink")).toMatchObject({ kind: "failed", error: { code: "LinkCannotBeCut", message: expect.stringContaining("rung c") as unknown } });
    expect(await substrate.power(call(), hostId("host-0"), "restoreLink")).toMatchObject({ kind: "done" });
  });

  it("are refused below a path that would change the meaning of settings, with the remedy", async () => {
    const before = substrate;
    open(join(home, "my data"));
    value(await substrate.ensureNetwork(call()));
    expect(await substrate.ensureHost(call(), spec(0))).toMatchObject({ kind: "retry", cause: { message: expect.stringMatching(/my data.*CYNOSURE_HOME/) as unknown } });
    expect(commands()).toEqual([]);
    await before.close();
  });

  it("of two installations, or of two clusters, have addresses apart", () => {
    const one = nameCluster(installationId("0000aaaa"), "/x", key);
    const other = nameCluster(installationId("0000aaaa"), "/x", clusterKey("/clusters/other"));
    const all = [loopbackAddress(installationId("0000aaaa"), one, 0), loopbackAddress(installationId("0000aaab"), one, 0), loopbackAddress(installationId("0000aaaa"), other, 0), loopbackAddress(installationId("0000aaaa"), one, 300)];
    expect(new Set(all).size).toBe(4);
    for (const address of all) expect(address).toMatch(/^127\.[1-9]\d{0,2}\.\d{1,3}\.\d{1,3}$/);
  });
});
