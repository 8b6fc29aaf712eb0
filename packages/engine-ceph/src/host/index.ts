// The host side of the Ceph engine: handlers that run inside the agent's process, in the host's own
// namespaces. They answer bounded requests; they never start a daemon and decide nothing.
import { readCommands } from "./payload.ts";
import { createRadosSession } from "./rados-session.ts";
import { createRadosgwAdmin } from "./radosgw-admin.ts";
import { setDirectoryBounds } from "./directory-bounds.ts";
import { runFio } from "./fio.ts";
import { serveS3 } from "./s3.ts";

export { HostRequestError } from "./host-request-error.ts";

export function createCephHostHandlers(): Record<string, (payload: unknown, signal: AbortSignal) => Promise<unknown>> {
  const rados = createRadosSession();
  const radosgwAdmin = createRadosgwAdmin();
  return {
    "ceph.monCommands": async (payload, signal) => ({ results: await rados.run(readCommands(payload), signal) }),
    "ceph.radosgwAdmin": (payload) => radosgwAdmin(payload),
    "ceph.s3": serveS3,
    "ceph.quota": setDirectoryBounds,
    "ceph.fio": (payload, signal) => runFio(rados, payload, signal),
  };
}
