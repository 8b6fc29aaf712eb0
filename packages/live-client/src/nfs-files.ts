// Files over NFS version 4, through libnfs of the host image in this process: one mount that stays, calls that block.
// A write counts once nfs_fsync (COMMIT) returned. Runs inside the image, where the library is.
import koffi from "koffi";

/** As patient as a hard mount: a gateway that lives is waited for; a dead connection is the relay's to break off. */
const CALL_MS_MAX = 60_000;
const O_RDONLY = 0;
const O_WRONLY = 1;
const O_CREAT_WRITE = 0o100 | O_WRONLY;
const ENOENT = -2;
const EEXIST = -17;
const CREATE_MODE = 0o644;
const CHUNK_BYTES = 256 * 1024;

const lib = koffi.load("libnfs.so.14");
koffi.opaque("nfs_context");
koffi.opaque("nfsfh");
koffi.opaque("nfsdir");
/** As far as it is read here. */
koffi.struct("nfsdirent", { next: "void *", name: "const char *" });
const f = {
  init: lib.func("nfs_context *nfs_init_context(void)"),
  destroy: lib.func("void nfs_destroy_context(nfs_context *nfs)"),
  /** Sets version and port of the context from the URL. */
  parseUrl: lib.func("void *nfs_parse_url_dir(nfs_context *nfs, const char *url)"),
  setTimeout: lib.func("void nfs_set_timeout(nfs_context *nfs, int milliseconds)"),
  setAutoReconnect: lib.func("void nfs_set_autoreconnect(nfs_context *nfs, int retries)"),
  mount: lib.func("int nfs_mount(nfs_context *nfs, const char *server, const char *export)"),
  create: lib.func("int nfs_open2(nfs_context *nfs, const char *path, int flags, int mode, _Out_ nfsfh **fh)"),
  open: lib.func("int nfs_open(nfs_context *nfs, const char *path, int flags, _Out_ nfsfh **fh)"),
  write: lib.func("int nfs_pwrite(nfs_context *nfs, nfsfh *fh, uint64_t offset, uint64_t count, const void *buf)"),
  read: lib.func("int nfs_pread(nfs_context *nfs, nfsfh *fh, uint64_t offset, uint64_t count, void *buf)"),
  fsync: lib.func("int nfs_fsync(nfs_context *nfs, nfsfh *fh)"),
  close: lib.func("int nfs_close(nfs_context *nfs, nfsfh *fh)"),
  unlink: lib.func("int nfs_unlink(nfs_context *nfs, const char *path)"),
  mkdir: lib.func("int nfs_mkdir(nfs_context *nfs, const char *path)"),
  rmdir: lib.func("int nfs_rmdir(nfs_context *nfs, const char *path)"),
  openDir: lib.func("int nfs_opendir(nfs_context *nfs, const char *path, _Out_ nfsdir **dir)"),
  readDir: lib.func("nfsdirent *nfs_readdir(nfs_context *nfs, nfsdir *dir)"),
  closeDir: lib.func("void nfs_closedir(nfs_context *nfs, nfsdir *dir)"),
  error: lib.func("const char *nfs_get_error(nfs_context *nfs)"),
};

/** Opaque pointers of the library. */
type Context = object;
type Handle = object;

export interface NfsEndpoint {
  readonly address: string;
  readonly port: number;
}

export interface NfsFiles {
  write(path: string, bytes: Buffer): void;
  /** Null when the gateway says that there is no such file. */
  read(path: string): Buffer | null;
  /** Removing what is gone is done. */
  remove(path: string): void;
  /** Making what is there is done. */
  makeDirectory(path: string): void;
  /** Empty when there is no such directory. */
  list(path: string): readonly string[];
  removeDirectory(path: string): void;
  /** After a failure: mounts anew, from the next endpoint, at the next call. */
  reset(): void;
}

export function openNfsFiles(endpoints: readonly NfsEndpoint[], exportPath: string): NfsFiles {
  let mounted: Context | null = null;
  let turn = 0;

  const check = (context: Context, what: string, rc: number, allowed?: number): number => {
    if (rc >= 0 || rc === allowed) return rc;
    throw new Error(`${what} answered ${rc}: ${String(f.error(context))}`);
  };
  const mount = (): Context => {
    if (mounted !== null) return mounted;
    const endpoint = endpoints[turn % endpoints.length];
    if (endpoint === undefined) throw new Error("there is no endpoint to mount from");
    const context = f.init() as Context | null; // declared return type
    if (context === null) throw new Error("nfs_init_context answered nothing");
    mounted = context;
    if (f.parseUrl(context, `nfs://${endpoint.address}${exportPath}?version=4&nfsport=${endpoint.port}`) === null) throw new Error(`nfs_parse_url_dir: ${String(f.error(context))}`);
    f.setTimeout(context, CALL_MS_MAX);
    f.setAutoReconnect(context, 0);
    check(context, "nfs_mount", f.mount(context, endpoint.address, exportPath) as number);
    return context;
  };
  const withFile = <T>(context: Context, holder: readonly [Handle | null], what: string, work: (handle: Handle) => T): T => {
    const [handle] = holder;
    if (handle === null) throw new Error(`${what} answered no file`);
    const result = work(handle);
    check(context, "nfs_close", f.close(context, handle) as number);
    return result;
  };
  return {
    write(path, bytes) {
      const context = mount();
      const holder: [Handle | null] = [null];
      // libnfs creates with a guard: what an interrupted attempt left is opened and written over, with the same bytes.
      const created = check(context, "nfs_open2", f.create(context, path, O_CREAT_WRITE, CREATE_MODE, holder) as number, EEXIST);
      if (created === EEXIST) check(context, "nfs_open", f.open(context, path, O_WRONLY, holder) as number);
      withFile(context, holder, "nfs_open2", (handle) => {
        for (let offset = 0; offset < bytes.length; ) offset += check(context, "nfs_pwrite", f.write(context, handle, offset, bytes.length - offset, bytes.subarray(offset)) as number);
        check(context, "nfs_fsync", f.fsync(context, handle) as number);
      });
    },
    read(path) {
      const context = mount();
      const holder: [Handle | null] = [null];
      if (check(context, "nfs_open", f.open(context, path, O_RDONLY, holder) as number, ENOENT) === ENOENT) return null;
      return withFile(context, holder, "nfs_open", (handle) => {
        const chunks: Buffer[] = [];
        for (let offset = 0; ; ) {
          const chunk = Buffer.alloc(CHUNK_BYTES);
          const count = check(context, "nfs_pread", f.read(context, handle, offset, chunk.length, chunk) as number);
          if (count === 0) return Buffer.concat(chunks);
          chunks.push(chunk.subarray(0, count));
          offset += count;
        }
      });
    },
    remove(path) {
      const context = mount();
      check(context, "nfs_unlink", f.unlink(context, path) as number, ENOENT);
    },
    makeDirectory(path) {
      const context = mount();
      check(context, "nfs_mkdir", f.mkdir(context, path) as number, EEXIST);
    },
    list(path) {
      const context = mount();
      const holder: [Handle | null] = [null];
      if (check(context, "nfs_opendir", f.openDir(context, path, holder) as number, ENOENT) === ENOENT) return [];
      const names: string[] = [];
      for (let entry: unknown = f.readDir(context, holder[0]); entry !== null; entry = f.readDir(context, holder[0])) names.push(String((koffi.decode(entry, "nfsdirent") as { name: string }).name)); // as declared above
      f.closeDir(context, holder[0]);
      return names.filter((name) => name !== "." && name !== "..");
    },
    removeDirectory(path) {
      const context = mount();
      check(context, "nfs_rmdir", f.rmdir(context, path) as number, ENOENT);
    },
    reset() {
      if (mounted !== null) f.destroy(mounted);
      mounted = null;
      turn += 1;
    },
  };
}
