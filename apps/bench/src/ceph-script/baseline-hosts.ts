// Hosts of the baseline: network namespaces on a bridge in a namespace, one bubblewrap per process.
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface BaselineHosts {
  readonly addresses: readonly string[];
  /** The directory that is /var/lib/cynosure inside the host. */
  stateDir(host: number): string;
  /** Runs to the end and answers standard output; throws on failure. */
  run(host: number, ...argv: readonly string[]): Promise<string>;
  start(host: number, ...argv: readonly string[]): void;
  listening(host: number, port: number): Promise<void>;
  close(): void;
}

const POLL_MS = 30;
const LISTEN_TIMEOUT_MS = 90_000;

const ip = (line: string): void => void execFileSync("ip", line.split(" "), { stdio: ["ignore", "ignore", "pipe"] });

export function createBaselineHosts(imageDir: string, count: number): BaselineHosts {
  const tag = `cyn-bench-${process.pid}`;
  const dir = mkdtempSync(join(tmpdir(), "cynosure-baseline-"));
  const daemons: ChildProcess[] = [];
  const addresses = Array.from({ length: count }, (_, host) => `10.88.0.${10 + host}`);
  const namespace = (host: number): string => `${tag}-${host}`;
  const stateDir = (host: number): string => join(dir, `host-${host + 1}`);
  ip(`netns add ${tag}-net`);
  ip(`-n ${tag}-net link add br0 type bridge`);
  ip(`-n ${tag}-net link set br0 up`);
  addresses.forEach((address, host) => {
    const name = namespace(host);
    for (const line of [`netns add ${name}`, `-n ${name} link set lo up`, `-n ${name} link add eth0 type veth peer name v${host} netns ${tag}-net`, `-n ${name} addr add ${address}/24 dev eth0`, `-n ${name} link set eth0 up`, `-n ${tag}-net link set v${host} master br0 up`]) ip(line);
    mkdirSync(stateDir(host), { recursive: true });
  });
  const spawnIn = (host: number, argv: readonly string[]): ChildProcess =>
    spawn("ip", ["netns", "exec", namespace(host), "bwrap", "--ro-bind", imageDir, "/", "--bind", stateDir(host), "/var/lib/cynosure", "--tmpfs", "/tmp", "--tmpfs", "/run", "--proc", "/proc", "--dev", "/dev", "--unshare-pid", "--unshare-uts", "--hostname", `host-${host + 1}`, "--die-with-parent", ...argv], { stdio: ["ignore", "pipe", "pipe"] });
  const run = (host: number, ...argv: readonly string[]): Promise<string> =>
    new Promise((resolve, reject) => {
      const child = spawnIn(host, argv);
      let [out, errors] = ["", ""];
      child.stdout?.on("data", (chunk: Buffer) => (out += chunk.toString()));
      child.stderr?.on("data", (chunk: Buffer) => (errors += chunk.toString()));
      child.on("error", reject);
      child.on("close", (code) => (code === 0 ? resolve(out) : reject(new Error(`host-${host + 1}: ${argv.slice(0, 4).join(" ")} ended with ${code}: ${errors.slice(-800)}`))));
    });
  return {
    addresses,
    stateDir,
    run,
    start: (host, ...argv) => {
      const child = spawnIn(host, argv);
      child.stdout?.resume();
      child.stderr?.resume();
      daemons.push(child);
    },
    listening: async (host, port) => {
      const deadlineMs = Date.now() + LISTEN_TIMEOUT_MS;
      // Listening sockets of the namespace, asked outside of it.
      const isListening = (): boolean => execFileSync("ip", ["netns", "exec", namespace(host), "cat", "/proc/net/tcp", "/proc/net/tcp6"]).toString().split("\n").some((line) => line.includes(`:${port.toString(16).toUpperCase().padStart(4, "0")} `) && / 0A /.test(line));
      while (!isListening()) {
        if (Date.now() > deadlineMs) throw new Error(`nothing listens on port ${port} of host-${host + 1}`);
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      }
    },
    close: () => {
      for (const child of daemons) child.kill("SIGKILL");
      for (const name of [...addresses.map((_, host) => namespace(host)), `${tag}-net`]) ip(`netns del ${name}`);
      rmSync(dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    },
  };
}
