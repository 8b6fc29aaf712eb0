// Snapshots and bounds as Ceph itself has them: asked of the manager, and read with Ceph's own binding from the image.
import { hostId } from "@cynosure/model";
import { FS_NAME } from "../layout/names.ts";
import { ADMIN_KEYRING, CEPH_CONF } from "../layout/paths.ts";
import type { ScriptCluster } from "./script-agent.ts";

/** A monitor of every layout. */
const client = hostId("host-1");
const TIMEOUT_MS = 10_000;

async function ask(cluster: ScriptCluster, prefix: string, rest: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const command = { prefix, vol_name: FS_NAME, format: "json", ...rest };
  const response = await cluster.call().channel.request(client, "ceph.monCommands", { commands: [{ target: "mgr", command }] }, TIMEOUT_MS);
  if (!response.ok) throw new Error(`${prefix}: ${response.error.message}`);
  const { results: [result] } = response.value as { results: [{ rc: number; out: string; status: string }] }; // the handler's own shape
  if (result.rc < 0) throw new Error(`${prefix}: ${result.status}`);
  return result.out;
}

const namesOf = (json: string): string[] => (JSON.parse(json) as { name: string }[]).map(({ name }) => name); // as the volumes module lists

/** The newest of the file system's name. */
async function subvolumeOf(cluster: ScriptCluster, fileSystem: string): Promise<string> {
  const number = (name: string): number => Number(name.split(".").at(-1));
  const found = namesOf(await ask(cluster, "fs subvolume ls")).filter((name) => name.startsWith(`${fileSystem}.`)).sort((a, b) => number(a) - number(b)).at(-1);
  if (found === undefined) throw new Error(`Ceph has no subvolume of ${fileSystem}`);
  return found;
}

export async function snapshotsOf(cluster: ScriptCluster, fileSystem: string): Promise<readonly string[]> {
  return namesOf(await ask(cluster, "fs subvolume snapshot ls", { sub_name: await subvolumeOf(cluster, fileSystem) }));
}

/** Runs Python on a monitor's host, with the file system mounted as `fs`; answers what it printed. */
async function runPython(cluster: ScriptCluster, script: string, path: string): Promise<string> {
  const whole = `import cephfs, json, sys\nconf, keyring, path = sys.argv[1:]\nfs = cephfs.LibCephFS(conffile=conf, auth_id="admin")\nfs.conf_set("keyring", keyring)\nfs.mount()\n${script}\nfs.shutdown()\n`;
  const response = await cluster.hosts.hosts.get(client)?.send({ op: "run", argv: ["python3", "-c", whole, CEPH_CONF, ADMIN_KEYRING, path] });
  if (response?.ok !== true) throw new Error(`${client} ran nothing on ${path}: ${response?.message ?? "no host"}`);
  const { code, stdout, stderr } = response.value as { code: number; stdout: string; stderr: string }; // what host-shell answers to "run"
  if (code !== 0) throw new Error(`${path}: ${stderr}`);
  return stdout;
}

const pathOf = async (cluster: ScriptCluster, fileSystem: string): Promise<string> => (await ask(cluster, "fs subvolume getpath", { sub_name: await subvolumeOf(cluster, fileSystem) })).trim();

const READ_BOUNDS = `def bound(name):
    try:
        return int(fs.getxattr(path, "ceph.quota." + name)) or None
    except (cephfs.NoData, cephfs.ObjectNotFound):
        return None
print(json.dumps({"bytes": bound("max_bytes"), "files": bound("max_files")}))`;

export async function boundsOf(cluster: ScriptCluster, fileSystem: string, path: string): Promise<{ bytes: number | null; files: number | null }> {
  const root = await pathOf(cluster, fileSystem);
  return JSON.parse(await runPython(cluster, READ_BOUNDS, path === "/" ? root : `${root}${path}`)) as { bytes: number | null; files: number | null }; // printed above
}

/** As a user of the file system would: a link at its top that leads to where all file systems are. */
export async function linkUpwards(cluster: ScriptCluster, fileSystem: string, name: string): Promise<void> {
  await runPython(cluster, `fs.symlink("../..", path)`, `${await pathOf(cluster, fileSystem)}/${name}`);
}
