// Runs inside one test host's namespaces, in the place of the agent: writes the files of a rendered host
// plan, prepares and starts its daemons, and answers requests with the engine's own host handlers. One
// JSON message per line on standard input and output. Keeps no state: a test host lives as long as it does.
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import { HOST_STATE_DIR, shouldRun, type DaemonSpec, type HostPlan } from "@cynosure/model";
import { createCephHostHandlers } from "../host/index.ts";

export type ShellRequest =
  | { readonly id: number; readonly op: "converge"; readonly plan: HostPlan }
  | { readonly id: number; readonly op: "request"; readonly kind: string; readonly payload: unknown; readonly timeoutMsMax: number }
  | { readonly id: number; readonly op: "run"; readonly argv: readonly string[]; readonly stdin?: string };

export type ShellResponse = { readonly id: number; readonly ok: true; readonly value: unknown } | { readonly id: number; readonly ok: false; readonly code: string; readonly message: string };

const handlers = createCephHostHandlers();
const running = new Map<string, ChildProcess>();
const LOG_DIR = `${HOST_STATE_DIR}/log`;
const READY_TIMEOUT_MS = 90_000;

function writeFiles(plan: HostPlan): Set<string> {
  const changed = new Set<string>();
  for (const file of plan.files) {
    if (existsSync(file.path) && readFileSync(file.path, "utf8") === file.text) continue;
    mkdirSync(dirname(file.path), { recursive: true });
    writeFileSync(file.path, file.text, { mode: file.mode });
    changed.add(file.path);
  }
  for (const disk of plan.disks) {
    if (existsSync(disk.path)) continue;
    mkdirSync(dirname(disk.path), { recursive: true });
    writeFileSync(disk.path, "");
    spawnSync("truncate", ["-s", String(disk.sizeBytes), disk.path]);
  }
  return changed;
}

async function prepare(daemon: DaemonSpec): Promise<void> {
  for (const command of daemon.prepare) {
    if (existsSync(command.creates)) continue;
    const result = await run(command.argv);
    writeFileSync(`${LOG_DIR}/${daemon.id}.prepare.log`, result.stdout + result.stderr, { flag: "a" });
    if (result.code !== 0) throw new Error(`${daemon.id}: ${command.argv.join(" ")} ended with ${result.code}: ${result.stderr.slice(-600)}`);
    if (!existsSync(command.creates)) writeFileSync(command.creates, "");
  }
}

function run(argv: readonly string[], stdin?: string): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const [program = "true", ...args] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"] });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString("latin1")));
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString("utf8")));
    child.stdin.on("error", () => undefined);
    child.stdin.end(stdin === undefined ? undefined : Buffer.from(stdin, "latin1"));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}

async function start(daemon: DaemonSpec): Promise<void> {
  const [program = "true", ...args] = daemon.argv;
  const log = openSync(`${LOG_DIR}/${daemon.id}.log`, "a");
  const child = spawn(program, args, { stdio: ["ignore", log, log], detached: true, env: { ...process.env, ...daemon.env } });
  closeSync(log);
  running.set(daemon.id, child);
  child.on("exit", () => running.delete(daemon.id));
  const deadlineMs = Date.now() + READY_TIMEOUT_MS;
  while (daemon.ready !== undefined && !(await answers(daemon.ready.tcpPort))) {
    if (!running.has(daemon.id)) throw new Error(`${daemon.id} ended: ${readFileSync(`${LOG_DIR}/${daemon.id}.log`, "utf8").slice(-1500)}`);
    if (Date.now() > deadlineMs) throw new Error(`${daemon.id} does not listen on ${daemon.ready.tcpPort}`);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

/** Some daemons listen on the host's own address only. */
const answers = async (port: number): Promise<boolean> => (await Promise.all([process.env["HOST_ADDRESS"] ?? "127.0.0.1", "127.0.0.1"].map((host) => canConnect(host, port)))).some(Boolean);

const canConnect = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port });
    socket.on("connect", () => { socket.destroy(); resolve(true); });
    socket.on("error", () => resolve(false));
  });

async function converge(plan: HostPlan): Promise<null> {
  mkdirSync(LOG_DIR, { recursive: true });
  const changed = writeFiles(plan);
  await Promise.all(plan.daemons.map(async (daemon) => {
    await prepare(daemon);
    const child = running.get(daemon.id);
    if (child === undefined) { if (shouldRun(daemon, plan)) await start(daemon); }
    else if (daemon.reads.some((path) => changed.has(path)) && child.pid !== undefined) process.kill(child.pid, daemon.reload?.signal ?? daemon.stopSignal);
  }));
  return null;
}

async function serve(request: ShellRequest): Promise<unknown> {
  if (request.op === "converge") return converge(request.plan);
  if (request.op === "run") return run(request.argv, request.stdin);
  const handler = handlers[request.kind];
  if (handler === undefined) throw new Error(`no handler ${request.kind}`);
  return handler(request.payload, AbortSignal.timeout(request.timeoutMsMax));
}

const reply = (response: ShellResponse): boolean => process.stdout.write(`${JSON.stringify(response)}\n`);

createInterface({ input: process.stdin }).on("line", (line) => {
  const request = JSON.parse(line) as ShellRequest; // written by script-agent.ts of the same checkout
  serve(request).then(
    (value) => reply({ id: request.id, ok: true, value }),
    (error: unknown) => reply({ id: request.id, ok: false, code: error instanceof Error && "code" in error ? String(error.code) : "HandlerFailed", message: error instanceof Error ? error.message : String(error) }),
  );
}).on("close", () => process.exit(0));
