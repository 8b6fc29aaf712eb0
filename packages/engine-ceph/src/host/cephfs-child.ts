// A process of its own that mounts one directory of CephFS as its root, sets attributes of a directory below it, and
// ends. Symbolic links cannot lead out of what is mounted. Messages: see directory-bounds.ts.
import koffi from "koffi";
import { FS_NAME } from "../layout/names.ts";
import type { BoundsRequest, BoundsResponse } from "./directory-bounds.ts";

const ENOENT = -2;
const EEXIST = -17;
/** Any user of the clients may write there, as at the top of a file system. */
const DIRECTORY_MODE = 0o777;
/** Seconds. */
const MOUNT_TIMEOUT = "8";

const lib = koffi.load("libcephfs.so.2");
koffi.opaque("ceph_mount_info");
const create = lib.func("int ceph_create(_Out_ ceph_mount_info **cmount, const char *id)");
const readConf = lib.func("int ceph_conf_read_file(ceph_mount_info *cmount, const char *path)");
const setConf = lib.func("int ceph_conf_set(ceph_mount_info *cmount, const char *option, const char *value)");
const select = lib.func("int ceph_select_filesystem(ceph_mount_info *cmount, const char *name)");
const mount = lib.func("int ceph_mount(ceph_mount_info *cmount, const char *root)");
const umask = lib.func("uint32_t ceph_umask(ceph_mount_info *cmount, uint32_t mode)");
const mkdirs = lib.func("int ceph_mkdirs(ceph_mount_info *cmount, const char *path, uint32_t mode)");
const setAttribute = lib.func("int ceph_setxattr(ceph_mount_info *cmount, const char *path, const char *name, const char *value, size_t size, int flags)");
const shutdown = lib.func("void ceph_shutdown(ceph_mount_info *cmount)");

/** Opaque pointer of the library. */
type Mount = object;

/** Every function below answers an int by its declaration: 0, or a negative error. */
type Call = readonly [what: string, run: () => number];

function firstFailure(calls: readonly Call[]): { readonly what: string; readonly code: number } | null {
  for (const [what, run] of calls) {
    const code = run();
    if (code < 0) return { what, code };
  }
  return null;
}

function open({ conf, keyring, root }: BoundsRequest): Mount {
  const holder: [Mount | null] = [null];
  const created = create(holder, "admin") as number;
  const cmount = holder[0];
  if (created < 0 || cmount === null) throw new Error(`ceph_create answered ${created}`);
  const options = { keyring, client_mount_timeout: MOUNT_TIMEOUT, mon_client_hunt_interval: "0.3", log_to_stderr: "false", err_to_stderr: "false" };
  const failure = firstFailure([
    [`reading ${conf}`, () => readConf(cmount, conf) as number],
    ...Object.entries(options).map(([key, value]): Call => [`setting ${key}`, () => setConf(cmount, key, value) as number]),
    ["choosing the file system", () => select(cmount, FS_NAME) as number],
    [`mounting ${root}`, () => mount(cmount, root) as number],
  ]);
  if (failure !== null) throw new Error(`${failure.what} answered ${failure.code}`);
  return cmount;
}

function bound(cmount: Mount, { path, attributes, makes }: BoundsRequest): BoundsResponse {
  umask(cmount, 0);
  const made = makes && path !== "/" ? (mkdirs(cmount, path, DIRECTORY_MODE) as number) : 0;
  if (made < 0 && made !== EEXIST) return { ok: false, isReached: true, message: `making directory ${path} answered ${made}` };
  const failure = firstFailure(attributes.map(([name, value]): Call => [`setting ${name} of ${path}`, () => setAttribute(cmount, path, name, value, Buffer.byteLength(value), 0) as number]));
  if (failure === null) return { ok: true, isThere: true };
  if (failure.code === ENOENT && !makes) return { ok: true, isThere: false };
  return { ok: false, isReached: true, message: `${failure.what} answered ${failure.code}` };
}

function answer(request: BoundsRequest): BoundsResponse {
  try {
    const cmount = open(request);
    const response = bound(cmount, request);
    shutdown(cmount);
    return response;
  } catch (error) {
    return { ok: false, isReached: false, message: error instanceof Error ? error.message : String(error) };
  }
}

process.once("message", (request: BoundsRequest) => process.send?.(answer(request)));
process.on("disconnect", () => process.exit(0));
