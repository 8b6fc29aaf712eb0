// The daemons of one host as the agent starts them. Preparation happens before any monitor runs and is safe
// to repeat: a monitor's store is made aside and moved into place, an OSD's own mkfs is idempotent.
import type { DaemonSpec, HostCommand, HostId } from "@cynosure/model";
import type { OsdPlace } from "./action-params.ts";
import { monitorAddress } from "./ceph-conf.ts";
import { nfsUser, rgwEntity } from "./keyrings.ts";
import { FSID_OUTPUT, FS_NAME, addressOf, osdUuidOutput, outputOf } from "./names.ts";
import { nfsArgv } from "./nfs-start.ts";
import { BOOTSTRAP_OSD_KEYRING, CEPH_CONF, CEPH_DIR, GANESHA_CONF, MONITOR_KEYRING, NFS_PORT, S3_PORT, keyringPath, monitorDir, osdDir, osdSecretsFile } from "./paths.ts";
import type { Placement } from "./placement.ts";

/** 1: files, mkfs, monitors. 2: managers, OSDs, metadata servers. 3: gateways. */
export const STAGES = 3;

const base = (id: string, kind: string, stage: number, argv: readonly string[]): DaemonSpec => ({
  id, kind, prepareStage: 1, stage, prepare: [], argv, env: {}, reads: [], stopSignal: "SIGTERM", stopTimeoutMsMax: 10_000,
});

function monitor(host: HostId, placement: Placement): DaemonSpec {
  const [dir, fresh, map] = [monitorDir(host), `${monitorDir(host)}.new`, `${CEPH_DIR}/monmap`];
  // A complete map names every monitor with its address: monitors that find each other by address alone
  // rename ranks while they do, and 18.2.7 may abort on it.
  const names = placement.monitor.flatMap((name) => ["--addv", name, monitorAddress(name)]);
  const prepare: HostCommand[] = [
    { argv: ["monmaptool", "--create", "--clobber", "--fsid", outputOf(FSID_OUTPUT), "--enable-all-features", ...names, map], creates: map, timeoutMsMax: 20_000 },
    {
      argv: ["sh", "-ec", `rm -rf "$1"; ceph-mon -c "$2" --mkfs -i "$3" --monmap "$4" --keyring "$5" --mon-data "$1"; mv "$1" "$6"`, "mkfs", fresh, CEPH_CONF, host, map, MONITOR_KEYRING, dir],
      creates: dir,
      timeoutMsMax: 60_000,
    },
  ];
  return { ...base(`mon.${host}`, "monitor", 1, ["ceph-mon", "-f", "-c", CEPH_CONF, "-i", host]), prepare, ready: { tcpPort: 3300 } };
}

function osd(place: OsdPlace): DaemonSpec {
  const dir = osdDir(place.id);
  const id = String(place.id);
  const uuid = outputOf(osdUuidOutput(place.id));
  const mkfs: HostCommand = {
    // Not ready means never used: what a killed attempt left is in the way of the next.
    argv: ["sh", "-ec", `rm -rf "$1"; mkdir -p "$1"; exec ceph-osd -c "$2" --no-mon-config -i "$3" --mkfs --osd-uuid "$4" --bluestore-block-path="$5"`, "mkfs", dir, CEPH_CONF, id, uuid, place.diskPath],
    creates: `${dir}/ready`,
    timeoutMsMax: 120_000,
  };
  // A founding OSD's key is in the monitors' keyring; one that comes later tells the monitors itself.
  const register: HostCommand = {
    argv: ["ceph", "-c", CEPH_CONF, "--name", "client.bootstrap-osd", "--keyring", BOOTSTRAP_OSD_KEYRING, "--connect-timeout", "10", "osd", "new", uuid, id, "-i", osdSecretsFile(place.id)],
    creates: `${dir}/registered`,
    timeoutMsMax: 60_000,
  };
  return { ...base(`osd.${id}`, "osd", 2, ["ceph-osd", "-f", "-c", CEPH_CONF, "-i", id]), prepare: place.isFounding ? [mkfs] : [mkfs, register], stopTimeoutMsMax: 20_000 };
}

/** Where OSDs stop at the same time it waits for them in vain; it keeps nothing that a cut-off could lose. */
const RGW_STOP_MS_MAX = 3_000;

const rgw = (host: HostId): DaemonSpec => ({ ...base(`rgw.${host}`, "rgw", 3, ["radosgw", "-f", "-c", CEPH_CONF, "-n", rgwEntity(host)]), ready: { tcpPort: S3_PORT }, stopTimeoutMsMax: RGW_STOP_MS_MAX });

const nfs = (host: HostId): DaemonSpec => ({
  ...base(`nfs.${host}`, "nfs", 3, nfsArgv(nfsUser(host), addressOf(host), FS_NAME, `/run/ganesha-${nfsUser(host)}.pid`)),
  prepare: [{ argv: ["mkdir", "-p", `${CEPH_DIR}/nfs-recovery`], creates: `${CEPH_DIR}/nfs-recovery`, timeoutMsMax: 5_000 }],
  reads: [GANESHA_CONF],
  reload: { paths: [GANESHA_CONF], signal: "SIGHUP" },
  ready: { tcpPort: NFS_PORT },
});

export function daemonsOf(host: HostId, placement: Placement, osds: readonly OsdPlace[]): DaemonSpec[] {
  // The manager embeds Python under no name that exists, so Python guesses its home from the working directory;
  // guessed as "/", it misses the image's /usr/local and with it the bcrypt that sub-interpreters can load.
  const run = (daemon: "mgr" | "mds"): readonly string[] => [`ceph-${daemon}`, "-f", "-c", CEPH_CONF, "-i", host, "--keyring", keyringPath(`${daemon}.${host}`)];
  return [
    ...(placement.monitor.includes(host) ? [monitor(host, placement)] : []),
    ...(placement.manager.includes(host) ? [{ ...base(`mgr.${host}`, "manager", 2, run("mgr")), env: { PYTHONHOME: "/usr" } }] : []),
    ...osds.filter((place) => place.hostId === host).map(osd),
    ...(placement.mds.includes(host) ? [base(`mds.${host}`, "mds", 2, run("mds"))] : []),
    ...(placement.rgw.includes(host) ? [rgw(host)] : []),
    ...(placement.nfs.includes(host) ? [nfs(host)] : []),
  ];
}
