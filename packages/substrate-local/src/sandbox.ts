// The command line that turns a process into the first one of a host: bubblewrap on the read-only image
// with its own PID, mount and host-name namespaces, and a shell that restarts the agent. Pure.
import { dirname, join } from "node:path";
import { HOST_STATE_DIR } from "@cynosure/model";
import type { HostId, InstallationId } from "@cynosure/model";

export interface SandboxInput {
  readonly installationId: InstallationId;
  readonly hostId: HostId;
  readonly mark: string;
  readonly imageDir: string;
  readonly stateDir: string;
  readonly hostsFile: string;
  readonly projectDir: string;
  readonly nodeBinary: string;
  /** Hidden from hosts: holds keys, passwords and the other hosts' state. */
  readonly homeDir: string;
  readonly gatewaySocketDir: string;
  /** Run by `sh -c` with the agent's command line as its arguments; null for the default. */
  readonly supervisorScript: string | null;
  readonly agentArgv: readonly string[];
  /** File descriptor on which bubblewrap writes the pid of the first process. */
  readonly infoFd: number;
}

/** In every process of a host until it cleans its environment; names installation, cluster and host. */
export const HOST_VARIABLE = "CYNOSURE_HOST";
export const PROJECT_DIR_INSIDE = "/opt/cynosure";
export const NODE_INSIDE = "/opt/cynosure-node/bin/node";
export const DEFAULT_AGENT_ARGV: readonly string[] = [NODE_INSIDE, "--max-old-space-size=32", "--max-semi-space-size=1", `${PROJECT_DIR_INSIDE}/packages/agent/src/main.ts`];

/** A host's root may do with its own network and processes as it likes, and nothing to the machine. */
const droppedCapabilities = ["SYS_ADMIN", "SYS_MODULE", "SYS_RAWIO", "SYS_BOOT", "SYS_TIME", "SYSLOG", "MKNOD", "MAC_ADMIN", "MAC_OVERRIDE", "AUDIT_CONTROL", "BPF", "PERFMON", "WAKE_ALARM", "BLOCK_SUSPEND"];

const LOG_BYTES_MAX = 10_000_000;

/**
 * Restarts the agent ("$@") whenever it ends, keeps one earlier log, and on SIGTERM asks it to stop the host's
 * daemons in order: SIGUSR2, answered by an end with code 0. A host whose image was taken away ends: without
 * `sleep` it would turn for ever. A shell, because it costs 1 MB per host.
 */
export const defaultSupervisorScript = `
log=${HOST_STATE_DIR}/log/agent.log
mkdir -p ${HOST_STATE_DIR}/log
halt=0 agent=
trap 'halt=1; [ -z "$agent" ] || kill -USR2 "$agent" 2>/dev/null' TERM
while :; do
  if [ "$(stat -c %s "$log" 2>/dev/null || echo 0)" -gt ${LOG_BYTES_MAX} ]; then mv -f "$log" "$log.1"; fi
  CYNOSURE_HALT=$halt "$@" >>"$log" 2>&1 </dev/null & agent=$!
  while :; do wait "$agent"; code=$?; kill -0 "$agent" 2>/dev/null || break; done
  agent=
  [ $code -ne 0 ] || [ $halt -ne 1 ] || break
  sleep 0.5 || command -v sleep || exit 1
done`.trim();

/** What `ps` shows of a host's supervisor. */
export const supervisorTitle = (installationId: string, hostId: string): string => `cynosure-host-${installationId}-${hostId}`;

export function sandboxArgv(input: SandboxInput): readonly string[] {
  const environment = {
    PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    HOME: "/root",
    LC_ALL: "C.UTF-8",
    CYNOSURE_INSTALLATION: input.installationId,
    [HOST_VARIABLE]: input.mark,
  };
  return [
    ...["bwrap", "--unshare-pid", "--unshare-uts", "--unshare-ipc", "--hostname", input.hostId],
    // A mount goes before the ones below it.
    ...["--ro-bind", input.imageDir, "/", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/run", "--tmpfs", "/tmp"],
    ...["--ro-bind", input.hostsFile, "/etc/hosts"],
    ...["--ro-bind", input.projectDir, PROJECT_DIR_INSIDE],
    ...hideHome(input),
    ...["--ro-bind", dirname(input.nodeBinary), dirname(NODE_INSIDE)],
    ...["--bind", input.stateDir, HOST_STATE_DIR],
    ...["--bind", input.gatewaySocketDir, "/run/cynosure-gateway"],
    ...["--clearenv", ...Object.entries(environment).flatMap(([name, value]) => ["--setenv", name, value])],
    ...droppedCapabilities.flatMap((name) => ["--cap-drop", `CAP_${name}`]),
    ...["--chdir", "/", "--info-fd", String(input.infoFd)],
    ...["sh", "-c", input.supervisorScript ?? defaultSupervisorScript, supervisorTitle(input.installationId, input.hostId), ...input.agentArgv],
  ];
}

function hideHome(input: SandboxInput): readonly string[] {
  const below = input.homeDir.startsWith(`${input.projectDir}/`) ? input.homeDir.slice(input.projectDir.length) : null;
  return below === null ? [] : ["--tmpfs", join(PROJECT_DIR_INSIDE, below)];
}
