// Test hosts made by hand: a network namespace with a bridge, one namespace per host, bubblewrap on a host
// image. Only for this package's own proof against a real cluster; the product's hosts come from substrates.
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { HOST_STATE_DIR, type HostId } from "@cynosure/model";
import type { ShellRequest, ShellResponse } from "./host-shell.ts";

export interface TestHost {
  readonly hostId: HostId;
  readonly address: string;
  send(request: ShellRequest extends infer R ? (R extends ShellRequest ? Omit<R, "id"> : never) : never): Promise<ShellResponse>;
  kill(): Promise<void>;
}

export interface TestHosts {
  readonly dir: string;
  readonly hosts: ReadonlyMap<HostId, TestHost>;
  add(hostId: HostId, index: number): void;
  /** Ends everything in the host as a power cut does and starts it again on its disks. */
  restart(hostId: HostId): Promise<void>;
  close(): void;
}

const projectDir = resolve(import.meta.dirname, "../../../..");
const shellPath = "/opt/cynosure/packages/engine-ceph/src/testkit/host-shell.ts";

const ip = (...args: readonly string[]): void => void execFileSync("ip", args, { stdio: ["ignore", "ignore", "pipe"] });

/** Why test hosts cannot be made here; null when they can. */
export function whyNoTestHosts(): string | null {
  if (process.getuid?.() !== 0) return "test hosts need root to make network namespaces";
  for (const tool of ["bwrap", "ip"]) {
    try {
      execFileSync("sh", ["-c", `command -v ${tool}`], { stdio: "ignore" });
    } catch {
      return `${tool} is not installed`;
    }
  }
  return null;
}

export function createTestHosts(imageDir: string, hostIds: readonly HostId[]): TestHosts {
  const tag = Math.random().toString(36).slice(2, 8);
  const dir = mkdtempSync(join(tmpdir(), "cynosure-ceph-"));
  const bridge = `ct-${tag}-net`;
  const namespaces: string[] = [bridge];
  ip("netns", "add", bridge);
  ip("-n", bridge, "link", "add", "br0", "type", "bridge");
  ip("-n", bridge, "link", "set", "br0", "up");
  const hosts = new Map<HostId, TestHost>();
  const add = (hostId: HostId, index: number): void => {
    const namespace = `ct-${tag}-${index}`;
    const address = `10.88.0.${10 + index}`;
    namespaces.push(namespace);
    ip("netns", "add", namespace);
    ip("-n", namespace, "link", "set", "lo", "up");
    ip("-n", namespace, "link", "add", "eth0", "type", "veth", "peer", "name", `v${index}`, "netns", bridge);
    ip("-n", namespace, "addr", "add", `${address}/24`, "dev", "eth0");
    ip("-n", namespace, "link", "set", "eth0", "up");
    ip("-n", bridge, "link", "set", `v${index}`, "master", "br0", "up");
    hosts.set(hostId, startShell(imageDir, join(dir, hostId), namespace, hostId, address));
  };
  hostIds.forEach(add);
  const restart = async (hostId: HostId): Promise<void> => {
    const host = hosts.get(hostId);
    if (host === undefined) throw new Error(`no host ${hostId}`);
    await host.kill();
    const index = Number(host.address.split(".")[3]) - 10;
    hosts.set(hostId, startShell(imageDir, join(dir, hostId), `ct-${tag}-${index}`, hostId, host.address));
  };
  return {
    dir,
    hosts,
    add,
    restart,
    close: () => {
      for (const host of hosts.values()) void host.kill();
      for (const namespace of namespaces) ip("netns", "del", namespace);
      rmSync(dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    },
  };
}

function startShell(imageDir: string, stateDir: string, namespace: string, hostId: HostId, address: string): TestHost {
  mkdirSync(stateDir, { recursive: true });
  const mounts = ["--ro-bind", imageDir, "/", "--bind", stateDir, HOST_STATE_DIR, "--ro-bind", projectDir, "/opt/cynosure", "--ro-bind", dirname(process.execPath), "/opt/cynosure-node/bin", "--tmpfs", "/tmp", "--tmpfs", "/run", "--proc", "/proc", "--dev", "/dev"];
  const child: ChildProcess = spawn("ip", ["netns", "exec", namespace, "bwrap", ...mounts, "--unshare-pid", "--unshare-uts", "--hostname", hostId, "--die-with-parent", "--setenv", "HOST_ADDRESS", address, "/opt/cynosure-node/bin/node", shellPath], { stdio: ["pipe", "pipe", "inherit"] });
  const waiting = new Map<number, (response: ShellResponse) => void>();
  let nextId = 1;
  if (child.stdout === null || child.stdin === null) throw new Error("the host shell has no pipes");
  const { stdin } = child;
  stdin.on("error", () => undefined);
  createInterface({ input: child.stdout }).on("line", (line) => {
    const response = JSON.parse(line) as ShellResponse; // written by host-shell.ts
    waiting.get(response.id)?.(response);
    waiting.delete(response.id);
  });
  child.on("exit", () => {
    for (const [id, settle] of waiting) settle({ id, ok: false, code: "HostUnreachable", message: `${hostId} is gone` });
    waiting.clear();
  });
  return {
    hostId,
    address,
    send: (request) =>
      new Promise((settle) => {
        const id = nextId++;
        if (child.exitCode !== null || child.signalCode !== null) return settle({ id, ok: false, code: "HostUnreachable", message: `${hostId} is gone` });
        waiting.set(id, settle);
        stdin.write(`${JSON.stringify({ id, ...request })}\n`);
      }),
    kill: () =>
      new Promise((resolve) => {
        if (child.exitCode !== null || child.signalCode !== null) return resolve();
        child.once("exit", () => resolve());
        child.kill("SIGKILL");
      }),
  };
}
