// Records as files over NFS version 4, through libnfs of the host image in this process: one mount that stays.
// A write counts once nfs_fsync (COMMIT) returned. Runs inside the image, where the library is.
import koffi from "koffi";
import type { RecordStore } from "./records.ts";

/** As patient as a hard mount: a gateway that lives is waited for; a dead connection is the relay's to break off. */
const CALL_MS_MAX = 60_000;
const O_RDONLY = 0;
const O_WRONLY = 1;
const O_CREAT_WRITE = 0o100 | O_WRONLY;
const EEXIST = -17;
const CREATE_MODE = 0o644;

const lib = koffi.load("libnfs.so.14");
koffi.opaque("nfs_context");
koffi.opaque("nfsfh");
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
  error: lib.func("const char *nfs_get_error(nfs_context *nfs)"),
};

/** Opaque pointers of the library. */
type Context = object;
type Handle = object;

export function openNfsStore(endpoint: { readonly address: string; readonly port: number }, exportPath: string): RecordStore {
  let mounted: Context | null = null;

  const check = (context: Context, what: string, rc: number): number => {
    if (rc >= 0) return rc;
    throw new Error(`${what} answered ${rc}: ${String(f.error(context))}`);
  };
  const mount = (): Context => {
    if (mounted !== null) return mounted;
    const context = f.init() as Context | null; // declared return type
    if (context === null) throw new Error("nfs_init_context answered nothing");
    mounted = context;
    if (f.parseUrl(context, `nfs://${endpoint.address}${exportPath}?version=4&nfsport=${endpoint.port}`) === null) throw new Error(`nfs_parse_url_dir: ${String(f.error(context))}`);
    f.setTimeout(context, CALL_MS_MAX);
    f.setAutoReconnect(context, 0);
    check(context, "nfs_mount", f.mount(context, endpoint.address, exportPath) as number);
    return context;
  };
  const withFile = <T>(context: Context, open: (holder: [Handle | null]) => number, what: string, work: (handle: Handle) => T): T => {
    const holder: [Handle | null] = [null];
    check(context, what, open(holder));
    const handle = holder[0];
    if (handle === null) throw new Error(`${what} answered no file`);
    const result = work(handle);
    check(context, "nfs_close", f.close(context, handle) as number);
    return result;
  };
  return {
    async write(name, bytes) {
      const context = mount();
      // libnfs creates with a guard: what an interrupted attempt left is opened and written over, with the same bytes.
      const open = (holder: [Handle | null]): number => {
        const rc = f.create(context, `/${name}`, O_CREAT_WRITE, CREATE_MODE, holder) as number;
        return rc === EEXIST ? (f.open(context, `/${name}`, O_WRONLY, holder) as number) : rc;
      };
      withFile(context, open, "nfs_open2", (handle) => {
        for (let offset = 0; offset < bytes.length; ) offset += check(context, "nfs_pwrite", f.write(context, handle, offset, bytes.length - offset, bytes.subarray(offset)) as number);
        check(context, "nfs_fsync", f.fsync(context, handle) as number);
      });
    },
    async read(name) {
      const context = mount();
      return withFile(context, (holder) => f.open(context, `/${name}`, O_RDONLY, holder) as number, "nfs_open", (handle) => {
        const chunks: Buffer[] = [];
        for (let offset = 0; ; ) {
          const chunk = Buffer.alloc(256 * 1024);
          const count = check(context, "nfs_pread", f.read(context, handle, offset, chunk.length, chunk) as number);
          if (count === 0) return Buffer.concat(chunks);
          chunks.push(chunk.subarray(0, count));
          offset += count;
        }
      });
    },
    reset() {
      if (mounted !== null) f.destroy(mounted);
      mounted = null;
    },
  };
}
