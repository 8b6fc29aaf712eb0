// Deterministic names of everything the local substrate makes. A second call, or another control plane,
// arrives at the same names: that is what makes creation idempotent and leftovers findable.
import { createHash } from "node:crypto";
import { join } from "node:path";
import { HOST_STATE_DIR } from "@cynosure/model";
import type { ClusterKey, HostId, InstallationId } from "@cynosure/model";

/** The cluster network as its hosts see it; nothing of it exists outside the namespaces. */
export const NETWORK_PREFIX_LENGTH = 16;
export const NETWORK_ADDRESS = "10.88.0.1";
const FIRST_HOST_OFFSET = 10;
const HOST_INDEX_MAX = 60_000;

export interface ClusterNames {
  /** Six hexadecimal digits of the cluster key. */
  readonly tag: string;
  readonly dir: string;
  readonly recordFile: string;
  readonly endpointsFile: string;
  readonly networkNamespace: string;
}

export interface HostNames {
  readonly hostId: HostId;
  readonly namespace: string;
  /** The host's port of the bridge, inside the network's namespace; at most 15 characters. */
  readonly bridgePort: string;
  readonly address: string;
  readonly macAddress: string;
  /** Bound to HOST_STATE_DIR inside the host. */
  readonly stateDir: string;
  readonly recordFile: string;
  readonly infoFile: string;
  readonly hostsFile: string;
  readonly logFile: string;
  /** Value of CYNOSURE_HOST in the environment of the host's first processes. */
  readonly mark: string;
}

export function nameCluster(installation: InstallationId, hostsDir: string, key: ClusterKey): ClusterNames {
  const tag = createHash("sha256").update(key).digest("hex").slice(0, 6);
  const readable = (key.split("/").at(-1) ?? "").replaceAll(/[^a-z0-9-]/g, "").slice(0, 40);
  const dir = join(hostsDir, readable === "" ? tag : `${readable}-${tag}`);
  return { tag, dir, recordFile: join(dir, "cluster.json"), endpointsFile: join(dir, "endpoints.json"), networkNamespace: `cyn-${installation}-${tag}-net` };
}

export function nameHost(installation: InstallationId, cluster: ClusterNames, hostId: HostId, index: number): HostNames {
  if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(hostId)) throw new Error(`${hostId} cannot be a host name: use 1 to 63 lower-case letters, digits and hyphens`);
  if (!Number.isInteger(index) || index < 0 || index > HOST_INDEX_MAX) throw new Error(`host index ${index} is not between 0 and ${HOST_INDEX_MAX}`);
  const offset = FIRST_HOST_OFFSET + index;
  const high = Math.floor(offset / 256);
  const low = offset % 256;
  const records = join(cluster.dir, ".records");
  const hex = (value: number): string => value.toString(16).padStart(2, "0");
  return {
    hostId,
    namespace: `cyn-${installation}-${cluster.tag}-h${index}`,
    bridgePort: `h${index}`,
    address: `10.88.${high}.${low}`,
    // Follows from the address, so that a host made again does not meet its neighbours' stale caches.
    macAddress: `02:00:0a:58:${hex(high)}:${hex(low)}`,
    stateDir: join(cluster.dir, hostId),
    recordFile: join(records, `${hostId}.json`),
    infoFile: join(records, `${hostId}.info`),
    hostsFile: join(records, `${hostId}.hosts`),
    logFile: join(records, `${hostId}.log`),
    mark: `${installation}/${cluster.tag}/${hostId}`,
  };
}

/** Where a path below HOST_STATE_DIR lies on this machine. */
export function outsidePath(host: HostNames, insidePath: string): string {
  const parts = insidePath.split("/");
  if (!insidePath.startsWith(`${HOST_STATE_DIR}/`) || parts.includes("..")) throw new Error(`${insidePath} is not below ${HOST_STATE_DIR}, the one writable tree of a host; change the path in the plan`);
  return join(host.stateDir, insidePath.slice(HOST_STATE_DIR.length));
}
