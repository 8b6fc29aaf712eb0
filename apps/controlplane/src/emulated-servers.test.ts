import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { EngineCall } from "@cynosure/engine";
import { findLeftovers, isProcessAlive, openInstallation, type ProcessIdentity } from "@cynosure/machine";
import { clusterKey } from "@cynosure/model";
import { createNativeClient } from "@cynosure/native-client";
import { createEmulatedServers } from "./emulated-servers.ts";

const homeDir = mkdtempSync(join(tmpdir(), "cynosure-vms-"));
const installation = openInstallation({ homeDir, makesRuntimeDir: false });
const open = () => createEmulatedServers({ installation, projectDir: resolve(import.meta.dirname, "..", "..", "..") });
const servers = open();
afterAll(async () => {
  await servers.stopAll();
  rmSync(homeDir, { recursive: true, force: true });
});

// Of a call only these are read.
const callOf = (name: string, count: number) => ({ clusterKey: clusterKey(`/c/${name}`), addresses: Object.fromEntries(Array.from({ length: count }, (_, at) => [`host-${at + 1}`, `192.0.2.${at + 1}`])), layout: { steps: [] } }) as unknown as EngineCall;
const processes = () => findLeftovers(installation.id).processes.filter((each) => each.commandLine.includes("vms-emulator"));

async function nodesAt(server: { readonly origin: string; readonly caPem: string | null } | null): Promise<readonly unknown[]> {
  if (server === null) throw new Error("no server");
  const client = createNativeClient({ endpoint: { ...server, basePath: "", headers: () => Promise.resolve({}) } });
  try {
    const { body } = await client.send({ method: "GET", path: "/__emulator" });
    return (body as { nodes: readonly unknown[] }).nodes; // the emulator's own answer
  } finally {
    await client.close();
  }
}

describe("emulated management servers", () => {
  it("are started by a step and not by a look, once however many ask at the same time", async () => {
    expect(await servers.locate(callOf("one", 2), false)).toBeNull();
    const both = open();
    const found = await Promise.all([servers.locate(callOf("one", 2), true), both.locate(callOf("one", 2), true), servers.locate(callOf("one", 2), true)]);
    expect(new Set(found.map((server) => server?.origin)).size).toBe(1);
    expect(processes()).toHaveLength(1);
    expect(await nodesAt(found[0] ?? null)).toHaveLength(2);
  });

  it("learn of the hosts that there are, and come back with what they knew when they were killed", async () => {
    expect(await nodesAt(await servers.locate(callOf("one", 3), false))).toHaveLength(3);
    const [{ pid } = { pid: 0 }] = processes();
    const dir = join(homeDir, "emulated-vms");
    const identity = JSON.parse(readFileSync(join(dir, readdirSync(dir)[0] ?? "", "process.json"), "utf8")) as ProcessIdentity; // written by the servers
    expect(identity.pid).toBe(pid);
    process.kill(pid, "SIGKILL");
    await expect.poll(() => isProcessAlive(identity)).toBe(false);
    expect(await nodesAt(await servers.locate(callOf("one", 3), false))).toHaveLength(3);
    expect(processes()).toHaveLength(1);
  });

  it("go with their cluster, and alone", async () => {
    await servers.locate(callOf("two", 1), true);
    expect(processes()).toHaveLength(2);
    await servers.remove(clusterKey("/c/one"));
    expect(processes()).toHaveLength(1);
    expect(await servers.locate(callOf("one", 2), false)).toBeNull();
    await servers.remove(clusterKey("/c/one"));
  });

  it("are all ended by an orderly stop, and not started again by it", async () => {
    await servers.stopAll();
    expect(processes()).toEqual([]);
    expect(await servers.locate(callOf("two", 1), true)).toBeNull();
    expect(processes()).toEqual([]);
    const next = open();
    expect(await nodesAt(await next.locate(callOf("two", 1), false))).toHaveLength(1);
    await next.stopAll();
  });
});
