// Rung c: hosts in place, for machines that allow no namespaces at all. A host is a directory, one address of
// 127.0.0.0/8 (which the kernel answers on its own, nothing is added) and processes that carry its mark.
// Needs no privilege and changes nothing on the machine. Hosts share the machine's network: a link cannot be cut.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Installation } from "@cynosure/machine";
import type { InstallationId } from "@cynosure/model";
import { makeInPlaceRunner } from "./in-place-runner.ts";
import type { ClusterNames, HostNames } from "./names.ts";
import type { Rung } from "./rung.ts";

const FIRST_HOST_OFFSET = 10;

/**
 * 127.A.B.C: A and B follow from installation and cluster, so that two installations do not meet; A is never 0,
 * where the machine's own services listen. Many hosts carry over into B.
 */
export function loopbackAddress(installationId: InstallationId, cluster: ClusterNames, index: number): string {
  const digest = createHash("sha256").update(`${installationId}/${cluster.tag}`).digest();
  const a = 1 + (digest.readUInt8(0) % 254);
  const rest = (digest.readUInt8(1) * 256 + FIRST_HOST_OFFSET + index) % 65_536;
  return `127.${a}.${Math.floor(rest / 256)}.${rest % 256}`;
}

export function makeLoopbackRung(installation: Installation): Rung {
  // Below the runtime directory: gone after a reboot, like a network would be, and short enough for sockets.
  const networkDir = (cluster: ClusterNames): string => join(installation.runtimeDir, "h", cluster.tag);
  const runDir = (cluster: ClusterNames, host: HostNames): string => join(networkDir(cluster), host.bridgePort);
  return {
    letter: "c",
    runner: makeInPlaceRunner(runDir),
    addressOf: loopbackAddress,
    uncuttable: "hosts without namespaces of their own share the machine's network; rungs a and b can",
    async ensureNetwork(_installationId, cluster) {
      mkdirSync(networkDir(cluster), { recursive: true, mode: 0o700 });
    },
    async hasNetwork(cluster) {
      return existsSync(networkDir(cluster));
    },
    async removeNetwork(cluster) {
      rmSync(networkDir(cluster), { recursive: true, force: true });
    },
    async ensureLink(cluster, host) {
      mkdirSync(runDir(cluster, host), { recursive: true, mode: 0o700 });
    },
    async removeLink(cluster, host) {
      rmSync(runDir(cluster, host), { recursive: true, force: true });
    },
    // Without its directory for sockets a host cannot be talked to: it is started anew.
    isInside: (cluster, host) => existsSync(runDir(cluster, host)),
    enterHost: () => [],
    enterNetwork: () => [],
  };
}
