// A process of its own that mounts one directory of CephFS, sets attributes of a directory below it, and ends. It goes
// from directory to directory and through no symbolic link: a user of the file system must not lead it to somebody
// else's. Messages: see directory-bounds.ts.
import { constants } from "node:fs";
import koffi from "koffi";
import { FS_NAME } from "../layout/names.ts";
import type { BoundsRequest, BoundsResponse } from "./directory-bounds.ts";

const ENOENT = -2;
const EEXIST = -17;
const ENOTDIR = -20;
const ELOOP = -40;
/** Any user of the clients may write there, as at the top of a file system. */
const DIRECTORY_MODE = 0o777;
const DIRECTORY_ONLY = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
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
const openFile = lib.func("int ceph_open(ceph_mount_info *cmount, const char *path, int flags, uint32_t mode)");
const openBelow = lib.func("int ceph_openat(ceph_mount_info *cmount, int dirfd, const char *name, int flags, uint32_t mode)");
const makeBelow = lib.func("int ceph_mkdirat(ceph_mount_info *cmount, int dirfd, const char *name, uint32_t mode)");
const setAttribute = lib.func("int ceph_fsetxattr(ceph_mount_info *cmount, int fd, const char *name, const char *value, size_t size, int flags)");
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

/** The directory, opened; a negative error where one of the names is not there, or is no directory. */
function reach(cmount: Mount, { path, makes }: BoundsRequest): number {
  let at = openFile(cmount, "/", DIRECTORY_ONLY, 0) as number;
  for (const name of path.split("/").filter((each) => each !== "")) {
    if (at < 0) break;
    const made = makes ? (makeBelow(cmount, at, name, DIRECTORY_MODE) as number) : 0;
    at = made < 0 && made !== EEXIST ? made : (openBelow(cmount, at, name, DIRECTORY_ONLY, 0) as number);
  }
  return at;
}

function bound(cmount: Mount, request: BoundsRequest): BoundsResponse {
  const { path, attributes, makes } = request;
  umask(cmount, 0);
  const directory = reach(cmount, request);
  if (directory === ENOENT && !makes) return { ok: true, isThere: false };
  if (directory === ELOOP || directory === ENOTDIR) return { ok: false, code: "NotADirectory", message: `one of the names in ${path} is a file or a symbolic link; a quota is of a directory` };
  if (directory < 0) return { ok: false, code: "ToolFailed", message: `opening directory ${path} answered ${directory}` };
  const failure = firstFailure(attributes.map(([name, value]): Call => [`setting ${name} of ${path}`, () => setAttribute(cmount, directory, name, value, Buffer.byteLength(value), 0) as number]));
  return failure === null ? { ok: true, isThere: true } : { ok: false, code: "ToolFailed", message: `${failure.what} answered ${failure.code}` };
}

function answer(request: BoundsRequest): BoundsResponse {
  try {
    const cmount = open(request);
    const response = bound(cmount, request);
    shutdown(cmount);
    return response;
  } catch (error) {
    return { ok: false, code: "CephUnreachable", message: error instanceof Error ? error.message : String(error) };
  }
}

process.once("message", (request: BoundsRequest) => process.send?.(answer(request)));
process.on("disconnect", () => process.exit(0));
