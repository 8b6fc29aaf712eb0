// Rung b: an ordinary user's cluster. One process per cluster, the anchor, holds a user namespace in which
// that user is root, with a /run of its own where the named network namespaces live. It does nothing but
// stay; it is found by its mark, not by a record.
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { existsSync, mkdirSync } from "node:fs";
import { findProcessesByEnvironment, identifyProcess, isProcessAlive, spawnDetached, stopProcess } from "@cynosure/machine";
import type { ProcessIdentity } from "@cynosure/machine";
import type { ClusterNames } from "./names.ts";
import { makeNamespaceRung } from "./namespace-rung.ts";
import type { Rung } from "./rung.ts";

const NETWORK_VARIABLE = "CYNOSURE_NETWORK";
const START_TIMEOUT_MS_MAX = 15_000;

/**
 * `ip` wants its names in /run/netns, which is not ours to write: /run becomes a tmpfs that shows what was there,
 * for the gateway's socket lies below it. Built aside ("$1") and laid over as one, so that the anchor is ready
 * once the directory of namespaces is there; `exec` keeps the pid, so that it is one process.
 */
const anchorScript = `set -e
mount -t tmpfs tmpfs "$1"
for dir in /run/*/; do
  name=\${dir%/}; name=\${name#/run/}
  [ -d "$dir" ] && [ "$name" != netns ] && [ ! -L "/run/$name" ] || continue
  mkdir "$1/$name"
  mount --rbind "/run/$name" "$1/$name"
done
mkdir "$1/netns"
mount --rbind "$1" /run
exec sleep infinity`;

export function makeUserNamespaces(): Rung {
  const anchors = new Map<string, ProcessIdentity>();

  const findAnchor = (cluster: ClusterNames): ProcessIdentity | null => {
    const known = anchors.get(cluster.networkNamespace);
    if (known !== undefined && isProcessAlive(known)) return known;
    const found = findProcessesByEnvironment(NETWORK_VARIABLE, cluster.networkNamespace).find((one) => one.comm === "sleep");
    const anchor = found === undefined ? null : identifyProcess(found.pid);
    if (anchor !== null) anchors.set(cluster.networkNamespace, anchor);
    return anchor;
  };
  const namespaceDir = (cluster: ClusterNames): string | null => {
    const anchor = findAnchor(cluster);
    return anchor === null ? null : `/proc/${anchor.pid}/root/run/netns`;
  };

  return makeNamespaceRung({
    letter: "b",
    async ensure(installationId, cluster) {
      if (findAnchor(cluster) !== null) return;
      const logFile = join(cluster.dir, "network.log");
      const aside = join(cluster.dir, ".run");
      mkdirSync(aside, { recursive: true });
      const started = await spawnDetached({
        argv: ["unshare", "--user", "--map-root-user", "--net", "--mount", "sh", "-c", anchorScript, "anchor", aside],
        installationId,
        env: { [NETWORK_VARIABLE]: cluster.networkNamespace },
        logFile,
      });
      const deadline = performance.now() + START_TIMEOUT_MS_MAX;
      while (findAnchor(cluster) === null || !existsSync(namespaceDir(cluster) ?? "")) {
        if (!isProcessAlive(started)) throw new Error(`the user namespace of ${cluster.networkNamespace} could not be made; see ${logFile}, and cynosure doctor for the settings that forbid it`);
        if (performance.now() >= deadline) throw new Error(`the user namespace of ${cluster.networkNamespace} was not ready within ${START_TIMEOUT_MS_MAX} ms; see ${logFile}`);
        await sleep(5);
      }
    },
    async remove(cluster) {
      const anchor = findAnchor(cluster);
      if (anchor !== null) await stopProcess(anchor, { signal: "SIGKILL", timeoutMsMax: START_TIMEOUT_MS_MAX });
      anchors.delete(cluster.networkNamespace);
    },
    enter(cluster) {
      const anchor = findAnchor(cluster);
      // Credentials are kept: outside they are the user's, inside they are root's. The network is entered too,
      // because `ip netns add` returns to the one it came from, and the machine's own would be refused.
      return anchor === null ? null : ["nsenter", "--target", String(anchor.pid), "--user", "--preserve-credentials", "--mount", "--net", "--"];
    },
    namespaceDir,
  });
}
