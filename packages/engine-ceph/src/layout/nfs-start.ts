// How an NFS gateway starts. After a power cut of all hosts it is left to chance whether the monitors and the
// metadata server are back before it: Ganesha then waits inside its first mount, sometimes for an answer that
// never comes, or leaves out an export it cannot open and never tries it again. So the daemon's command first
// asks the monitors until they name an active metadata server, for a bounded time; then it becomes Ganesha;
// and a watch beside it asks Ganesha to read its exports again until all of them are served, and ends it when it
// serves none any more.
//
// The wait mounts nothing, so that Ganesha itself can be the first to tell the metadata server to drop the
// sessions of its former life; otherwise recovery lasts a whole session time-out (12 s or 37 s, measured).
import { AWAIT_METADATA_SERVER, CEPH_CONF, GANESHA_CONF, SERVE_EXPORTS } from "./paths.ts";

/** After this long the gateway starts anyway; the agent starts it afresh when it does not listen then. */
const WAIT_SECONDS_MAX = 30;
/** How often the watch looks, and how often it asks again, at the most. */
const WATCH_SECONDS = 4;
const WATCH_ROUNDS_MAX = 30;
/** How often it looks once all was served, and how many refusals of every export in a row end the gateway. */
const SERVED_WATCH_SECONDS = 5;
const REFUSED_MAX = 3;

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

/**
 * Beside Ganesha for as long as it lives. Until all exports were served once: asks it to read them again. After
 * that: a gateway none of whose exports can be read, with an error and not with silence, is ended, and the agent
 * starts it afresh. That is a gateway the metadata server has put out (its link was cut for longer than a session
 * lasts): its port listens, it answers, and it never gets well by itself. One that waits is left to wait.
 */
export const serveExportsScript = (startSeconds: number, watchSeconds: number): string => `# Watches Ganesha (process id $1, at address $3), whose exports are in $2; see nfs-start.ts.
round=0 refused=0 served= pause=${startSeconds}
while sleep $pause && kill -0 "$1" 2>/dev/null; do
  round=$((round + 1))
  missing= good= silent=
  for path in $(sed -n 's/^ *Pseudo = "\\(.*\\)";$/\\1/p' "$2"); do
    timeout 10 nfs-ls "nfs://$3$path?version=4" >/dev/null 2>&1
    case $? in
      0) good=1 ;;
      124) silent=1 missing="$missing $path" ;;
      *) missing="$missing $path" ;;
    esac
  done
  if [ -z "$missing" ]; then
    served=1 refused=0 pause=${watchSeconds}
  elif [ -z "$served" ]; then
    [ $round -lt ${WATCH_ROUNDS_MAX} ] || served=1
    echo "not served yet:$missing; asking Ganesha to read its exports again" >&2
    kill -HUP "$1" 2>/dev/null
  elif [ -n "$good$silent" ]; then
    refused=0
  else
    refused=$((refused + 1))
    echo "every export refused, $refused of ${REFUSED_MAX}:$missing" >&2
    [ $refused -lt ${REFUSED_MAX} ] || kill -KILL "$1" 2>/dev/null
  fi
done
`;

export const serveExportsText = serveExportsScript(WATCH_SECONDS, SERVED_WATCH_SECONDS);
