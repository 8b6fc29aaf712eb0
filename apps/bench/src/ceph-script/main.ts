// The baseline itself: network, keys, mkfs, monitors, pools, daemons, gateways, in the order that is
// quickest by hand. Prints the seconds of each phase as one line of JSON. See README.md.
import { randomBytes, randomUUID } from "node:crypto";
import { copyFileSync, mkdirSync, truncateSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { findHostImage } from "@cynosure/machine";
import { createBaselineHosts, type BaselineHosts } from "./baseline-hosts.ts";
import { cephConf, ganeshaConf, keyring } from "./configuration.ts";

const IMAGE = "ceph-18.2";
const DIR = "/var/lib/cynosure";
const CONF = `${DIR}/ceph.conf`;
const DISK_BYTES = 10 * 2 ** 30;
const roles = { monitors: [0, 1, 2], managers: [3, 4], metadata: [1, 2], objects: [7, 0], nfs: [5, 6] } as const;

function createKey(): string {
  const head = Buffer.alloc(12);
  head.writeUInt16LE(1, 0);
  head.writeUInt32LE(Math.floor(Date.now() / 1000), 2);
  head.writeUInt16LE(16, 10);
  return Buffer.concat([head, randomBytes(16)]).toString("base64");
}

const monitorAddress = (address: string): string => `[v2:${address}:3300,v1:${address}:6789]`;

function writeHosts(hosts: BaselineHosts, fsid: string): Readonly<Record<string, string>> {
  const caps: Record<string, Record<string, string>> = { "mon.": { mon: "allow *" }, "client.admin": { mon: "allow *", osd: "allow *", mds: "allow *", mgr: "allow *" } };
  hosts.addresses.forEach((_, host) => (caps[`osd.${host}`] = { mon: "allow profile osd", osd: "allow *", mgr: "allow profile osd" }));
  for (const host of roles.managers) caps[`mgr.${host}`] = { mon: "allow profile mgr", osd: "allow *", mds: "allow *" };
  // The name of a metadata server may not begin with a digit.
  for (const host of roles.metadata) caps[`mds.h${host}`] = { mon: "allow profile mds", osd: "allow *", mds: "allow", mgr: "allow profile mds" };
  for (const host of roles.objects) caps[`client.rgw.${host}`] = { mon: "allow rw", osd: "allow rwx", mgr: "allow rw" };
  for (const host of roles.nfs) caps[`client.nfs.${host}`] = { mon: "allow r", osd: "allow rw tag cephfs data=cephfs", mds: "allow rw" };
  const keys = Object.fromEntries(Object.keys(caps).map((entity) => [entity, createKey()]));
  const key = (entity: string): string => keys[entity] ?? "";
  const all = Object.entries(caps).map(([entity, cap]) => keyring(entity, key(entity), cap)).join("");
  hosts.addresses.forEach((address, host) => {
    const dir = hosts.stateDir(host);
    writeFileSync(join(dir, "ceph.conf"), cephConf(fsid, address, roles.monitors.map((one) => monitorAddress(hosts.addresses[one] ?? ""))));
    writeFileSync(join(dir, "all.keyring"), all);
    for (const entity of Object.keys(caps)) writeFileSync(join(dir, `${entity}.keyring`), keyring(entity, key(entity)));
    mkdirSync(join(dir, "osd"));
    mkdirSync(join(dir, "nfs"));
    writeFileSync(join(dir, "disk"), "");
    truncateSync(join(dir, "disk"), DISK_BYTES);
    copyFileSync(join(import.meta.dirname, "commands.py"), join(dir, "commands.py"));
  });
  return keys;
}

async function makeStores(hosts: BaselineHosts, fsid: string, osdIds: readonly string[]): Promise<void> {
  const monitors = roles.monitors.map(async (host) => {
    const names = roles.monitors.flatMap((one) => ["--addv", String(one), monitorAddress(hosts.addresses[one] ?? "")]);
    await hosts.run(host, "monmaptool", "--create", "--fsid", fsid, "--enable-all-features", ...names, `${DIR}/monmap`);
    await hosts.run(host, "ceph-mon", "-c", CONF, "--mkfs", "-i", String(host), "--monmap", `${DIR}/monmap`, "--keyring", `${DIR}/all.keyring`);
  });
  const osds = osdIds.map((uuid, host) => hosts.run(host, "ceph-osd", "-c", CONF, "--no-mon-config", "-i", String(host), "--mkfs", "--osd-uuid", uuid, `--bluestore-block-path=${DIR}/disk`));
  await Promise.all([...monitors, ...osds]);
}

async function startGateways(hosts: BaselineHosts, keys: Readonly<Record<string, string>>, path: string): Promise<void> {
  for (const host of roles.objects) hosts.start(host, "radosgw", "-f", "-c", CONF, "-n", `client.rgw.${host}`);
  for (const host of roles.nfs) {
    writeFileSync(join(hosts.stateDir(host), "ganesha.conf"), ganeshaConf(`nfs.${host}`, keys[`client.nfs.${host}`] ?? "", path));
    hosts.start(host, "ganesha.nfsd", "-F", "-f", `${DIR}/ganesha.conf`, "-L", "STDERR", "-p", "/run/ganesha.pid");
  }
  await Promise.all([...roles.objects.map((host) => hosts.listening(host, 7480)), ...roles.nfs.map((host) => hosts.listening(host, 2049))]);
}

async function measure(imageDir: string, count: number): Promise<Record<string, number>> {
  const startedMs = performance.now();
  const seconds: Record<string, number> = {};
  const mark = (phase: string): void => void (seconds[phase] = Math.round(performance.now() - startedMs) / 1000);
  const hosts = createBaselineHosts(imageDir, count);
  try {
    const [fsid, osdIds] = [randomUUID(), hosts.addresses.map(() => randomUUID())];
    const keys = writeHosts(hosts, fsid);
    mark("networkAndKeys");
    await makeStores(hosts, fsid, osdIds);
    mark("mkfs");
    for (const host of roles.monitors) hosts.start(host, "ceph-mon", "-f", "-c", CONF, "-i", String(host));
    const ask = (...args: readonly string[]): Promise<string> => hosts.run(0, "python3", `${DIR}/commands.py`, ...args);
    await ask("setup", ...osdIds);
    mark("quorumAndPools");
    osdIds.forEach((_, host) => hosts.start(host, "ceph-osd", "-f", "-c", CONF, "-i", String(host)));
    for (const host of roles.managers) hosts.start(host, "ceph-mgr", "-f", "-c", CONF, "-i", String(host));
    for (const host of roles.metadata) hosts.start(host, "ceph-mds", "-f", "-c", CONF, "-i", `h${host}`);
    const path = (await ask("filesystem")).trim();
    mark("osdsAndFileSystem");
    await hosts.run(roles.objects[0], "radosgw-admin", "-c", CONF, "-n", `client.rgw.${roles.objects[0]}`, "user", "create", "--uid=bench", "--display-name=bench");
    mark("s3User");
    await startGateways(hosts, keys, path);
    mark("gateways");
    await ask("wait", String(count));
    mark("healthOk");
    return seconds;
  } finally {
    hosts.close();
  }
}

const countAt = process.argv.indexOf("--hosts");
const count = countAt < 0 ? 8 : Number(process.argv[countAt + 1]);
const cacheDir = process.env["CYNOSURE_IMAGE_CACHE"] ?? resolve(import.meta.dirname, "../../../../.cynosure/images");
const imageDir = findHostImage(cacheDir, IMAGE);
if (!Number.isInteger(count) || count < 8 || count > 32) throw new RangeError("--hosts takes a whole number from 8 to 32");
if (imageDir === null) throw new Error(`the host image ${IMAGE} is not in ${cacheDir}; run npm start once, or set CYNOSURE_IMAGE_CACHE`);
console.log(JSON.stringify({ benchmark: "cephScript", hosts: count, seconds: await measure(imageDir, count) }));
