// A process of its own that talks to monitors and managers through librados: an abort inside the library
// ends this process and not the agent, and the library's memory goes when it ends. Messages: see
// rados-session.ts. It ends by itself when it was asked nothing for a while, or when its parent is gone. Questions wait for
// no other: a manager that went silent may take all of its time, and the monitors' word of health must not. Four are under way at
// most (threads of Node's pool): metrics leave two at a silent manager, as they ask every 5 s and are given up after 6, a plan one.
import koffi from "koffi";
import type { ChildRequest, ChildResponse, CommandResult } from "./rados-session.ts";

const IDLE_MS = 20_000;
const OUT_CHARS_MAX = 2_000_000;
/** Seconds; the option takes whole numbers only. */
const MOUNT_TIMEOUT = "1";
const OP_TIMEOUT = "6";

const lib = koffi.load("librados.so.2");
koffi.opaque("rados_s");
const create = lib.func("int rados_create2(_Out_ rados_s **cluster, const char *clustername, const char *name, uint64_t flags)");
const readConf = lib.func("int rados_conf_read_file(rados_s *cluster, const char *path)");
const setConf = lib.func("int rados_conf_set(rados_s *cluster, const char *option, const char *value)");
const connect = lib.func("int rados_connect(rados_s *cluster)");
const shutdown = lib.func("void rados_shutdown(rados_s *cluster)");
const freeBuffer = lib.func("void rados_buffer_free(void *buf)");
const commandShape = "(rados_s *cluster, const char **cmd, size_t cmdlen, const char *inbuf, size_t inbuflen, _Out_ void **outbuf, _Out_ size_t *outbuflen, _Out_ void **outs, _Out_ size_t *outslen)";
const commands = { mon: lib.func(`int rados_mon_command${commandShape}`), mgr: lib.func(`int rados_mgr_command${commandShape}`) };

/** Opaque pointer of the library. */
type Cluster = object;

const refuse = (code: number, what: string): never => {
  throw new Error(`${what} answered ${code}`);
};

function open(conf: string, keyring: string): Cluster {
  const holder: [Cluster | null] = [null];
  const created = create(holder, "ceph", "client.admin", 0) as number; // the declared return type is int
  const cluster = holder[0];
  if (created < 0 || cluster === null) return refuse(created, "rados_create2");
  const steps: readonly [string, () => number][] = [
    [`reading ${conf}`, () => readConf(cluster, conf) as number],
    ...Object.entries({ keyring, client_mount_timeout: MOUNT_TIMEOUT, rados_mon_op_timeout: OP_TIMEOUT, rados_osd_op_timeout: OP_TIMEOUT, mon_client_hunt_interval: "0.3", log_to_stderr: "false", err_to_stderr: "false" })
      .map(([key, value]): [string, () => number] => [`setting ${key}`, () => setConf(cluster, key, value) as number]),
    ["connecting to the monitors", () => connect(cluster) as number],
  ];
  for (const [what, step] of steps) {
    const rc = step();
    if (rc < 0) {
      shutdown(cluster);
      return refuse(rc, what);
    }
  }
  return cluster;
}

function take(pointer: unknown, length: number | bigint): string {
  if (pointer === null || pointer === undefined) return "";
  const bytes = Number(length) === 0 ? null : (koffi.decode(pointer, koffi.array("uint8_t", Number(length), "Typed")) as Uint8Array); // the type asked for in the same call
  const text = bytes === null ? "" : Buffer.from(bytes).toString("utf8");
  freeBuffer(pointer);
  return text.slice(0, OUT_CHARS_MAX);
}

async function runCommand(cluster: Cluster, target: "mon" | "mgr", command: unknown): Promise<CommandResult> {
  const [out, outLength, status, statusLength]: [[unknown], [number], [unknown], [number]] = [[null], [0], [null], [0]];
  const rc = await new Promise<number>((resolve, reject) => {
    commands[target].async(cluster, [JSON.stringify(command)], 1, null, 0, out, outLength, status, statusLength, (error: Error | null, code: number) => (error === null ? resolve(code) : reject(error)));
  });
  return { rc, out: take(out[0], outLength[0]), status: take(status[0], statusLength[0]) };
}

let cluster: Cluster | null = null;
let idle: NodeJS.Timeout | undefined;
const touch = (): void => {
  clearTimeout(idle);
  idle = setTimeout(() => process.exit(0), IDLE_MS);
};

async function answer(request: ChildRequest): Promise<ChildResponse> {
  try {
    cluster ??= open(request.conf, request.keyring);
    const results: CommandResult[] = [];
    for (const { target, command } of request.commands) {
      const result = await runCommand(cluster, target, command);
      results.push(result);
      // What follows may rest on what failed.
      if (result.rc < 0) break;
    }
    return { id: request.id, ok: true, results };
  } catch (error) {
    return { id: request.id, ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}

process.on("message", (message: ChildRequest) => {
  touch();
  void answer(message).then((response) => {
    process.send?.(response);
    touch();
  });
});
process.on("disconnect", () => process.exit(0));
touch();
