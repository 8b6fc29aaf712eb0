// How an NFS gateway starts. After a power cut of all hosts it is left to chance whether the monitors and the
// metadata server are back before it: Ganesha then waits inside its first mount, sometimes for an answer that
// never comes, or leaves out an export it cannot open and never tries it again. So the daemon's command first
// asks the monitors until they name an active metadata server, for a bounded time; then it becomes Ganesha;
// and a watch beside it asks Ganesha to read its exports again until all of them are served.
//
// The wait mounts nothing, so that Ganesha itself can be the first to tell the metadata server to drop the
// sessions of its former life; otherwise recovery lasts a whole session time-out (12 s or 37 s, measured).
import { AWAIT_METADATA_SERVER, CEPH_CONF, GANESHA_CONF, SERVE_EXPORTS } from "./paths.ts";

/** After this long the gateway starts anyway; the agent starts it afresh when it does not listen then. */
const WAIT_SECONDS_MAX = 30;
/** How often the watch looks, and how often it asks again, at the most. */
const WATCH_SECONDS = 4;
const WATCH_ROUNDS_MAX = 30;

/** Becomes Ganesha under the same process id; arguments: user, file system, pid file, address of the host. */
export const nfsArgv = (user: string, address: string, fileSystem: string, pidFile: string): readonly string[] => [
  "sh",
  "-ec",
  `python3 ${AWAIT_METADATA_SERVER} ${CEPH_CONF} ${GANESHA_CONF} "$1" "$2"
(env -u CYNOSURE_DAEMON -u CYNOSURE_AGENT_HOST sh ${SERVE_EXPORTS} $$ ${GANESHA_CONF} "$4" &)
exec ganesha.nfsd -F -f ${GANESHA_CONF} -L STDERR -p "$3"`,
  "nfs",
  user,
  fileSystem,
  pidFile,
  address,
];

export const awaitMetadataServerText = `# Waits until the monitors name an active metadata server, or ${WAIT_SECONDS_MAX} s are over.
# Without exports there is nothing to wait for. Arguments: ceph.conf, ganesha.conf, user, file system.
import json, re, sys, time
import rados

conf, ganesha, user, file_system = sys.argv[1:5]
keys = re.findall(r'Secret_Access_Key = "([^"]+)"', open(ganesha).read())
deadline = time.monotonic() + ${WAIT_SECONDS_MAX}


def is_active(cluster):
    code, out, _ = cluster.mon_command(json.dumps({"prefix": "fs dump", "format": "json"}), b"", timeout=5)
    maps = [one["mdsmap"] for one in json.loads(out)["filesystems"]] if code == 0 else []
    return any(one["fs_name"] == file_system and any(info["state"] == "up:active" for info in one["info"].values()) for one in maps)


while keys and time.monotonic() < deadline:
    try:
        with rados.Rados(conffile=conf, rados_id=user, conf={"key": keys[0], "client_mount_timeout": "10"}) as cluster:
            while not is_active(cluster) and time.monotonic() < deadline:
                time.sleep(0.3)
        break
    except rados.Error as error:
        print("the monitors do not answer yet:", error, file=sys.stderr, flush=True)
        time.sleep(0.5)
`;

export const serveExportsText = `# Asks Ganesha (process id $1, at address $3) to read its exports in $2 again until each is served; gives up after ${WATCH_ROUNDS_MAX} rounds.
round=0
while [ $round -lt ${WATCH_ROUNDS_MAX} ] && sleep ${WATCH_SECONDS} && kill -0 "$1" 2>/dev/null; do
  round=$((round + 1))
  missing=
  for path in $(sed -n 's/^ *Pseudo = "\\(.*\\)";$/\\1/p' "$2"); do
    timeout 10 nfs-ls "nfs://$3$path?version=4" >/dev/null 2>&1 || missing="$missing $path"
  done
  [ -n "$missing" ] || exit 0
  echo "not served yet:$missing; asking Ganesha to read its exports again" >&2
  kill -HUP "$1" 2>/dev/null
done
`;
