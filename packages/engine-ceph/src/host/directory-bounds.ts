// Sets the bounds of a directory through CephFS. Each request has a process of its own (cephfs-child.ts): an abort inside
// the library ends it and not the agent, and the mount goes with it.
import { fork } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ADMIN_KEYRING, CEPH_CONF } from "../layout/paths.ts";
import { hostPath, nodeForLibraries } from "./host-place.ts";
import { HostRequestError } from "./host-request-error.ts";
import { readBoolean, readFields, readInteger, readText } from "./payload.ts";

export interface BoundsRequest {
  readonly conf: string;
  readonly keyring: string;
  /** Directory of the whole file system; `path` never leads out of it. */
  readonly root: string;
  readonly path: string;
  /** Attribute and value, in the order in which they are set. */
  readonly attributes: readonly (readonly [name: string, value: string])[];
  readonly makes: boolean;
}

export type BoundsResponse = { readonly ok: true; readonly isThere: boolean } | { readonly ok: false; readonly code: "CephUnreachable" | "NotADirectory" | "ToolFailed"; readonly message: string };

const conf = hostPath(CEPH_CONF);
const keyring = hostPath(ADMIN_KEYRING);
const childFile = fileURLToPath(new URL("cephfs-child.ts", import.meta.url));

const ROOT = /^\/volumes(\/[A-Za-z0-9_][A-Za-z0-9_.-]{0,254}){2,3}$/;
const PATH = /^\/([^/\0]+(\/[^/\0]+)*)?$/;
const BYTES_MAX = Number.MAX_SAFE_INTEGER;
const FILES_MAX = 1_000_000_000_000;

export function readBounds(payload: unknown): Omit<BoundsRequest, "conf" | "keyring"> {
  const fields = readFields(payload, ["root", "path", "bytes", "files", "makes"]);
  const path = readText(fields, "path", PATH);
  if (path.split("/").some((name) => name === "." || name === "..")) throw new HostRequestError("BadPayload", "field path must not lead upwards");
  const bytes = fields["bytes"] === null ? [] : [["ceph.quota.max_bytes", String(readInteger(fields, "bytes", 0, BYTES_MAX))] as const];
  return { root: readText(fields, "root", ROOT), path, attributes: [...bytes, ["ceph.quota.max_files", String(readInteger(fields, "files", 0, FILES_MAX))]], makes: readBoolean(fields, "makes") };
}

export async function setDirectoryBounds(payload: unknown, signal: AbortSignal): Promise<unknown> {
  const request: BoundsRequest = { conf, keyring, ...readBounds(payload) };
  for (const file of [conf, keyring]) if (!existsSync(file)) throw new HostRequestError("HostFileMissing", `${file} is not on this host; only monitors answer such requests, once their host plan has arrived`);
  const response = await askChild(request, signal);
  if (response.ok) return { isThere: response.isThere };
  throw new HostRequestError(response.code, response.message);
}

function askChild(request: BoundsRequest, signal: AbortSignal): Promise<BoundsResponse> {
  return new Promise((resolve, reject) => {
    // Its output is the library's noise; the agent's own flags are not for it.
    const child = fork(childFile, [], { stdio: ["ignore", "ignore", "ignore", "ipc"], execArgv: ["--max-old-space-size=64"], execPath: nodeForLibraries });
    const give = (message: string): void => {
      child.kill("SIGKILL");
      reject(new HostRequestError("CephUnreachable", message));
    };
    const abandon = (): void => give("the file system did not answer in time");
    signal.addEventListener("abort", abandon, { once: true });
    child.once("message", (response: BoundsResponse) => {
      resolve(response);
      // It has nothing more to say; unmounting is its own affair.
      child.disconnect();
    });
    child.once("error", (error) => give(`the libcephfs process could not be started: ${error.message}`));
    child.once("exit", () => {
      signal.removeEventListener("abort", abandon);
      reject(new HostRequestError("CephUnreachable", "the libcephfs process ended before it answered"));
    });
    child.send(request, (error) => {
      if (error !== null) give("the libcephfs process ended");
    });
  });
}
